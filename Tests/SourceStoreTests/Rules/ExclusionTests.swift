import CacheIdentity
import SourceStore
import Testing

@Suite("W4, W5: ranges of a key exclude each other and stay closed")
struct ExclusionTests {
  @Test("A late generation keeps clear of the key's other ranges")
  func lateRowIsClipped() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("other", asking: ["a"], giving: "s"))
    try bench.define(["b": "2"])
    let old = bench.trace("k", asking: ["a"], giving: "s")
    try bench.define(["b": "3"])
    #expect(try bench.stored(bench.trace("k", asking: ["a", "b"], giving: "s")) == "3...∞")
    // A generator that does not always ask the same is impure, and still breaks no rule.
    #expect(try bench.stored(old) == "1...2")
    try bench.verify()
  }

  @Test("The same source again, from another process, finds the row that is there")
  func generatedTwice() throws {
    let bench = try Bench(["a": "1"])
    let trace = bench.trace("k", asking: ["a"], giving: "s")
    let first = try bench.insert(trace)
    #expect(try bench.insert(trace, trace) == first + first)
    try bench.verify()
  }

  @Test("Another source in the same world is refused and names both")
  func conflictIsRefused() throws {
    let bench = try Bench(["a": "1"])
    let stored = bench.trace("k", asking: ["a"], giving: "s")
    let found = bench.trace("k", asking: ["a"], giving: "t")
    try bench.insert(stored)
    #expect(
      try bench.insert(found)
        == [.refused(.conflict(stored: stored.sourceAnswer.digest, found: found.sourceAnswer.digest))])
    #expect(try bench.served("k") == "s")
  }

  @Test("C11: a definition that goes back revives the row as a new range; the old one stays closed")
  func revivalAddsARow() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    try bench.define(["a": "2"])
    #expect(try bench.served("k") == nil)
    let back = try bench.define(["a": "1"])
    #expect(back.revived == 1 && back.closed.isEmpty)
    #expect(try bench.range("k") == "3...∞")
    #expect(try bench.range("k", at: .first) == "1...1")
    #expect(try bench.range("k", at: WorldAge(2)) == nil)
    try bench.verify()
  }
}
