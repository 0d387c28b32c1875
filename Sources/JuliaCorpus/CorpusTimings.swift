/// How long the generator ran for each entry of a corpus, by the first request for it; later ones repeat the work.
public struct CorpusTimings: Hashable, Sendable {
  /// Nanoseconds by the number of the entry.
  public private(set) var nanoseconds: [Int64: Int64] = [:]

  /// Reads lines such as `{"i":1,"id":1,"who":"infer","ns":70752}`, in the order of the requests.
  public init(_ text: String) throws(CorpusProblem) {
    for line in text.split(separator: "\n") {
      let value: JSONValue
      do throws(JSONFailure) {
        value = try JSONValue(parsing: line)
      } catch {
        throw .notJSON(offset: error.offset)
      }
      let id = try value.member("id").as(\.integer, "id")
      if nanoseconds[id] == nil { nanoseconds[id] = try value.member("ns").as(\.integer, "ns") }
    }
  }
}
