import CacheIdentity
import CacheSession
import SourceCodec
import SourceStore
import Synchronization
import Testing

@Suite("A session without a store keeps sources in memory; one that is not enabled keeps none")
struct WithoutStoreTests {
  @Test("B1: a generator runs once in a world")
  func once() throws {
    let kitchen = Kitchen(ToyHost(), store: nil)
    kitchen.host.cook("f", text: { _ in "f" })
    for _ in 0..<3 { #expect(try kitchen.serve("f") == "f") }
    kitchen.session.close()
    #expect(kitchen.generated() == ["f"])
    #expect(kitchen.session.counters.reusedFromMemory == 2)
    #expect(kitchen.session.counters.stored == 0)
  }

  @Test("A2, A5: after a redefinition nothing of older worlds is served, and work in old worlds keeps its sources")
  func redefinition() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: nil)
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    let old = kitchen.host.world
    #expect(try kitchen.serve("f") == "f(1)")
    kitchen.define(["a": "2"])
    #expect(try kitchen.serve("f") == "f(2)")
    kitchen.define(["b": "unrelated"])
    #expect(try kitchen.serve("f") == "f(2)")
    #expect(try kitchen.serve("f", at: old) == "f(1)")
    #expect(kitchen.generated() == ["f", "f", "f"])
  }

  @Test("A host that changes its definitions and not its world gets everything anew", arguments: [false, true])
  func sameWorld(hasStore: Bool) throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: hasStore ? try SourceStore(.memory) : nil)
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    #expect(try kitchen.serve("f") == "f(1)")
    kitchen.host.redefine(["a": "2"])
    kitchen.session.redefine(nil)
    #expect(try kitchen.serve("f") == "f(2)")
    #expect(kitchen.generated() == ["f", "f"])
  }

  @Test("B3, W10: a generator that throws runs again")
  func throwing() throws {
    struct Burnt: Error {}
    let kitchen = Kitchen(ToyHost(), store: nil)
    kitchen.host.cook("f", text: { _ in throw Burnt() })
    for _ in 0..<2 { #expect(throws: Burnt.self) { try kitchen.serve("f") } }
    #expect(kitchen.session.counters.generationFailures == 2)
  }

  @Test("W13: re-entry is bounded, and what it leaves is not kept")
  func endless() throws {
    let kitchen = Kitchen(ToyHost(), store: nil)
    kitchen.host.cook("ping", text: { try $0.source("pong") })
    kitchen.host.cook("pong", text: { try $0.source("ping") })
    for _ in 0..<2 {
      #expect(throws: SessionError.endlessGeneration(chain: ["ping", "pong", "ping", "pong", "ping"])) {
        try kitchen.serve("ping")
      }
    }
  }

  @Test("B11: an impure generator is found out, and its sources are not kept from then on")
  func impure() throws {
    let kitchen = Kitchen(ToyHost(), store: nil) { $0.verifyEvery = 1 }
    let count = Counter()
    kitchen.host.cook("dice", text: { _ in "\(count.increment())" })
    #expect(try kitchen.serve("dice") == "1")
    #expect(try kitchen.serve("dice") == "2")
    #expect(kitchen.session.counters.impure == 1)
    #expect(try kitchen.serve("dice") == "3")
    #expect(try kitchen.serve("dice") == "4")
  }

  @Test("A source of a value type is encoded only when something is built from it")
  func encodings() throws {
    let session = CacheSession<CountedSource>(store: nil, definitions: CountedHost())
    for _ in 0..<2 { _ = try session.source(for: ToyInstance(name: "inner"), generator: CountedGenerator()) }
    #expect(CountedSource.encodings.value == 0)
    _ = try session.source(for: ToyInstance(name: "outer"), generator: CountedGenerator())
    #expect(CountedSource.encodings.value == 1)
    let (_, basis) = try session.recordedSource(for: ToyInstance(name: "outer"), generator: CountedGenerator())
    #expect(CountedSource.encodings.value == 1)
    #expect(basis.edges.count == 1)
    #expect(CountedSource.encodings.value == 2)
  }

  @Test("W15: a store that cannot be attached to is a session without a store", arguments: [1, 3])
  func failedAttach(requests: Int) throws {
    let place = TemporaryStore()
    do { _ = try place.open() }
    let store = try SourceStore(.readOnlyFile(place.path))
    let kitchen = Kitchen(ToyHost(), store: store)
    #expect(kitchen.session.counters.storeTroubles == 1)
    kitchen.host.cook("f", text: { _ in "f" })
    for _ in 0..<requests { #expect(try kitchen.serve("f") == "f") }
    #expect(kitchen.generated() == ["f"])
  }

  @Test("W14: a session that is not enabled runs every generator at each request, and does not touch the store")
  func notEnabled() throws {
    let store = try SourceStore(.memory)
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: store) { $0.isEnabled = false }
    kitchen.host.cook("inner", text: { "inner(\($0.read("a")))" })
    kitchen.host.cook("outer", text: { "outer(\(try $0.source("inner")))" })
    for _ in 0..<2 { #expect(try kitchen.serve("outer") == "outer(inner(1))") }
    kitchen.define(["a": "2"])
    #expect(try kitchen.serve("outer") == "outer(inner(2))")
    kitchen.session.close()
    let counters = kitchen.session.counters
    #expect(counters.passedThrough == 6)
    #expect(counters.generated == 0)
    #expect(counters.reusedFromMemory == 0)
    #expect(try store.lineage(named: "main") == nil)
  }
}

@Suite("A host that builds on a source learns on what it then depends")
struct RecordedSourceTests {
  private func edges(_ kitchen: Kitchen, _ name: String) throws -> [String] {
    try kitchen.session.recordedSource(for: ToyInstance(name: name), generator: kitchen.host.generator)
      .basis.edges.map { "\($0.question) = \($0.answer.digest)" }
  }

  @Test("C6: of a cached generator it is the source, generated or reused", arguments: [false, true])
  func cached(hasStore: Bool) throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: hasStore ? try SourceStore(.memory) : nil)
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    let digest = EncodedSource(ToySource("f(1)")).digest
    for _ in 0..<2 { #expect(try edges(kitchen, "f") == ["the generated source of f = \(digest)"]) }
    #expect(kitchen.generated() == ["f"])
    #expect(try edges(kitchen, "declined") == ["the generated source of declined = \(Answer.none.digest)"])
  }

  @Test("B9: of one that passes through it is what it asked itself")
  func passedThrough() throws {
    let kitchen = Kitchen(ToyHost(["a": "1", "b": "1"]), store: nil)
    kitchen.host.cook("inner", text: { $0.read("b") })
    let plain = PlainGenerator(host: kitchen.host) { cook in
      GeneratedSource(ToySource("\(cook.read("a")),\(try cook.source("inner"))"))
    }
    let (source, basis) = try kitchen.session.recordedSource(for: ToyInstance(name: "plain"), generator: plain)
    #expect(source == "1,1")
    #expect(!basis.isCached)
    #expect(basis.edges.map(\.question.description) == ["the binding Toy.a", "the generated source of inner"])
  }

  @Test("A question that is asked again is recorded once, however many there are", arguments: [3, 16, 17, 40])
  func repetitions(count: Int) throws {
    let kitchen = Kitchen(ToyHost(), store: nil)
    let names = (0..<count).map { "b\($0)" }
    let plain = PlainGenerator(host: kitchen.host) { cook in
      for name in names + names { _ = cook.read(name) }
      return GeneratedSource("plain")
    }
    let (_, basis) = try kitchen.session.recordedSource(for: ToyInstance(name: "plain"), generator: plain)
    #expect(basis.edges.map(\.question.description) == names.map { "the binding Toy.\($0)" })
  }

  @Test("Of a session that is not enabled it is what all generators asked")
  func notEnabled() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: nil) { $0.isEnabled = false }
    kitchen.host.cook("inner", text: { $0.read("a") })
    kitchen.host.cook("outer", text: { try $0.source("inner") })
    #expect(
      try edges(kitchen, "outer") == ["the binding Toy.a = \(ToyHost.answer("1").digest)"])
  }
}

/// A source that counts how often it is encoded.
private struct CountedSource: SourceCodable {
  static let codec = CodecIdentity(name: "counted", version: 1)
  static let encodings = Counter()
  init() {}
  init(from reader: inout ByteReader) throws(DecodingFailure) {}
  func encode(into writer: inout ByteWriter) { CountedSource.encodings.increment() }
}

private struct CountedHost: DefinitionState {
  var world: HostWorld { HostWorld(1) }
  var state: Digest { ToyHost().state }
  func answer(_ question: Question) -> Answer? { nil }
  func request(_ request: SourceRequest, in context: GenerationContext<CountedSource>) throws {}
}

/// The source of `outer` is built from that of `inner`.
private struct CountedGenerator: CachedGenerator {
  var name: String { "counted" }
  var version: String? { "1" }

  func generate(
    _ instance: ToyInstance, owner: Owner, context: GenerationContext<CountedSource>
  ) throws -> GeneratedSource<CountedSource> {
    if instance.name == "outer" {
      _ = try context.source(for: ToyInstance(name: "inner"), owner: owner, generator: CountedGenerator())
    }
    return GeneratedSource(CountedSource())
  }
}
