import CacheIdentity
import SourceStore
import Testing

@Suite("A4 to A6, E, G3: lineages, processes and definitions that come and go")
struct LineagesTests {
  @Test("A4: deleting what shadows an older definition exposes that one, and its rows revive")
  func shadowed() throws {
    // What `f(Int64)` selects, of three definitions that shadow each other.
    var bench = try Bench(["f": "oldest"])
    for (callee, source) in [("oldest", "1"), ("middle", "2"), ("newest", "3")] {
      try bench.define(["f": callee])
      try bench.insert(bench.trace("k", asking: ["f"], giving: source))
    }
    #expect(try bench.served("k") == "3")
    #expect(try bench.define(["f": "middle"]).revived == 1)
    #expect(try bench.served("k") == "2")
    #expect(try bench.define(["f": "oldest"]).revived == 1)
    #expect(try bench.served("k") == "1")
    #expect(try bench.define(["f": "newest"]).revived == 1)
    #expect(try bench.served("k") == "3")
    try bench.verify()
  }

  @Test("A6: sibling lineages do not see each other's rows, and share content")
  func siblings() throws {
    let main = try Bench(["a": "1"])
    let branch = try Bench(main.store, lineage: "branch", ["a": "2"])
    try main.insert(main.trace("k", asking: ["a"], giving: "s"))
    #expect(try branch.served("k") == nil)
    try branch.insert(branch.trace("k", asking: ["a"], giving: "t"))
    #expect(try main.served("k") == "s")
    #expect(try branch.served("k") == "t")
    try main.verify()
  }

  @Test("A6: a new lineage revives all that holds in its state when it attaches, sources of sources included")
  func newLineageRevives() throws {
    let main = try Bench(["a": "1", "b": "1"])
    try main.insert(
      main.trace("k", asking: ["a"], giving: "s"), main.trace("l", asking: ["b"], giving: "t"),
      main.trace("outer", inner: ["k": "s"], giving: "o"),
      main.trace("mixed", asking: ["b"], inner: ["k": "s"], giving: "m"))
    let branch = try Bench(main.store, lineage: "branch", ["a": "1", "b": "2"])
    #expect(try ["k", "outer"].map { try branch.served($0) } == ["s", "o"])
    #expect(try ["l", "mixed"].map { try branch.served($0) } == [nil, nil])
    let same = try Bench(main.store, lineage: "same", ["a": "1", "b": "1"])
    #expect(try ["k", "l", "outer", "mixed"].map { try same.served($0) } == ["s", "t", "o", "m"])
    try main.verify()
  }

  @Test("C11: going back and forth between two states generates nothing more")
  func backAndForth() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    try bench.define(["a": "2"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "t"))
    for round in 0..<20 {
      let ticked = try bench.define(["a": round.isMultiple(of: 2) ? "1" : "2"])
      #expect(ticked.revived == 1 && ticked.closed.count == 1)
      #expect(try bench.served("k") == (round.isMultiple(of: 2) ? "s" : "t"))
    }
    try bench.verify()
  }

  @Test("E1: before its questions are answered in a new world, no row is open there")
  func nothingOpenUnasked() throws {
    let main = try Bench(["a": "1"])
    try main.insert(main.trace("k", asking: ["a"], giving: "s"))
    var asked: [Question] = []
    let other = try main.store.advance(lineage: "main", to: DefinitionChange(state: digest("other"), cause: "test")) {
      asked.append($0)
      return nil
    }
    #expect(asked == [Bench.question("a")])
    #expect(other.closed == [Bench.key("k")])
    #expect(try main.served("k", at: other.world) == nil)
    #expect(try main.served("k") == "s")
  }

  @Test("E4: a definition that is gone closes what asked for it, and only that")
  func deletedDefinition() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"), bench.trace("l", asking: ["b"], giving: "t"))
    #expect(try bench.define(["a": String?.none]).closed == [Bench.key("k")])
    #expect(try bench.served("l") == "t")
    #expect(try bench.define(["a": "1"]).revived == 1)
    try bench.verify()
  }

  @Test("G3: two processes with different definitions each get only their own sources, and each reads on at its world")
  func twoProcesses() throws {
    var first = try Bench(["a": "1"])
    try first.insert(first.trace("k", asking: ["a"], giving: "s"))
    var second = try Bench(first.store, ["a": "2"])
    #expect(try second.served("k") == nil)
    try second.insert(second.trace("k", asking: ["a"], giving: "t"))
    #expect(try first.served("k") == "s")
    #expect(try second.served("k") == "t")

    // The head is the second one's: the first one's change is the difference to what is there.
    let back = try first.define(["b": "1"])
    #expect(back.world == WorldAge(3) && !back.isIncremental && back.revived == 1)
    #expect(try first.served("k") == "s")
    #expect(try second.served("k") == "t")
    try second.define(["b": "1"])
    #expect(try second.served("k") == "t")
    try first.verify()
  }

  @Test("A late row of one process is not served in the other one's world")
  func lateRowOfOtherState() throws {
    let first = try Bench(["a": "1"])
    let second = try Bench(first.store, ["a": "2"])
    #expect(try first.stored(first.trace("k", asking: ["a"], giving: "s")) == "1...1")
    #expect(try second.served("k") == nil)
    try first.verify()
  }
}
