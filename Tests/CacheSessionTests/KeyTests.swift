import CacheIdentity
import CacheSession
import SourceCodec
import SourceStore
import Testing

@Suite("What a key covers")
struct KeyTests {
  /// The same text in a newer form.
  private struct NewerSource: SourceCodable, Equatable {
    static let codec = CodecIdentity(name: "toy", version: 2)
    let text: String
    init(_ text: String) { self.text = text }
    func encode(into writer: inout ByteWriter) { writer.write(text: text + "!") }
    init(from reader: inout ByteReader) throws(DecodingFailure) { text = String(try reader.readText().dropLast()) }
  }

  private struct Host: DefinitionState {
    var world: HostWorld { HostWorld(1) }
    var state: Digest { ToyHost().state }
    func answer(_ question: Question) -> Answer? { nil }
    func request(_ request: SourceRequest, in context: GenerationContext<NewerSource>) throws {}
  }

  private struct Generator: CachedGenerator {
    var name: String { "toy" }
    var version: String? { "1" }
    func generate(
      _ instance: ToyInstance, owner: Owner, context: GenerationContext<NewerSource>
    ) throws -> GeneratedSource<NewerSource> { GeneratedSource(NewerSource(instance.name)) }
  }

  @Test("A new version of the codec is a clean miss: no trouble, and stored like anything else")
  func codecVersion() throws {
    let store = try SourceStore(.memory)
    let kitchen = Kitchen(ToyHost(), store: store)
    kitchen.host.cook("f", text: { _ in "f" })
    #expect(try kitchen.serve("f") == "f")
    kitchen.session.close()
    for generated in [1, 0] {
      let session = CacheSession<NewerSource>(store: store, definitions: Host())
      #expect(try session.source(for: ToyInstance(name: "f"), generator: Generator())?.text == "f")
      session.close()
      #expect(session.counters.generated == generated)
      #expect(session.counters.storeTroubles == 0)
    }
  }
}
