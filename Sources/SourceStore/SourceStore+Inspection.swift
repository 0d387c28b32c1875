import CacheIdentity
import SourceCodec

extension SourceStore {
  /// Hands every code instance that passes the filter to `body`, one at a time, in the order of their keys.
  ///
  /// All are of one moment, and no more than one is in memory. `body` must not call this store: it holds its connection.
  public func forEachInstance(
    _ filter: InstanceFilter = InstanceFilter(), details: InstanceDetails = [],
    _ body: (InstanceRecord) throws(StoreError) -> Void
  ) throws(StoreError) {
    try read { connection throws(StoreError) in try connection.forEachInstance(filter, details: details, body) }
  }
}

extension Connection {
  /// ``SourceStore/forEachInstance(_:details:_:)`` in a transaction that is open.
  func forEachInstance(
    _ filter: InstanceFilter, details: InstanceDetails, _ body: (InstanceRecord) throws(StoreError) -> Void
  ) throws(StoreError) {
    // CROSS JOIN keeps code_instance outermost: rows come in the order of its key, and nothing is sorted.
    let statement = try statement(
      """
      SELECT m.hash, t.instance, o.digest, m.module, m.table_name, m.function, m.arguments, m.location, g.name,
        g.fingerprint, o.name, l.name, c.min_world, c.max_world, c.revived, t.id, n.specialization, t.bounded,
        t.edges, n.generated_at, t.generation_ns, p.host, p.pid, p.program,
        p.started_at, u.hits, u.last_used, s.digest, k.name, s.raw_size, length(s.bytes),
        t.instance_rest, c.source
      FROM code_instance c CROSS JOIN method m ON m.id = c.method CROSS JOIN generator g ON g.id = m.generator
      CROSS JOIN owner o ON o.id = c.owner CROSS JOIN lineage l ON l.id = c.lineage CROSS JOIN trace t ON t.id = c.trace
      CROSS JOIN generation n ON n.trace = t.id CROSS JOIN process p ON p.id = t.process LEFT JOIN usage u ON u.trace = t.id
      LEFT JOIN source s ON s.id = c.source LEFT JOIN codec k ON k.id = s.codec
      WHERE (?1 IS NULL OR m.function = ?1 OR n.specialization = ?1)
        AND (?2 IS NULL OR g.name = ?2 OR g.name || '@' || g.fingerprint = ?2)
        AND (?3 IS NULL OR o.name = ?3) AND (?4 IS NULL OR l.name = ?4)
        AND (?5 IS NULL OR (c.min_world <= ?5 AND c.max_world >= ?5)) AND (?6 IS NULL OR (c.max_world = ?7) = ?6)
      ORDER BY c.method, c.instance, c.owner, c.lineage, c.min_world
      """)
    try statement.bind(
      filter.method, filter.generator, filter.owner, filter.lineage, filter.world, filter.isOpen, WorldAge.open)
    defer { statement.reset() }
    while try statement.step() { try body(try instance(statement, details)) }
  }

  private func instance(_ row: Statement, _ details: InstanceDetails) throws(StoreError) -> InstanceRecord {
    let trace: TraceID = row.id(15)
    var source: SourceRecord?
    if !row.isNull(27) {
      source = SourceRecord(
        digest: try row.digest(27), codec: row.text(28), rawSize: row.int(29),
        storedSize: row.isNull(30) ? nil : row.int(30))
    }
    return InstanceRecord(
      key: SourceKey(
        methodHash: try row.digest(0), instance: Digest(halves: row.int(1), row.int(31)), owner: try row.digest(2)),
      method: row.method(3), generator: GeneratorFingerprint(generator: row.text(8), version: row.text(9)),
      owner: row.text(10), lineage: row.text(11), range: try row.range(12, 13), isRevived: row.bool(14), trace: trace,
      specialization: row.text(16), isBounded: row.bool(17),
      edgeCount: row.withBytes(18) { (IDList.ids($0) as [AnswerID]).count }, source: source,
      provenance: Provenance(
        process: row.process(21), generatedAt: row.int(19), generationNanoseconds: row.int(20)),
      usage: row.isNull(25) ? nil : TraceUse(trace: trace, hits: Int(row.int(25)), lastUsed: row.int(26)),
      edges: details.contains(.edges) ? try edges(of: trace) : nil,
      content: details.contains(.content) && source?.storedSize != nil ? try verifiedSource(row.id(32)) : nil)
  }

  /// The edges of a trace, decoded, in the order in which they were asked.
  func edges(of trace: TraceID) throws(StoreError) -> [Edge] {
    var edges: [Edge] = []
    for answer in try answers(of: trace) { edges.append(try edge(to: answer)) }
    return edges
  }
}

extension Statement {
  /// A method's module, table, function, arguments and location, from five columns.
  func method(_ column: Int32) -> MethodDescription {
    MethodDescription(
      module: text(column), table: text(column + 1),
      signature: Signature(function: text(column + 2), arguments: text(column + 3)), location: text(column + 4))
  }

  /// A process's host, pid, program and start, from four columns.
  func process(_ column: Int32) -> ProcessIdentity {
    ProcessIdentity(
      host: text(column), pid: Int32(truncatingIfNeeded: int(column + 1)), program: text(column + 2),
      startedAt: int(column + 3))
  }
}
