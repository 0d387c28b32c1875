import CacheIdentity
import SourceStore
import Testing

@Suite("W1: a lineage's worlds are its committed changes")
struct WorldsTests {
  @Test("A lineage begins at world 1, and a change of several definitions is one tick")
  func oneTickPerChange() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    #expect(bench.world == .first)
    #expect(try bench.define(["a": "2", "b": "2", "c": "1"]).ticked)
    #expect(bench.world == WorldAge(2))
    try bench.verify()
  }

  @Test("Equal definitions are no tick, in the same process and in another one")
  func equalStateIsNoTick() throws {
    var bench = try Bench(["a": "1"])
    let again = try bench.define(["a": "1"])
    #expect(!again.ticked && again.asked == 0 && bench.world == .first)
    let second = try Bench(bench.store, ["a": "1"])
    #expect(second.world == .first)
    try bench.verify()
  }

  @Test("A change that answers no known question differently is a tick: what is asked next may be answered differently")
  func unaskedChangeTicks() throws {
    var bench = try Bench(["a": "1"])
    try bench.define(["unasked": "1"])
    #expect(bench.world == WorldAge(2))
  }

  @Test("A generation in a world that the lineage has not reached is refused")
  func beyondHeadIsRefused() throws {
    let bench = try Bench(["a": "1"])
    let early = bench.trace("k", asking: ["a"], giving: "s", at: WorldAge(9))
    #expect(try bench.insert(early) == [.refused(.beyondHead(.first))])
    let open = bench.trace("k", asking: ["a"], giving: "s", at: .open)
    #expect(try bench.insert(open) == [.refused(.beyondHead(.first))])
    try bench.verify()
  }

  @Test("A lookup in a world that the lineage has not reached is a miss, however open the row")
  func lookupBeyondHeadMisses() throws {
    let bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    #expect(try bench.served("k") == "s")
    #expect(try bench.served("k", at: WorldAge(2)) == nil)
    #expect(try bench.served("k", at: .open) == nil)
    #expect(try bench.served("k", at: WorldAge(0)) == nil)
  }
}
