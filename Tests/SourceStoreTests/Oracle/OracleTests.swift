import SourceStore
import Testing

/// The store against a model that carries out the rules by brute force (W1 to W9, W12, C5 to C7, C11, A2, A6).
@Suite("Random histories leave the rows that the rules say")
struct OracleTests {
  @Test("Every row, range, lookup, refusal and revival is the model's", arguments: 0..<50)
  func agreesWithModel(batch: Int) throws {
    for seed in UInt64(batch * 2)..<UInt64(batch * 2 + 2) {
      var random = SeededGenerator(seed: seed)
      let steps = (0..<50).map { _ in Step(from: &random) }
      guard let failure = fails(steps, seed: seed) else { continue }
      let shortest = shrink(Array(steps[...failure.position]), seed: seed)
      Issue.record(
        """
        seed \(seed): \(fails(shortest, seed: seed)?.problem ?? failure.problem)
        \(shortest.map(\.description).joined(separator: "\n"))
        """)
    }
  }

  @Test("The histories have hits, generator runs and revivals of both kinds, so that agreement means something")
  func historiesAreRich() throws {
    var (hits, runs, revivals) = (0, 0, 0)
    for seed in UInt64(0)..<8 {
      var random = SeededGenerator(seed: seed)
      var history = try History(seed: seed)
      for _ in 0..<80 { try history.run(Step(from: &random)) }
      hits += history.hits
      runs += history.generatorRuns
      revivals += history.revivals + history.model.lineages.flatMap(\.rows).joined().count { $0.isRevived }
    }
    #expect(hits > 100 && runs > 100 && revivals > 20, "\(hits) hits, \(runs) runs, \(revivals) revivals")
  }

  /// The step at which a history fails, and how.
  private func fails(_ steps: [Step], seed: UInt64) -> (position: Int, problem: String)? {
    var position = 0
    do {
      var history = try History(seed: seed)
      for step in steps {
        try history.run(step)
        try history.check()
        position += 1
      }
      try history.checkAllLookups()
      return nil
    } catch {
      return (min(position, steps.count - 1), "\(error)")
    }
  }

  /// Leaves out one step after the other while it still fails.
  private func shrink(_ steps: [Step], seed: UInt64) -> [Step] {
    var shortest = steps
    for position in steps.indices.reversed() {
      var shorter = shortest
      shorter.remove(at: position)
      if !shorter.isEmpty, fails(shorter, seed: seed) != nil { shortest = shorter }
    }
    return shortest
  }
}
