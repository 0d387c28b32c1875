import CSQLite
import CacheIdentity

/// What the statement that closes code instances asks for, row by row: it goes through them in the table's order.
struct ClosingRun {
  var rows: ArraySlice<OpenInstance> = []
  var last: WorldAge = .first

  /// The seal of the row that it has come to, once its range ends at ``last``; `nil` if the row is not one to close. The same when asked
  /// again.
  mutating func seal(of trace: TraceID) -> Int64? {
    if rows.first?.trace != trace {
      let next = rows.dropFirst()
      guard next.first?.trace == trace else { return nil }
      rows = next
    }
    return rows.first?.seal(closedAt: last)
  }
}

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
    closing = ClosingRun(rows: run, last: world)
    // OR FAIL: whatever goes wrong, the whole tick is taken back, so SQLite need not keep what the statement changes.
    try execute(
      """
      UPDATE OR FAIL code_instance SET last_world = ?1, seal = closed_seal(trace)
      WHERE (method, instance, owner, lineage, min_world) >= (?2, ?3, ?4, ?5, ?6)
        AND (method, instance, owner, lineage, min_world) <= (?7, ?8, ?9, ?5, ?10)
        AND lineage = ?5 AND last_world IS NULL AND closed_seal(trace) IS NOT NULL
      """, world, first.key.method, first.key.firstHalf, first.key.owner, first.lineage, first.min, last.key.method,
      last.key.firstHalf, last.key.owner, last.min)
    guard changes == run.count else {
      throw damaged("\(run.count) code instances were to be closed, and \(changes) were")
    }
  }

  /// Lets SQL call `closed_seal(trace)` on this connection.
  func defineClosing() throws(StoreError) {
    let code = sqlite3_create_function_v2(
      handle, "closed_seal", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, Unmanaged.passUnretained(self).toOpaque(),
      { context, _, values in
        guard let context, let value = values?[0], let user = sqlite3_user_data(context) else { return }
        // The connection closes its handle before it goes, so it is there as long as anything runs on it.
        let connection = Unmanaged<Connection>.fromOpaque(user).takeUnretainedValue()
        guard let seal = connection.closing.seal(of: TraceID(sqlite3_value_int64(value))) else { return }
        sqlite3_result_int64(context, seal)
      }, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }
}
