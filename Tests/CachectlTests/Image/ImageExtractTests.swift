import Foundation
import LoweredIR
import SourceCodec
import Testing

@Suite("image extract writes one source")
struct ImageExtractTests {
  /// An image of the sample store's first world.
  private struct Sample {
    let store: SampleStore
    let path: String

    init() throws {
      store = try SampleStore()
      path = store.folder.appendingPathComponent("a.image").path
      let build = try Command.run(["image", "build", "--output", path, "--at", "1", "--store", store.path])
      #expect(build.status == 0)
    }

    func extract(_ arguments: String...) throws -> Command.Result {
      try Command.run(["image", "extract", path] + arguments)
    }
  }

  @Test("Lowered code comes as text, which is that code when it is parsed")
  func text() throws {
    let sample = try Sample()
    for name in ["inner", "inner(Float64)"] {
      let result = try sample.extract(name)
      #expect(result.status == 0)
      #expect(try LoweredCode(text: result.output) == sample.store.code)
    }
  }

  @Test("--raw gives the encoded bytes, and --output puts them into a file")
  func raw() throws {
    let sample = try Sample()
    let file = sample.store.folder.appendingPathComponent("inner.bin")
    let result = try sample.extract("inner", "--raw", "--output", file.path)
    #expect(result.status == 0)
    #expect(result.output == "")
    #expect(try Data(contentsOf: file) == Data(EncodedSource(sample.store.code).payload))
  }

  @Test("A key or the beginning of a digest names a source too; entries that share it are one")
  func digests() throws {
    let sample = try Sample()
    let json = try sample.extract("outer", "--json").object()
    let source = try #require(json["source"] as? [String: Any])
    let digest = try #require(source["digest"] as? String)
    #expect(try sample.extract(String(digest.prefix(8))).status == 0)
    let key = try #require(json["key"] as? String)
    #expect(try sample.extract(key).status == 0)
    let parts = key.split(separator: ":").map { $0.prefix(4) }.joined(separator: ":")
    #expect(try LoweredCode(text: sample.extract(parts).output) == sample.store.code)
    #expect((json["edges"] as? [Any])?.count == 1)
  }

  @Test("What cannot be written says so, and what to do")
  func refusals() throws {
    let sample = try Sample()
    let nothing = try sample.extract("nobody")
    #expect(nothing.status == 1)
    #expect(nothing.error.contains("nothing in \(sample.path) is called nobody"))
    let declined = try sample.extract("declined")
    #expect(declined.status == 1)
    #expect(declined.error.contains("the generator declined"))
    let blob = try sample.extract("odd \"name\",\n")
    #expect(blob.status == 64)
    #expect(blob.error.contains("of the form blob/7"))
    #expect(try sample.extract("odd \"name\",\n", "--raw", "--json").status == 64)
    let json = try sample.extract("odd \"name\",\n", "--json").object()
    #expect((json["source"] as? [String: Any])?["hexadecimal"] as? String == "ab")
  }

  @Test("A name with several sources lists their keys, each of which names one")
  func several() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let result = try folder.image("extract", "a.image", "overdub")
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(result.error.contains("4 sources in \(folder.path("a.image")) are called overdub"))
    let keys = result.error.split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first }
    #expect(keys.count == 4)
    for key in keys { #expect(try folder.image("extract", "a.image", String(key)).status == 0) }
  }
}
