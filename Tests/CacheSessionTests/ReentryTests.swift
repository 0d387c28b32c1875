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

  @Test("A generator that asks for ever new sources ends at the limit, before the stack does; nothing of it is stored")
  func everNewKeys() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory)) { $0.depthLimit = 5 }
    for number in 0..<9 { kitchen.host.cook("\(number)", text: { try $0.source("\(number + 1)") }) }
    #expect(throws: SessionError.endlessGeneration(chain: ["0", "1", "2", "3", "4", "5"])) { try kitchen.serve("0") }
    kitchen.session.flush()
    #expect(kitchen.session.counters.stored == 0)
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
