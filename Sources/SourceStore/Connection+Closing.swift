import CacheIdentity

extension Connection {
  /// Closes open code instances at a world; their ranges are sealed anew.
  ///
  /// In the table's order, and rows that stand near each other by one statement: it passes over what lies between them for less than
  /// a statement more would take.
  func close(_ instances: [OpenInstance], at world: WorldAge) throws(StoreError) {
    // Damaged: the range would be empty. It is served no more.
    for instance in instances where instance.min > world { try delete(instance) }
    let sorted = instances.filter { $0.min <= world }.sorted { $0.key.isBefore($1.key) }
    var start = 0
    for (position, instance) in sorted.enumerated() {
      guard instance.rowsToNext > NewestInstances.patience || position + 1 == sorted.count else { continue }
      try close(sorted[start...position], at: world)
      start = position + 1
    }
  }

  private func close(_ run: ArraySlice<OpenInstance>, at world: WorldAge) throws(StoreError) {
    guard let first = run.first, let last = run.last else { return }
    let traces = run.map(\.trace.number)
    let seals = run.map { $0.seal(closedAt: world) }
    // OR FAIL: whatever goes wrong, the whole tick is taken back, so SQLite need not keep what the statement changes.
    try withClosing(traces, seals) { () throws(StoreError) in
      try execute(
        """
        UPDATE OR FAIL code_instance SET last_world = ?1, seal = closed_seal(trace)
        WHERE (method, instance, owner, lineage, min_world) >= (?2, ?3, ?4, ?5, ?6)
          AND (method, instance, owner, lineage, min_world) <= (?7, ?8, ?9, ?5, ?10)
          AND lineage = ?5 AND last_world IS NULL AND closed_seal(trace) IS NOT NULL
        """, world, first.key.method, first.key.firstHalf, first.key.owner, first.lineage, first.min, last.key.method,
        last.key.firstHalf, last.key.owner, last.min)
    }
    guard changes == run.count else {
      throw damaged("\(run.count) code instances were to be closed, and \(changes) were")
    }
  }
}
