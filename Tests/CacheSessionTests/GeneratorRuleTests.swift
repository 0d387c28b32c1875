import CacheIdentity
import CacheSession
import SourceCodec
import SourceStore
import Synchronization
import Testing

@Suite("What a generator may do, and what becomes of it")
struct GeneratorRuleTests {
  struct Burnt: Error, Equatable {}

  @Test("W10, B3: a generator that throws stores nothing and runs again next time")
  func throwing() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    kitchen.host.cook("f", text: { _ in throw Burnt() })
    #expect(throws: Burnt.self) { try kitchen.serve("f") }
    #expect(throws: Burnt.self) { try kitchen.serve("f") }
    kitchen.host.cook("f", text: { _ in "f" })
    #expect(try kitchen.serve("f") == "f")
    kitchen.session.flush()
    let counters = kitchen.session.counters
    #expect(counters.generationFailures == 2)
    #expect(counters.generated == 3)
    #expect(counters.stored == 1)
  }

  @Test("W10, B4: a declared range without the world asked for is rejected, naming generator, range and world")
  func narrowRange() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    kitchen.host.cook("f") { _ in GeneratedSource("f", declaredRange: HostWorld(7)...HostWorld(9)) }
    #expect(
      throws: SessionError.rangeExcludesWorld(
        generator: "toy", specialization: "f", range: HostWorld(7)...HostWorld(9), world: HostWorld(1))
    ) { try kitchen.serve("f") }
  }

  @Test("B4: a declared range narrows the stored one, and its end is respected though no edge closes it")
  func declaredEnd() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    kitchen.host.cook("f") { cook in
      _ = cook.read("a")
      return GeneratedSource("f", declaredRange: cook.context.world...cook.context.world)
    }
    #expect(try kitchen.serve("f") == "f")
    #expect(try kitchen.serve("f") == "f")
    kitchen.define(["b": "1"])
    #expect(try kitchen.serve("f") == "f")
    #expect(kitchen.generated() == ["f", "f"])
  }

  @Test("B5: without edges an open range is allowed only from the first world on")
  func openRangeWithoutEdges() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    kitchen.define(["a": "1"])
    kitchen.host.cook("late") { GeneratedSource("late", declaredRange: $0.context.world...HostWorld.open) }
    kitchen.host.cook("always") { _ in GeneratedSource("always", declaredRange: HostWorld(1)...HostWorld.open) }
    #expect(
      throws: SessionError.openRangeWithoutEdges(
        generator: "toy", specialization: "late", range: HostWorld(2)...HostWorld.open)
    ) { try kitchen.serve("late") }
    #expect(try kitchen.serve("always") == "always")
  }

  @Test("W14, B9: a generator that has not opted in always runs, and leaves nothing in memory or store")
  func notCached() throws {
    struct Plain: SourceGenerator {
      let runs: Counter
      var name: String { "plain" }
      func generate(
        _ instance: ToyInstance, owner: Owner, context: GenerationContext<ToySource>
      ) throws -> GeneratedSource<ToySource> {
        runs.increment()
        return GeneratedSource(ToySource(instance.name))
      }
    }
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    let runs = Counter()
    for _ in 0..<3 {
      #expect(try kitchen.session.source(for: ToyInstance(name: "f"), generator: Plain(runs: runs)) == "f")
    }
    kitchen.session.flush()
    let counters = kitchen.session.counters
    #expect(runs.value == 3)
    #expect(counters.passedThrough == 3)
    #expect(counters.generated == 0)
    #expect(counters.stored == 0)
  }

  @Test("B9: what a generator that is not cached asked counts for the cached one that asked for it")
  func notCachedInner() throws {
    struct Plain: SourceGenerator {
      let host: ToyHost
      var name: String { "plain" }
      func generate(
        _ instance: ToyInstance, owner: Owner, context: GenerationContext<ToySource>
      ) throws -> GeneratedSource<ToySource> {
        GeneratedSource(ToySource(Cook(host: host, context: context).read("a")))
      }
    }
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    kitchen.host.cook(
      "outer",
      text: { cook in
        let inner = try cook.context.source(
          for: ToyInstance(name: "inner"), owner: .native, generator: Plain(host: cook.host))
        return "outer(\(inner?.text ?? ""))"
      })
    #expect(try kitchen.serve("outer") == "outer(1)")
    kitchen.define(["a": "2"])
    #expect(try kitchen.serve("outer") == "outer(2)")
  }

  @Test("The version of a generator is part of the key; another version never serves old sources")
  func generatorVersion() throws {
    struct Versioned: CachedGenerator {
      let version: String?
      var name: String { "versioned" }
      func generate(
        _ instance: ToyInstance, owner: Owner, context: GenerationContext<ToySource>
      ) throws -> GeneratedSource<ToySource> { GeneratedSource(ToySource("by \(version ?? "build")")) }
    }
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    for version in ["1", "2", nil, "1"] {
      let source = try kitchen.session.source(for: ToyInstance(name: "f"), generator: Versioned(version: version))
      #expect(source?.text == "by \(version ?? "build")")
    }
    #expect(kitchen.session.counters.generated == 3)
  }

  @Test("W6, D1: no owner is served another's source")
  func owners() throws {
    struct Owned: CachedGenerator {
      var name: String { "owned" }
      var version: String? { "1" }
      func generate(
        _ instance: ToyInstance, owner: Owner, context: GenerationContext<ToySource>
      ) throws -> GeneratedSource<ToySource> { GeneratedSource(ToySource("for \(owner.name)")) }
    }
    let store = try SourceStore(.memory)
    for _ in 0..<2 {
      let kitchen = Kitchen(ToyHost(), store: store)
      for owner in ["x", "y"] {
        let source = try kitchen.session.source(
          for: ToyInstance(name: "f"), owner: Owner(owner), generator: Owned())
        #expect(source?.text == "for \(owner)")
      }
      kitchen.session.close()
    }
  }

  @Test(
    "B6: neither a generator that keeps its source nor a caller that changes it reaches the cache",
    arguments: [false, true])
  func valueSemantics(hasStore: Bool) throws {
    final class Pot: SourceCodable {
      static let codec = CodecIdentity(name: "pot", version: 1)
      let content: Mutex<String>
      init(_ content: String) { self.content = Mutex(content) }
      init(from reader: inout ByteReader) throws(DecodingFailure) { content = Mutex(try reader.readText()) }
      func encode(into writer: inout ByteWriter) { writer.write(text: content.withLock { $0 }) }
    }
    struct Potter: CachedGenerator {
      let kept: Pot
      var name: String { "potter" }
      var version: String? { "1" }
      func generate(
        _ instance: ToyInstance, owner: Owner, context: GenerationContext<Pot>
      ) throws -> GeneratedSource<Pot> { GeneratedSource(kept) }
    }
    final class Nothing: DefinitionState {
      var world: HostWorld { HostWorld(1) }
      var state: Digest { StateDigest().digest }
      func answer(_ question: Question) -> Answer? { nil }
      func request(_ request: SourceRequest, in context: GenerationContext<Pot>) throws {}
    }
    let kept = Pot("soup")
    let session = CacheSession<Pot>(store: hasStore ? try SourceStore(.memory) : nil, definitions: Nothing())
    for _ in 0..<3 {
      let served = try session.source(for: ToyInstance(name: "f"), generator: Potter(kept: kept))
      #expect(served?.content.withLock { $0 } == "soup")
      served?.content.withLock { $0 = "spilled" }
      kept.content.withLock { $0 = "spoiled" }
    }
    #expect(session.counters.generated == 1)
  }

  @Test("B11: an impure generator that sampling finds out is quarantined, with what was built from it")
  func impure() throws {
    let store = try SourceStore(.memory)
    let count = Counter()
    let kitchen = Kitchen(ToyHost(), store: store) { $0.verifyEvery = 1 }
    kitchen.host.cook("dice", text: { _ in "\(count.increment())" })
    kitchen.host.cook("outer", text: { "outer(\(try $0.source("dice")))" })
    kitchen.host.cook("pure", text: { _ in "pure" })
    _ = try kitchen.serve("outer")
    kitchen.session.flush()
    for _ in 0..<3 { #expect(try kitchen.serve("pure") == "pure") }
    #expect(kitchen.session.counters.impure == 0)
    _ = try kitchen.serve("dice")
    #expect(kitchen.session.counters.impure == 1)
    kitchen.session.close()

    let next = Kitchen(ToyHost(), store: store)
    next.host.cook("dice", text: { _ in "\(count.increment())" })
    let first = try next.serve("dice")
    next.session.flush()
    let second = try next.serve("dice")
    #expect(first != second)
    #expect(next.session.counters.stored == 0)
  }
}

/// A number that counts up.
final class Counter: Sendable {
  private let number = Mutex(0)
  @discardableResult func increment() -> Int {
    number.withLock {
      $0 += 1
      return $0
    }
  }
  var value: Int { number.withLock { $0 } }
}
