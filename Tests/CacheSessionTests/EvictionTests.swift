import CacheSession
import SourceStore
import Testing

@Suite("What was pruned behind a session's back")
struct EvictionTests {
  @Test("W12: a source in memory whose row was pruned does not outlive a change of what it rests on")
  func prunedRow() throws {
    let store = try SourceStore(.memory)
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: store)
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    #expect(try kitchen.serve("f") == "f(1)")
    kitchen.session.flush()
    #expect(try kitchen.serve("f") == "f(1)")
    var policy = PrunePolicy()
    policy.generatedBefore = .max
    #expect(try store.prune(policy).summary.openInstances == 1)
    #expect(try kitchen.serve("f") == "f(1)")
    kitchen.define(["a": "2"])
    #expect(try kitchen.serve("f") == "f(2)")
  }
}
