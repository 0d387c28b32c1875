import CacheIdentity
import Testing

@testable import SourceStore

@Suite("W8: a row committed late is capped, or refused if history was pruned")
struct HistoryTests {
  @Test("A row generated in an old world ends where its answers end")
  func lateRowIsCapped() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("other", asking: ["a"], giving: "s"))
    let (asked, unasked) = (
      bench.trace("k", asking: ["a"], giving: "s"), bench.trace("l", asking: ["b"], giving: "s")
    )
    try bench.define(["c": "1"])
    try bench.define(["a": "2"])
    #expect(try bench.stored(asked) == "1...2")
    #expect(try bench.stored(unasked) == "1...1")
    #expect(try bench.served("k") == nil)
    #expect(try bench.served("k", at: WorldAge(2)) == "s")
    try bench.verify()
  }

  @Test("A row whose answers still hold is open, however late it comes")
  func lateRowMayBeOpen() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("other", asking: ["a"], giving: "s"))
    let old = bench.trace("k", asking: ["a"], giving: "s")
    try bench.define(["c": "1"])
    #expect(try bench.stored(old) == "1...∞")
    try bench.verify()
  }

  @Test("Without history back to its world a row is refused")
  func prunedHistory() throws {
    var bench = try Bench(["a": "1"])
    let old = bench.trace("k", asking: ["a"], giving: "s")
    try bench.define(["a": "2"])
    try bench.store.write { connection throws(StoreError) in
      try connection.executeScript("UPDATE lineage SET oldest = 2")
    }
    #expect(try bench.insert(old) == [.refused(.historyPruned(oldest: WorldAge(2)))])
    try bench.verify()
  }
}
