import CacheIdentity
import SourceStore
import Testing

@Suite("Pruning turns hits into misses, and nothing into a wrong hit (W12)")
struct PruningTests {
  private static let functions: [String: [Orchard.Part]] = [
    "leaf": [.binding("a")], "branch": [.source("leaf"), .binding("b")], "tree": [.source("branch")],
    "lone": [.binding("b")], "constant": [],
  ]

  private func orchard(_ bindings: [String: String] = ["a": "1", "b": "1"]) throws -> Orchard {
    try Orchard(try SourceStore(.memory), bindings: bindings, functions: Self.functions)
  }

  private func policy(_ change: (inout PrunePolicy) -> Void) -> PrunePolicy {
    var policy = PrunePolicy()
    change(&policy)
    return policy
  }

  @Test("An open source that nothing was built from goes, and is a plain miss")
  func openGoes() throws {
    var orchard = try orchard()
    try orchard.serve("lone")
    let result = try orchard.store.prune(policy { $0.generatedBefore = 100 })
    #expect(result.summary.openInstances == 1)
    #expect(result.summary.traces == 1)
    #expect(try orchard.stored("lone", at: orchard.head) == nil)
    #expect(try orchard.serve("lone") == "lone(1)")
  }

  @Test("An open source stays, without its bytes, if what was built from it stays; a change still closes both")
  func innerIsPinned() throws {
    var orchard = try orchard()
    try orchard.serve("branch")
    let branch = try #require(try orchard.trace("branch"))
    try orchard.store.record([TraceUse(trace: branch, hits: 1, lastUsed: 1_000)])
    let result = try orchard.store.prune(policy { $0.unusedSince = 500 })
    #expect(result.summary == PruneSummary(strippedSources: 1))
    #expect(try orchard.stored("leaf", at: orchard.head) == nil)
    #expect(try orchard.stored("branch", at: orchard.head) == "branch(leaf(1),1)")
    try orchard.define(["a": "2"])
    #expect(try orchard.stored("branch", at: orchard.head) == nil)
    #expect(try orchard.serve("branch") == "branch(leaf(2),1)")
  }

  @Test("A source and all that was built from it go together")
  func wholeChainGoes() throws {
    var orchard = try orchard()
    try orchard.serve("tree")
    let result = try orchard.store.prune(policy { $0.generator = "orchard" })
    #expect(result.summary.traces == 3)
    #expect(try orchard.store.statistics().rows(in: "answer") == 0)
    try orchard.define(["a": "2"])
    #expect(try orchard.serve("tree") == "tree(branch(leaf(2),1))")
    #expect(try orchard.wrongHits() == [])
  }

  @Test("A pruned source that comes again is seen to end by what is built from it then")
  func regeneratedAfterPruning() throws {
    var orchard = try orchard()
    try orchard.serve("branch")
    _ = try orchard.store.prune(policy { $0.generatedBefore = 100 })
    try orchard.serve("leaf")
    try orchard.serve("tree")
    try orchard.define(["a": "2"])
    for function in ["leaf", "branch", "tree"] { #expect(try orchard.stored(function, at: orchard.head) == nil) }
    try orchard.define(["a": "1"])
    for function in ["leaf", "branch", "tree"] {
      #expect(try orchard.stored(function, at: orchard.head) == orchard.truth(function, at: orchard.head))
    }
  }

  @Test("Closed code instances go with the traces that only they used; open ones stay")
  func closedGoes() throws {
    var orchard = try orchard()
    try orchard.serve("branch")
    try orchard.define(["a": "2"])
    try orchard.serve("branch")
    let result = try orchard.store.prune(policy { $0.closedOnly = true })
    #expect(result.summary.closedInstances == 2)
    #expect(result.summary.openInstances == 0)
    #expect(result.summary.traces == 2)
    #expect(try orchard.stored("branch", at: orchard.head) == "branch(leaf(2),1)")
    #expect(try orchard.stored("branch", at: .first) == nil)
  }

  @Test("What a generator made goes; what others made stays")
  func byGenerator() throws {
    var orchard = try orchard()
    try orchard.serve("lone")
    try orchard.serve("constant")
    _ = try orchard.store.prune(policy { $0.generator = "constant@1" })
    #expect(try orchard.stored("constant", at: orchard.head) == nil)
    #expect(try orchard.stored("lone", at: orchard.head) != nil)
  }

  @Test("Under a limit of size what was never served goes first, then what was served longest ago")
  func leastBenefit() throws {
    let names = (0..<40).map { "f\($0)" }
    let padding = String(repeating: "x", count: 20_000)
    var orchard = try Orchard(
      try SourceStore(.memory), bindings: ["a": padding],
      functions: Dictionary(uniqueKeysWithValues: names.map { ($0, [.binding("a")]) }))
    for name in names { try orchard.serve(name) }
    for (position, name) in names.enumerated().dropFirst(10) {
      let trace = try #require(try orchard.trace(name))
      try orchard.store.record([TraceUse(trace: trace, hits: 1, lastUsed: Int64(position))])
    }
    let full = try orchard.store.statistics().fileBytes
    let result = try orchard.store.prune(policy { $0.maximumBytes = full / 2 })
    #expect(result.bytesAfter <= full / 2)
    let left = try names.filter { try orchard.stored($0, at: orchard.head) != nil }
    #expect(!left.isEmpty)
    #expect(left == Array(names.suffix(left.count)))
  }

  @Test("W8: trimmed history goes, the head stays, and late generations before it are refused")
  func keepWorlds() throws {
    var orchard = try orchard()
    for round in 2...6 {
      try orchard.serve("branch")
      try orchard.define(["a": "\(round)"])
    }
    try orchard.serve("branch")
    let result = try orchard.store.prune(policy { $0.keptWorlds = 2 })
    #expect(result.summary.worlds == 4)
    let state = try #require(try orchard.store.lineage(named: "main"))
    #expect(state.oldest == WorldAge(5))
    #expect(try orchard.stored("branch", at: WorldAge(4)) == nil)
    #expect(try orchard.stored("branch", at: WorldAge(5)) == "branch(leaf(5),1)")
    #expect(try orchard.stored("branch", at: WorldAge(6)) == "branch(leaf(6),1)")
    #expect(try orchard.wrongHits() == [])
  }

  @Test("A reader that knew a method before it was pruned finds it again when it is back")
  func methodComesBack() throws {
    let directory = try TemporaryDirectory()
    var orchard = try Orchard(
      try SourceStore(.file(directory.file("store.sqlite"))), bindings: ["a": "1", "b": "1"], functions: Self.functions)
    try orchard.serve("lone")
    #expect(try orchard.stored("lone", at: orchard.head) != nil)
    _ = try orchard.store.prune(policy { $0.generatedBefore = 100 })
    #expect(try orchard.stored("lone", at: orchard.head) == nil)
    try orchard.serve("lone")
    #expect(try orchard.stored("lone", at: orchard.head) == "lone(1)")
  }

  @Test("A preview says what would go and writes nothing")
  func preview() throws {
    var orchard = try orchard()
    try orchard.serve("tree")
    let before = try orchard.store.statistics()
    let preview = try orchard.store.previewPruning(policy { $0.generator = "orchard" })
    #expect(preview.summary.traces == 3)
    #expect(preview.bytes > 0)
    #expect(try orchard.store.statistics() == before)
  }

  @Test("An eviction is counted, so that a tick after it does not pass for the whole truth about what is in memory")
  func evictionsCount() throws {
    var orchard = try orchard()
    try orchard.serve("lone")
    let before = try #require(try orchard.store.lineage(named: "main"))
    _ = try orchard.store.prune(policy { $0.generatedBefore = 100 })
    let change = DefinitionChange(
      state: Digest(high: 1, low: 1), from: before.head, evictions: before.evictions, cause: "test")
    let attachment = try orchard.store.advance(lineage: "main", to: change) { _ in nil }
    #expect(attachment.ticked)
    #expect(!attachment.isIncremental)
  }

  @Test("W12: in random histories with pruning in between, no lookup in any world is ever wrong", arguments: 0..<16)
  func randomHistories(seed: Int) throws {
    var random = FixedRandom(UInt64(seed))
    let names = (0..<7).map { "f\($0)" }
    var functions: [String: [Orchard.Part]] = [:]
    for (position, name) in names.enumerated() {
      var parts: [Orchard.Part] = [.binding("b\(Int.random(in: 0..<3, using: &random))")]
      for inner in names[(position + 1)...] where Int.random(in: 0..<3, using: &random) == 0 {
        parts.append(.source(inner))
      }
      functions[name] = parts
    }
    let store = try SourceStore(.memory)
    var orchards = try ["main", "side"].map {
      try Orchard(store, lineage: $0, bindings: ["b0": "0", "b1": "0", "b2": "0"], functions: functions)
    }
    for step in 0..<80 {
      let place = Int.random(in: 0..<2, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<3:
        let binding = "b\(Int.random(in: 0..<3, using: &random))"
        try orchards[place].define([binding: "\(Int.random(in: 0..<3, using: &random))"])
      case 3..<8:
        let name = names[Int.random(in: 0..<names.count, using: &random)]
        #expect(try orchards[place].serve(name) == orchards[place].truth(name, at: orchards[place].head))
        if let trace = try orchards[place].trace(name), Bool.random(using: &random) {
          try store.record([TraceUse(trace: trace, hits: 1, lastUsed: Int64(step))])
        }
      default:
        var policy = PrunePolicy()
        switch Int.random(in: 0..<4, using: &random) {
        case 0: policy.closedOnly = true
        case 1: policy.unusedSince = Int64(step - Int.random(in: 0..<30, using: &random))
        case 2: policy.keptWorlds = Int64.random(in: 1..<6, using: &random)
        default: policy.generatedBefore = Int64.random(in: 0..<60, using: &random)
        }
        _ = try store.prune(policy)
      }
      for orchard in orchards { #expect(try orchard.wrongHits() == [], "seed \(seed), step \(step)") }
    }
  }
}
