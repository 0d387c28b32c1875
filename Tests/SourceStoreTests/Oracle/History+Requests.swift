import CacheIdentity
import SourceCodec
import Testing

@testable import SourceStore

// What processes ask for, and what the store must answer.
extension History {
  /// `nil` if the generator, or one that it asks, throws.
  mutating func answer(
    _ key: Int, by process: Int, at world: Int, _ definitions: DefinitionVector, _ declaring: UInt64
  ) throws -> Digest? {
    do {
      return try request(key, by: process, at: world, definitions, declaring)
    } catch is Universe.Unanswerable {
      return nil
    }
  }

  /// What a session does: what it has itself, then the store, then revalidation, then the generator.
  mutating func request(
    _ key: Int, by process: Int, at world: Int, _ definitions: DefinitionVector, _ declaring: UInt64
  ) throws -> Digest {
    let lineage = position(of: process)
    if let pending = processes[process].queue.first(where: { $0.trace.key == key && $0.world == world }) {
      return pending.trace.answer
    }
    let expected = model.lineages[lineage].row(key, at: world)
    let found = try store.lookup(Universe.keys[key], lineage: lineages[lineage].id, world: WorldAge(Int64(world)))
    let answer = found.map { $0.source?.digest ?? Answer.none.digest }
    let served = expected.flatMap { model.stripped.contains($0.trace.answer) ? nil : $0.trace.answer }
    try expect(
      answer == served, "lookup of \(key) at \(world) gives \(describe(answer)), not \(describe(served))")
    let truth = universe.truth(key, in: definitions)
    if let answer {
      hits += 1
      try expect(answer == truth?.answer, "W12: \(key) at \(world) served as in another state")
      return answer
    }
    if let revived = try revive(key, by: process, at: world, definitions) {
      revivals += 1
      try expect(revived == truth?.answer, "W3: \(key) revived at \(world) as in another state")
      return revived
    }
    let generation = try universe.generate(key, in: definitions) { inner throws in
      try request(inner, by: process, at: world, definitions, 1)
    }
    generatorRuns += 1
    try expect(generation == truth, "the store changed what the generator of \(key) sees at \(world)")
    let declared = declaredRange(declaring, around: world)
    let trace = Model.Trace(
      key: key, edges: generation.edges, answer: generation.answer, isBounded: !declared.isOpen)
    if let text = generation.text { texts[generation.answer] = text }
    processes[process].queue.append(Model.Item(world: world, trace: trace, declared: declared))
    return generation.answer
  }

  func declaredRange(_ declaring: UInt64, around world: Int) -> WorldRange {
    guard declaring % 8 == 0 else { return .all }
    let low = max(1, world - Int(declaring >> 8 % 4))
    return WorldRange(WorldAge(Int64(low)), WorldAge(Int64(world + Int(declaring >> 16 % 3))))!
  }

  mutating func revive(
    _ key: Int, by process: Int, at world: Int, _ definitions: DefinitionVector
  ) throws -> Digest? {
    let lineage = position(of: process)
    let (id, age) = (lineages[lineage].id, WorldAge(Int64(world)))
    // Its own generation of the key in another world may be what holds here.
    if processes[process].queue.contains(where: { $0.trace.key == key }) { try flush(process, split: 0, order: 0) }
    let candidates = try store.revivalCandidates(for: Universe.keys[key], lineage: id, world: age)
    let expected = model.candidates(key, in: lineage, at: world)
    let traces = try candidates.map { try trace($0.trace) }
    try expect(
      Dictionary(zip(traces, candidates.map(\.unanswered)), uniquingKeysWith: max) == expected,
      "candidates for \(key) at \(world) are \(traces), not \(expected)")
    try expect(candidates.map(\.unanswered).isSorted, "candidates are not in order")
    for (candidate, trace) in zip(candidates, traces) {
      let agrees = candidate.definitions.allSatisfy { edge in
        let number = Universe.numbers[edge.question]!
        return definitions[number].map { Universe.answer($0, to: number) } == edge.answer
      }
      guard agrees else { continue }
      var innerAgree = true
      for (edge, _) in candidate.sources where innerAgree {
        guard case .source(let inner, _) = edge.question else { continue }
        innerAgree =
          try answer(Universe.keyNumbers[inner]!, by: process, at: world, definitions, 1) == edge.answer.digest
      }
      guard innerAgree else { continue }
      try flush(process, split: 0, order: 0)
      // By now, what the inner sources brought with them may have revived it or shown that it does not hold.
      if let present = model.lineages[lineage].row(key, at: world) { return present.trace.answer }
      if model.stripped.contains(trace.answer) { continue }
      if trace.edges.contains(where: { model.lineages[lineage].isRecorded($0, at: world) == false }) { continue }
      if world < model.lineages[lineage].oldest {
        try expect(try store.revive(candidate, lineage: id, world: age) == nil, "W8: revived at \(world)")
        continue
      }
      let range = model.revive(trace, in: lineage, at: world)
      let found = try store.revive(candidate, lineage: id, world: age)
      try expect(
        found == WorldRange(range), "W3: \(key) revived at \(world) in \(describe(found)), not \(range)")
      return trace.answer
    }
    let truth = universe.truth(key, in: definitions)?.edges
    try expect(
      world < model.lineages[lineage].oldest || !expected.keys.contains { $0.edges == truth },
      "C11: \(key) must be generated at \(world) though a trace of it holds")
    return nil
  }
}
