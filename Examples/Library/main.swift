import WorldCache

/// What is generated: here, the text of `x ^ n` unrolled into products.
struct Listing: SourceCodable {
  static let codec = CodecIdentity(name: "listing", version: 1)
  let text: String
  init(_ text: String) { self.text = text }
  init(from reader: inout ByteReader) throws(DecodingFailure) { text = try reader.readText() }
  func encode(into writer: inout ByteWriter) { writer.write(text: text) }
}

func digest(_ domain: String, _ text: String) -> Digest {
  var builder = DigestBuilder(domain: domain)
  builder.add("text", text)
  return builder.finalize()
}

/// The host's definitions: what its generators can ask about.
struct Definitions: DefinitionState {
  let values = ["Main.limit": "4"]
  let world = HostWorld(1)
  var state: Digest { digest("example.state", values.map { "\($0)=\($1)" }.sorted().joined(separator: ";")) }
  func answer(_ question: Question) -> Answer? {
    values[question.subject.description].map { Answer(digest: digest("example.value", $0), subject: $0) }
  }
  func request(_ request: SourceRequest, in context: GenerationContext<Listing>) {}  // None is built from another here.
}

/// What source is generated for: `power` for one exponent.
struct Power: MethodInstance {
  let exponent: Int
  let definition = digest("example.method", "power, unrolled")
  var instance: Digest { digest("example.instance", specialization) }
  var specialization: String { "power(x, \(exponent))" }
  let method = MethodDescription(
    module: "Main", table: "global", signature: Signature(function: "power", arguments: "(x, n)"),
    location: "main.swift")
}

struct Unroll: CachedGenerator {
  let name = "unroll"
  let version: String? = "1"
  let definitions: Definitions
  func generate(
    _ power: Power, owner: Owner, context: GenerationContext<Listing>
  ) throws -> GeneratedSource<Listing> {
    let limit = Question.binding(module: "Main", name: "limit")
    guard let answer = definitions.answer(limit) else { return GeneratedSource(nil) }
    context.record(limit, answer)  // The edge: another limit closes this source.
    guard power.exponent <= Int(answer.subject) ?? 0 else { return GeneratedSource(nil) }  // Declining is cached too.
    return GeneratedSource(Listing(Array(repeating: "x", count: power.exponent).joined(separator: " * ")))
  }
}

let definitions = Definitions()
let session = CacheSession(store: try SourceStore(.file("library.sqlite")), definitions: definitions)
for exponent in [2, 3, 5, 3] {
  let source = try session.source(for: Power(exponent: exponent), generator: Unroll(definitions: definitions))
  print("power(x, \(exponent)):", source?.text ?? "not unrolled")
}
session.close()
let count = session.counters
print("generated \(count.generated), from memory \(count.reusedFromMemory), from store \(count.reusedFromStore)")
