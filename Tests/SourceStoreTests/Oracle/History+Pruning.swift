import CacheIdentity
import SourceCodec
import Testing

@testable import SourceStore

// Pruning, after which the model takes over what the store still has.
extension History {
  /// What goes is the policy's business; here it matters that nothing is added or changed, and that what stays is whole.
  mutating func prune(_ kind: Int, _ amount: Int) throws {
    var policy = PrunePolicy()
    switch kind {
    case 0: policy.closedOnly = true
    case 1: policy.generatedBefore = Int64(amount % (generatorRuns + 1))
    case 2: policy.keptWorlds = Int64(amount % 5 + 1)
    default:
      policy.generatedBefore = Int64(amount % (generatorRuns + 1))
      policy.keptWorlds = Int64(amount % 7 + 1)
    }
    _ = try store.prune(policy)
    for (lineage, rows) in try storedRows().enumerated() {
      let before = Set(model.lineages[lineage].rows.joined())
      try expect(rows.isSubset(of: before), "W12: pruning made \(rows.subtracting(before))")
      for key in 0..<Universe.keyCount { model.lineages[lineage].rows[key].removeAll { !rows.contains($0) } }
    }
    try readBack()
  }

  /// Takes over what pruning left of questions, answers and traces.
  mutating func readBack() throws {
    typealias Recorded = (lineage: LineageID, question: Question, range: WorldRange, answer: Digest, subject: String)
    let (questions, asked, recorded, traces, stripped): ([Question], [Question], [Recorded], [TraceID], [Digest]) =
      try store.read { connection throws(StoreError) in
        (
          try connection.all("SELECT * FROM question") { row throws(StoreError) in try connection.question(row) },
          try connection.all("SELECT * FROM question WHERE kind = 'source'") { row throws(StoreError) in
            try connection.question(row)
          },
          try connection.all(
            """
            SELECT r.lineage, r.question, r.min_world, r.max_world, a.digest, a.subject
            FROM answer_range r JOIN answered a ON a.answer = r.answer
            """
          ) { row throws(StoreError) -> Recorded in
            (
              row.id(0), try connection.question(row.id(1)), try row.range(2, 3), try row.digest(4), row.text(5)
            )
          },
          try connection.all("SELECT id FROM trace") { TraceID($0.int(0)) },
          try connection.all("SELECT digest FROM source WHERE bytes IS NULL") { row throws(StoreError) in
            try row.digest(0)
          }
        )
      }
    model.known = Set(questions.compactMap { Universe.numbers[$0] })
    model.askedSources = Set(
      asked.compactMap { question in
        guard case .source(let key, _) = question else { return nil }
        return Universe.keyNumbers[key]
      })
    model.stripped = Set(stripped)
    model.traces = Set(try traces.map(trace))
    for (position, (_, id)) in lineages.enumerated() {
      var lineage = Model.Lineage()
      let old = model.lineages[position]
      (lineage.states, lineage.rows) = (old.states, old.rows)
      lineage.recorded = Array(repeating: lineage.recorded[0], count: old.states.count)
      lineage.sources = Array(repeating: lineage.sources[0], count: old.states.count)
      lineage.oldest = Int(try store.read { connection throws(StoreError) in try connection.lineage(id).oldest }.number)
      for record in recorded where record.lineage == id {
        let question = record.question
        for world in record.range.min.number...min(record.range.max.number, Int64(old.head)) {
          if case .source(let key, _) = question {
            lineage.sources[Int(world)][Universe.keyNumbers[key]!] = record.answer
            if record.range.isOpen { lineage.openSources.insert(Universe.keyNumbers[key]!) }
          } else {
            lineage.recorded[Int(world)][Universe.numbers[question]!] = Int(record.subject)!
          }
        }
      }
      try expect(
        zip(lineage.recorded, old.recorded).allSatisfy { new, old in zip(new, old).allSatisfy { $0 == nil || $0 == $1 }
        },
        "W12: pruning recorded answers")
      model.lineages[position] = lineage
    }
  }
}
