import CacheIdentity
import CacheSession
import SourceStore
import Testing

@Suite("W13: a generator that needs itself ends, and what it leaves is stored")
struct ReentryTests {
  @Test("W13, B7: a generator that asks the session for itself, past its context, ends with the chain in the error")
  func pastTheContext() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    let session = kitchen.session
    kitchen.host.cook(
      "f",
      text: { cook in
        try session.source(for: ToyInstance(name: "f"), generator: cook.host.generator)?.text ?? "declined"
      })
    #expect(throws: SessionError.endlessGeneration(chain: ["f", "f", "f"])) { try kitchen.serve("f") }
  }

  @Test("C6: sources in a circle are stored when the generator that asked for them is not cached")
  func circleUnderUncachedGenerator() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    let depth = Counter()
    kitchen.host.cook(
      "ping",
      text: { cook in
        if depth.increment() % 2 == 1 { _ = try cook.source("pong") }
        return "ping"
      })
    kitchen.host.cook("pong", text: { "pong(\(try $0.source("ping")))" })
    let plain = PlainGenerator(host: kitchen.host) { GeneratedSource(ToySource(try $0.source("ping"))) }
    #expect(try kitchen.session.source(for: ToyInstance(name: "plain"), generator: plain) == "ping")
    kitchen.session.flush()
    #expect(kitchen.session.counters.stored == 2)
  }
}
