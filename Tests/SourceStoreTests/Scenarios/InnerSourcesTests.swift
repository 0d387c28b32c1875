import CacheIdentity
import SourceStore
import Testing

@Suite("C6, C7, E2: sources that are built from sources")
struct InnerSourcesTests {
  @Test("C6: closing is transitive at any depth")
  func deepChain() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("0", asking: ["a"], giving: "s0"))
    for depth in 1...200 {
      try bench.insert(bench.trace("\(depth)", inner: ["\(depth - 1)": "s\(depth - 1)"], giving: "s\(depth)"))
    }
    try bench.insert(bench.trace("other", asking: ["b"], giving: "s"))
    #expect(try bench.define(["a": "2"]).closed == (0...200).map { Bench.key("\($0)") })
    #expect(try bench.served("other") == "s")
    #expect(try bench.define(["a": "1"]).revived == 201)
    #expect(try bench.served("200") == "s200")
    try bench.verify()
  }

  @Test("C6: records of one batch may rest on each other in any order")
  func batchInAnyOrder() throws {
    let bench = try Bench(["a": "1"])
    let outcomes = try bench.insert(
      bench.trace("outermost", inner: ["outer": "o"], giving: "oo"),
      bench.trace("outer", inner: ["inner": "i"], giving: "o"), bench.trace("inner", asking: ["a"], giving: "i"))
    #expect(outcomes.allSatisfy { if case .stored = $0 { true } else { false } })
    try bench.verify()
  }

  @Test("C6, E2: a circle is stored as a whole, closes as a whole, and takes nothing else with it")
  func circle() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    let outcomes = try bench.insert(
      bench.trace("ping", asking: ["a"], inner: ["pong": "o"], giving: "i"),
      bench.trace("pong", inner: ["ping": "i"], giving: "o"), bench.trace("user", inner: ["pong": "o"], giving: "u"),
      bench.trace("other", asking: ["b"], giving: "s"))
    #expect(outcomes.allSatisfy { if case .stored = $0 { true } else { false } })
    try bench.verify()
    let ticked = try bench.define(["a": "2"])
    #expect(Set(ticked.closed) == [Bench.key("ping"), Bench.key("pong"), Bench.key("user")])
    #expect(try bench.served("other") == "s")
    try bench.verify()
    #expect(try bench.define(["a": "1"]).revived == 3)
    #expect(try ["ping", "pong", "user"].map { try bench.served($0) } == ["i", "o", "u"])
    try bench.verify()
  }

  @Test("C6: a source may rest on itself")
  func selfReference() throws {
    var bench = try Bench(["a": "1"])
    #expect(try bench.stored(bench.trace("k", asking: ["a"], inner: ["k": "s"], giving: "s")) == "1...∞")
    #expect(try bench.define(["a": "2"]).closed == [Bench.key("k")])
    #expect(try bench.define(["a": "1"]).revived == 1)
    try bench.verify()
  }

  @Test("C6: a circle holds no longer than its narrowest member")
  func circleIsNarrowest() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("x", asking: ["a"], giving: "x"), bench.trace("y", asking: ["b"], giving: "y"))
    let (ping, pong) = (
      bench.trace("ping", asking: ["a"], inner: ["pong": "o"], giving: "i"),
      bench.trace("pong", asking: ["b"], inner: ["ping": "i"], giving: "o")
    )
    try bench.define(["c": "1"])
    try bench.define(["b": "2"])
    try bench.insert(ping, pong)
    #expect(try bench.range("ping", at: .first) == "1...2")
    #expect(try bench.range("pong", at: .first) == "1...2")
    try bench.verify()
  }

  @Test("W4: one batch may bring a circle twice, from one world or two")
  func circleTwice() throws {
    var bench = try Bench(["a": "1"])
    func circle() -> [NewTrace] {
      [
        bench.trace("ping", asking: ["a"], inner: ["pong": "o"], giving: "i"),
        bench.trace("pong", inner: ["ping": "i"], giving: "o"),
      ]
    }
    let first = circle()
    try bench.insert(bench.trace("x", asking: ["a"], giving: "x"))
    try bench.define(["b": "1"])
    let outcomes = try bench.store.insert(first + circle() + first, into: bench.lineage)
    #expect(outcomes.allSatisfy { if case .stored = $0 { true } else { false } })
    #expect(try bench.range("ping") == "1...∞")
    try bench.verify()
  }

  @Test("C6: a circle that rests on something unrecorded is refused as a whole")
  func circleOnNothing() throws {
    let bench = try Bench(["a": "1"])
    let outcomes = try bench.insert(
      bench.trace("ping", asking: ["a"], inner: ["pong": "o"], giving: "i"),
      bench.trace("pong", inner: ["missing": "m", "ping": "i"], giving: "o"))
    #expect(outcomes.allSatisfy { if case .refused(.unrecordedSource) = $0 { true } else { false } })
    #expect(try bench.served("ping") == nil)
    try bench.verify()
  }

  @Test("C7: the inner source comes out equal, and the outer one is found again without being generated")
  func earlyCutoff() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(
      bench.trace("inner", asking: ["a"], giving: "i"),
      bench.trace("outer", inner: ["inner": "i"], giving: "o"))
    try bench.define(["a": "2"])
    #expect(try bench.served("outer") == nil)

    let before = try bench.store.revivalCandidates(for: Bench.key("outer"), lineage: bench.lineage, world: bench.world)
    let candidate = try #require(before.first)
    #expect(candidate.definitions.isEmpty && candidate.sources.count == 1 && candidate.unanswered == 1)
    #expect(candidate.sources[0].inner.specialization == "inner(Int64)")
    #expect(try bench.store.revive(candidate, lineage: bench.lineage, world: bench.world) == nil)

    try bench.insert(bench.trace("inner", asking: ["a"], giving: "i"))
    let range = try bench.store.revive(candidate, lineage: bench.lineage, world: bench.world)
    #expect(range?.description == "2...∞")
    #expect(try bench.served("outer") == "o")
    try bench.verify()
  }

  @Test("C7: the inner source comes out different, and the outer trace is no candidate")
  func noCutoff() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(
      bench.trace("inner", asking: ["a"], giving: "i"),
      bench.trace("outer", inner: ["inner": "i"], giving: "o"))
    try bench.define(["a": "2"])
    try bench.insert(bench.trace("inner", asking: ["a"], giving: "j"))
    #expect(
      try bench.store.revivalCandidates(for: Bench.key("outer"), lineage: bench.lineage, world: bench.world).isEmpty)
    try bench.verify()
  }

  @Test("C7: at a tick, an inner key that revives with another trace but an equal source takes the outer one along")
  func cutoffAtTick() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(
      bench.trace("inner", asking: ["a"], giving: "i"),
      bench.trace("outer", inner: ["inner": "i"], giving: "o"))
    try bench.define(["a": "2"])
    try bench.insert(bench.trace("inner", asking: ["a"], giving: "i"))
    let ticked = try bench.define(["a": "1"])
    #expect(ticked.closed == [Bench.key("inner")] && ticked.revived == 2)
    #expect(try bench.served("outer") == "o")
    try bench.verify()
  }

  @Test("A declined inner source is an answer too")
  func declinedInner() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(
      bench.trace("inner", asking: ["a"], giving: nil),
      bench.trace("outer", inner: ["inner": nil], giving: "o"))
    #expect(try bench.define(["a": "2"]).closed == [Bench.key("inner"), Bench.key("outer")])
    #expect(try bench.define(["a": "1"]).revived == 2)
    try bench.verify()
  }

  @Test("Once its closed rows are pruned, an inner source that is generated again is recorded as far as it holds")
  func regeneratedAfterPruning() throws {
    var bench = try Bench(["a": "1"])
    let declared = try #require(WorldRange(.first, .first))
    try bench.insert(
      bench.trace("inner", asking: ["a"], giving: "i", declared: declared),
      bench.trace("outer", inner: ["inner": "i"], giving: "o"))
    var policy = PrunePolicy()
    policy.closedOnly = true
    policy.generatedBefore = 2
    try bench.insert(bench.trace("user", inner: ["outer": "o"], giving: "u"))
    _ = try bench.store.prune(policy)
    try bench.insert(bench.trace("inner", asking: ["a"], giving: "i"))
    try bench.verify()
    try bench.define(["b": "1"])
    #expect(try bench.stored(bench.trace("outer", inner: ["inner": "i"], giving: "o")).hasSuffix("...∞"))
    try bench.verify()
  }
}
