import CacheIdentity
import SourceStore
import Testing

@Suite("W3: a code instance holds where all of its answers are recorded to hold")
struct RangesTests {
  @Test("An answer holds from the world in which it was first asked")
  func fromFirstAsked() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    #expect(try bench.stored(bench.trace("k", asking: ["a"], giving: "s")) == "1...∞")
    try bench.define(["c": "1"])
    #expect(try bench.stored(bench.trace("l", asking: ["a"], giving: "s")) == "1...∞")
    #expect(try bench.stored(bench.trace("m", asking: ["a", "b"], giving: "s")) == "2...∞")
    try bench.verify()
  }

  @Test("A range is the intersection of those of all edges")
  func intersection() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    try bench.define(["c": "1"])
    try bench.insert(bench.trace("l", asking: ["b"], giving: "s"))
    try bench.define(["c": "2"])
    let old = bench.trace("m", asking: ["a", "b"], giving: "s")
    try bench.define(["a": "2"])
    #expect(try bench.stored(old) == "2...3")
    try bench.verify()
  }

  @Test("Without edges nothing bounds it")
  func noEdges() throws {
    var bench = try Bench(["a": "1"])
    try bench.define(["a": "2"])
    #expect(try bench.stored(bench.trace("k", giving: "s")) == "1...∞")
    try bench.verify()
  }

  @Test("What a generation in an old world finds out joins what is recorded right after it")
  func lateAnswerJoins() throws {
    var bench = try Bench(["a": "1"])
    let old = bench.trace("k", asking: ["a"], giving: "s")
    try bench.define(["b": "1"])
    try bench.insert(bench.trace("l", asking: ["a"], giving: "s"))
    #expect(try bench.stored(old) == "1...∞")
    try bench.define(["a": "2"])
    #expect(try bench.range("k") == nil)
    try bench.verify()
  }

  @Test("What one record of a batch finds out in its world joins what an earlier one found in the world before")
  func answersJoinWithinABatch() throws {
    var bench = try Bench(["a": "1"])
    let old = ["k", "l"].map { bench.trace($0, asking: ["a"], giving: "s") }
    try bench.define(["b": "1"])
    let new = bench.trace("m", asking: ["a"], giving: "s")
    try bench.insert(old[0], new, old[1])
    #expect(try ["k", "l", "m"].map { try bench.range($0, at: .first) } == ["1...1", "1...∞", "1...∞"])
    try bench.verify()
  }

  @Test("A declared range bounds it, and keeps it from reviving")
  func declaredRange() throws {
    var bench = try Bench(["a": "1"])
    try bench.define(["b": "1"])
    let declared = try #require(WorldRange(WorldAge(2), WorldAge(2)))
    try bench.insert(bench.trace("l", asking: ["a"], giving: "s", at: WorldAge(1)))
    #expect(try bench.stored(bench.trace("k", asking: ["a"], giving: "s", declared: declared)) == "2...2")
    try bench.define(["a": "2"])
    #expect(try bench.define(["a": "1"]).revived == 1)
    #expect(try bench.served("k") == nil)
    #expect(try bench.store.revivalCandidates(for: Bench.key("k"), lineage: bench.lineage, world: bench.world).isEmpty)
    try bench.verify()
  }

  @Test("A declared end beyond the head is cut at the head: the answers of the worlds to come are not known")
  func declaredEndBeyondHead() throws {
    var bench = try Bench(["a": "1"])
    let declared = try #require(WorldRange(.first, WorldAge(8)))
    #expect(try bench.stored(bench.trace("k", asking: ["a"], giving: "s", declared: declared)) == "1...1")
    try bench.define(["a": "2"])
    #expect(try bench.served("k") == nil)
    try bench.verify()
  }

  @Test("A declared range that leaves out the world is refused (W10)")
  func declaredRangeWithoutWorld() throws {
    var bench = try Bench(["a": "1"])
    try bench.define(["a": "2"])
    let past = WorldRange.only(.first)
    #expect(
      try bench.insert(bench.trace("k", asking: ["a"], giving: "s", declared: past))
        == [.refused(.outsideDeclaredRange(past))])
  }
}
