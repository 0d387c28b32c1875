import CacheIdentity
import SourceCodec
import Testing

@testable import SourceStore

// The store against the model.
extension History {
  /// Every row of the store is one of the model, and the other way round; every rule holds.
  func check() throws {
    let violations = try store.verify()
    try expect(violations.isEmpty, "\(violations.map(\.description))")
    for (lineage, rows) in zip(model.lineages, try storedRows()) {
      let expected = Set(lineage.rows.joined())
      try expect(
        rows == expected,
        "rows only in the store: \(rows.subtracting(expected)); only in the model: \(expected.subtracting(rows))")
    }
  }

  /// The code instances of each lineage.
  func storedRows() throws -> [Set<Model.Row>] {
    let rows = try store.read { connection throws(StoreError) in
      try connection.all(
        """
        SELECT c.lineage, m.hash, t.instance, t.instance_rest, o.digest, c.min_world, c.max_world, c.trace, c.revived
        FROM code_instance c JOIN trace t ON t.id = c.trace JOIN method m ON m.id = c.method
        JOIN owner o ON o.id = c.owner
        """
      ) { row throws(StoreError) -> (LineageID, SourceKey, WorldRange, TraceID, Bool) in
        (
          row.id(0),
          SourceKey(
            methodHash: try row.digest(1), instance: Digest(halves: row.int(2), row.int(3)), owner: try row.digest(4)),
          try row.range(5, 6), row.id(7), row.bool(8)
        )
      }
    }
    var found = lineages.map { _ in Set<Model.Row>() }
    for (id, key, range, traceID, isRevived) in rows {
      let trace = try trace(traceID)
      try expect(Universe.keyNumbers[key] == trace.key, "W6: a row of key \(key) leads to \(trace)")
      found[lineages.firstIndex { $0.id == id }!].insert(
        Model.Row(
          min: Int(range.min.number), max: range.isOpen ? nil : Int(range.max.number), trace: trace,
          isRevived: isRevived))
    }
    return found
  }

  /// Every key in every world of every lineage is served as in that world's state, or missed.
  func checkAllLookups() throws {
    for (lineage, (_, id)) in zip(model.lineages, lineages) {
      for world in 0...lineage.head + 1 {
        for key in 0..<Universe.keyCount {
          let found = try store.lookup(Universe.keys[key], lineage: id, world: WorldAge(Int64(world)))
          let present = world > 0 && world <= lineage.head ? lineage.row(key, at: world) : nil
          let row = present.flatMap { model.stripped.contains($0.trace.answer) ? nil : $0 }
          let answer = found.map { $0.source?.digest ?? Answer.none.digest }
          try expect(answer == row?.trace.answer, "lookup of \(key) at \(world) gives \(describe(answer))")
          guard let row else { continue }
          let truth = universe.truth(key, in: lineage.states[world])
          try expect(
            found?.range == WorldRange((row.min, row.max)) && found?.source?.text == truth?.text
              && answer == truth?.answer,
            "W12: \(key) at \(world) is not what that world's state gives")
        }
      }
    }
  }

  func trace(_ id: TraceID) throws -> Model.Trace {
    try store.read { connection throws(StoreError) in
      let row = try connection.trace(id)
      let key = try connection.sourceKey(row.key)
      var edges: [Universe.Edge] = []
      for answer in try connection.answers(of: id) {
        let edge = try connection.edge(to: answer)
        if case .source(let inner, _) = edge.question {
          edges.append(.source(Universe.keyNumbers[inner]!, edge.answer.digest))
        } else {
          edges.append(.definition(Universe.numbers[edge.question]!, answer: Int(edge.answer.subject)!))
        }
      }
      return Model.Trace(
        key: Universe.keyNumbers[key]!, edges: edges, answer: try connection.sourceAnswer(of: row).digest,
        isBounded: row.isBounded)
    }
  }

  func describe(_ digest: Digest?) -> String { digest.map { texts[$0] ?? "declined" } ?? "nothing" }
  func describe(_ range: WorldRange?) -> String { range?.description ?? "no range" }
}
