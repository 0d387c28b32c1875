import CacheIdentity
import SourceStore
import Testing

@Suite("B11: a quarantined key is not served again")
struct QuarantineTests {
  @Test("Its rows go, and those of what was built from it")
  func rowsGo() throws {
    let bench = try Bench(["a": "1"])
    try bench.insert(
      bench.trace("k", asking: ["a"], giving: "s"), bench.trace("outer", inner: ["k": "s"], giving: "o"),
      bench.trace("other", asking: ["a"], giving: "s"))
    try bench.store.quarantine(Bench.key("k"), stored: digest("s"), found: digest("t"))
    #expect(try ["k", "outer", "other"].map { try bench.served($0) } == [nil, nil, "s"])
    #expect(try bench.insert(bench.trace("k", asking: ["a"], giving: "s")) == [.refused(.quarantined)])
    #expect(try bench.store.revivalCandidates(for: Bench.key("k"), lineage: bench.lineage, world: bench.world).isEmpty)
    try bench.verify()
  }

  @Test("No tick and no new lineage revives it")
  func staysAway() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"), bench.trace("outer", inner: ["k": "s"], giving: "o"))
    let candidate = try bench.define(["a": "2"]).closed
    #expect(candidate.count == 2)
    try bench.store.quarantine(Bench.key("k"), stored: digest("s"), found: digest("t"))
    #expect(try bench.define(["a": "1"]).revived == 0)
    #expect(try bench.served("k") == nil)
    #expect(try Bench(bench.store, lineage: "branch", ["a": "1"]).served("k") == nil)
    try bench.verify()
  }

  @Test("What was about to revive when it was quarantined does not")
  func racingRevival() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s", declared: .from(.first)))
    let branch = try Bench(bench.store, lineage: "branch", [:])
    bench.definitions = ["a": "1"]
    let candidate = try #require(
      try bench.store.revivalCandidates(for: Bench.key("k"), lineage: branch.lineage, world: branch.world).first)
    try bench.store.quarantine(Bench.key("k"), stored: digest("s"), found: digest("t"))
    #expect(try bench.store.revive(candidate, lineage: branch.lineage, world: branch.world) == nil)
    try bench.verify()
  }
}
