import CacheIdentity
import Testing

@testable import SourceStore

@Suite("W12: what a tick should close is closed, or the tick fails")
struct DamagedEdgesTests {
  @Test(
    "A backedge, a trace or an answer that was lost or changed is seen by the tick that needs it",
    arguments: [
      "UPDATE answer SET trace = NULL WHERE trace = 1", "UPDATE answer SET trace = 2 WHERE trace = 1",
      "UPDATE answer SET trace = 3 - trace WHERE trace < 3", "UPDATE answer SET trace = trace + 1 WHERE trace = 1",
      "DELETE FROM further_backedge", "UPDATE further_backedge SET trace = 2",
      "UPDATE further_backedge SET answer = answer + 1", "UPDATE trace SET method = method + 5 WHERE id = 1",
      "UPDATE trace SET instance = 0 WHERE id = 1", "UPDATE trace SET owner = 9 WHERE id = 1",
      "DELETE FROM trace WHERE id = 1",
      "UPDATE trace SET edges = x'' WHERE id = 1", "UPDATE answer SET traces = traces + 1 WHERE trace = 1",
      "UPDATE answer SET topic = topic + 1 WHERE trace = 1", "UPDATE answer SET id = id + 1 WHERE trace = 1",
      "UPDATE packed_text SET content = 'b' WHERE content = 'a'",
    ])
  func closing(sql: String) throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(
      bench.trace("k", asking: ["a"], giving: "old"), bench.trace("l", asking: ["b"], giving: "l"),
      bench.trace("m", asking: ["a"], giving: "m"))
    try bench.store.withWriter { connection throws(StoreError) in try connection.executeScript(sql) }
    // A process that attaches asks about everything, so it also meets what a redefinition could not find.
    bench.definitions["a"] = "2"
    do {
      try bench.attach()
      #expect(try bench.served("k") == nil && bench.served("m") == nil)
    } catch let error as StoreError {
      #expect(error.problem == .damaged)
      #expect(try bench.store.lineage(named: "main")?.head == .first)
    }
  }

  @Test("A trace whose edges changed does not revive")
  func reviving() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("k", asking: ["a", "b"], giving: "k"))
    try bench.define(["a": "2", "b": "2"])
    try bench.store.withWriter { connection throws(StoreError) in
      try connection.executeScript("UPDATE trace SET edges = x'01'")
    }
    #expect(try bench.define(["a": "1"]).revived == 0)
    #expect(try bench.served("k") == nil)
    #expect(try bench.store.revivalCandidates(for: Bench.key("k"), lineage: bench.lineage, world: bench.world).isEmpty)
  }
}
