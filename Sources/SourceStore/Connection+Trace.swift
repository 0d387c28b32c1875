import CacheIdentity

/// A row of `trace`, without what only people read.
struct TraceRow {
  var id: TraceID
  var key: KeyRow
  var source: SourceID?
  var isBounded: Bool
}

extension Connection {
  /// The traces of a key that any lineage has a code instance for, newest first.
  func traces(of key: KeyRow) throws(StoreError) -> [TraceRow] {
    try all(
      """
      SELECT id, method, instance, owner, source, bounded FROM trace
      WHERE id IN (SELECT trace FROM code_instance WHERE method = ? AND instance = ? AND owner = ?) ORDER BY id DESC
      """, key.method, key.instance, key.owner
    ) { row throws(StoreError) in try TraceRow(row) }
  }

  func trace(_ id: TraceID) throws(StoreError) -> TraceRow {
    guard let found = try traceIfPresent(id) else { throw damaged("trace \(id.number) has no row") }
    return found
  }

  func traceIfPresent(_ id: TraceID) throws(StoreError) -> TraceRow? {
    try first("SELECT id, method, instance, owner, source, bounded FROM trace WHERE id = ?", id) {
      row throws(StoreError) in try TraceRow(row)
    }
  }

  /// The answers that a trace rests on, in the order in which they were asked.
  func answers(of trace: TraceID) throws(StoreError) -> [AnswerID] {
    try all("SELECT answer FROM edge WHERE trace = ? ORDER BY position", trace) { $0.id(0) }
  }

  /// The traces that rest on an answer.
  func traces(restingOn answer: AnswerID) throws(StoreError) -> [TraceRow] {
    try all(
      """
      SELECT DISTINCT t.id, t.method, t.instance, t.owner, t.source, t.bounded
      FROM edge e JOIN trace t ON t.id = e.trace WHERE e.answer = ? ORDER BY t.id
      """, answer
    ) { row throws(StoreError) in try TraceRow(row) }
  }

  /// The traces that rest on an answer and may revive: not bounded, of a key that is not quarantined, and with bytes to serve.
  func revivableTraces(restingOn answer: AnswerID) throws(StoreError) -> [TraceRow] {
    try all(
      """
      SELECT t.id, t.method, t.instance, t.owner, t.source, t.bounded
      FROM (SELECT DISTINCT trace FROM edge WHERE answer = ?) e JOIN trace t ON t.id = e.trace
      LEFT JOIN source s ON s.id = t.source
      WHERE t.bounded = 0 AND (t.source IS NULL OR s.bytes IS NOT NULL) AND NOT EXISTS (
        SELECT 1 FROM quarantine q WHERE q.method = t.method AND q.instance = t.instance AND q.owner = t.owner)
      ORDER BY t.id
      """, answer
    ) { row throws(StoreError) in try TraceRow(row) }
  }
}

extension TraceRow {
  fileprivate init(_ row: Statement) throws(StoreError) {
    id = row.id(0)
    key = KeyRow(method: row.id(1), instance: try row.digest(2), owner: row.id(3))
    source = row.optionalID(4)
    isBounded = row.bool(5)
  }
}
