import CacheIdentity
import SourceStore
import Testing

@Suite("Why a key is served at the head, or is not")
struct ExplanationTests {
  private func orchard(_ store: SourceStore? = nil, lineage: String = "main", a: String = "1") throws -> Orchard {
    try Orchard(
      try store ?? SourceStore(.memory), lineage: lineage, bindings: ["a": a, "b": "1"],
      functions: ["leaf": [.binding("a")], "branch": [.source("leaf"), .binding("b")]])
  }

  private func explain(_ store: SourceStore, _ text: String, lineage: String? = nil) throws -> [Explanation] {
    var explanations: [Explanation] = []
    _ = try store.explain(text, lineage: lineage) { explanations.append($0) }
    return explanations
  }

  @Test("A hit names the trace that is served, and who generated it")
  func hit() throws {
    var orchard = try orchard()
    try orchard.serve("leaf")
    let explanation = try #require(try explain(orchard.store, "leaf").first)
    guard case .hit(let served) = explanation.verdict else { return #expect(Bool(false), "\(explanation)") }
    #expect(served.trace == (try orchard.trace("leaf")))
    #expect(served.range == .all)
    #expect(!served.isRevived)
    #expect(served.provenance.process == .current)
    #expect(explanation.label.specialization == "leaf()")
  }

  @Test("A closing leads from the source, step by step, to the definition that changed and the tick that changed it")
  func closed() throws {
    var orchard = try orchard()
    try orchard.serve("branch")
    try orchard.define(["a": "2"])
    let explanation = try #require(try explain(orchard.store, "branch()").first)
    guard case .closed(let range, let cause?, let nearest?) = explanation.verdict else {
      return #expect(Bool(false), "\(explanation)")
    }
    #expect(range == .only(.first))
    #expect(cause.tick.world == WorldAge(2))
    #expect(cause.tick.process == .current)
    #expect(cause.chain.map(\.victim.specialization) == ["branch()", "leaf()"])
    #expect(cause.chain.last?.question == .binding(module: "Orchard", name: "a"))
    #expect(cause.chain.last?.old.subject == "1")
    #expect(cause.chain.last?.new?.subject == "2")
    #expect(nearest.differing == 1)
    #expect(nearest.first?.position == 0)
    #expect(nearest.first?.present == nil)
    #expect(nearest.first?.tick?.world == WorldAge(2))
  }

  @Test("A miss in another lineage names the nearest trace and its first edge whose answer differs")
  func missElsewhere() throws {
    let store = try SourceStore(.memory)
    var main = try orchard(store)
    try main.serve("leaf")
    let side = try orchard(store, lineage: "side", a: "2")
    let explanation = try #require(try explain(store, "leaf", lineage: "side").first)
    guard case .miss(let nearest?) = explanation.verdict else { return #expect(Bool(false), "\(explanation)") }
    #expect(nearest.first?.question == .binding(module: "Orchard", name: "a"))
    #expect(nearest.first?.expected.subject == "1")
    #expect(nearest.first?.present?.subject == "2")
    #expect(side.head == .first)
  }

  @Test("The nearest trace is the one with the fewest differing answers, not the newest")
  func nearest() throws {
    var orchard = try Orchard(
      try SourceStore(.memory), bindings: ["a": "1", "b": "1", "c": "1"],
      functions: ["f": [.binding("a"), .binding("b"), .binding("c")]])
    try orchard.serve("f")
    let old = try orchard.trace("f")
    try orchard.define(["a": "2", "b": "2"])
    try orchard.serve("f")
    try orchard.define(["a": "1", "b": "1", "c": "2"])
    let explanation = try #require(try explain(orchard.store, "f").first)
    guard case .closed(_, _, let nearest?) = explanation.verdict else { return #expect(Bool(false), "\(explanation)") }
    #expect(nearest.trace == old)
    #expect(nearest.differing == 1)
    #expect(nearest.first?.position == 2)
    #expect(nearest.first?.tick?.world == WorldAge(3))
  }

  @Test("A key is named by the beginnings of its digests")
  func byKey() throws {
    var orchard = try orchard()
    try orchard.serve("branch")
    let key = orchard.key("leaf")
    let name = [key.methodHash, key.instance, key.owner].map(\.abbreviated).joined(separator: ":")
    #expect(try explain(orchard.store, name).map(\.key) == [key])
    #expect(try explain(orchard.store, name.uppercased()).map(\.key) == [key])
    #expect(try explain(orchard.store, "0000:0000:0000").isEmpty)
    #expect(try explain(orchard.store, "").isEmpty)
  }

  @Test("A row whose source was pruned, and a key in quarantine, say so")
  func notServed() throws {
    var orchard = try orchard()
    try orchard.serve("branch")
    let branch = try #require(try orchard.trace("branch"))
    try orchard.store.record([TraceUse(trace: branch, hits: 1, lastUsed: 1_000)])
    var policy = PrunePolicy()
    policy.unusedSince = 500
    _ = try orchard.store.prune(policy)
    #expect(try explain(orchard.store, "leaf").map(\.verdict) == [.pruned(.all)])
    let digests = (Digest(high: 1, low: 1), Digest(high: 2, low: 2))
    try orchard.store.quarantine(orchard.key("branch"), stored: digests.0, found: digests.1)
    #expect(
      try explain(orchard.store, "branch").map(\.verdict) == [.quarantined(stored: digests.0, found: digests.1)])
  }
}
