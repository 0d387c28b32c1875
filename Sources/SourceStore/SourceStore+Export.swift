import CacheIdentity
import SourceCodec

extension SourceStore {
  /// Hands every trace that a lineage serves in a world to `body`, as ``insert(_:into:)`` takes it: the content of an image.
  ///
  /// Left out is what is not served from a copy: traces whose generator declared an end (their validity is no matter of
  /// answers alone), traces whose bytes were pruned, and rows whose seal is broken (W12). Bytes that do not have their digest
  /// throw (W9). The order is that of the keys' digests, so equal content comes in equal order from whichever store.
  /// All are of one moment and one at a time is in memory; `body` must not call this store: it holds its connection.
  ///
  /// - Parameters:
  ///   - filter: Which traces; its lineage, world and openness are not looked at.
  ///   - body: What it throws ends the export and is thrown on.
  /// - Returns: The number of traces handed out.
  @discardableResult
  public func exportTraces(
    lineage: LineageID, at world: WorldAge, where filter: InstanceFilter = InstanceFilter(),
    _ body: (NewTrace) throws -> Void
  ) throws -> Int {
    var failure: (any Error)?
    let count = try read { connection throws(StoreError) in
      var count = 0
      try connection.forEachTrace(filter, lineage, world) { trace in
        do {
          try body(trace)
          count += 1
          return true
        } catch {
          failure = error
          return false
        }
      }
      return count
    }
    if let failure { throw failure }
    return count
  }
}

extension Connection {
  /// Goes on until `body` returns false.
  fileprivate func forEachTrace(
    _ filter: InstanceFilter, _ lineage: LineageID, _ world: WorldAge, _ body: (NewTrace) -> Bool
  ) throws(StoreError) {
    // Only what names the row is sorted, so the sorter's memory does not depend on texts.
    let statement = try compile(
      """
      SELECT c.method, c.instance, t.instance_rest, c.owner
      FROM code_instance c JOIN method m ON m.id = c.method JOIN generator g ON g.id = m.generator
      JOIN owner o ON o.id = c.owner JOIN trace t ON t.id = c.trace
      WHERE c.lineage = ?1 AND c.min_world <= ?2 AND c.max_world >= ?2 AND t.bounded = 0
        AND (?3 IS NULL OR m.function = ?3 OR (SELECT specialization FROM generation WHERE trace = t.id) = ?3)
        AND (?4 IS NULL OR g.name = ?4 OR g.name || '@' || g.fingerprint = ?4) AND (?5 IS NULL OR o.name = ?5)
      ORDER BY m.hash, printf('%016x%016x', c.instance, t.instance_rest), o.digest
      """)
    try statement.bind(lineage, world, filter.method, filter.generator, filter.owner)
    defer { statement.reset() }
    while try statement.step() {
      let key = KeyRow(
        method: statement.id(0), instance: Digest(halves: statement.int(1), statement.int(2)), owner: statement.id(3))
      let instance = try codeInstances(of: key).first { $0.lineage == lineage && $0.range.contains(world) }
      guard let instance, instance.isSealWhole, instance.hasBytes else { continue }
      guard body(try newTrace(instance, in: world)) else { return }
    }
  }

  private func newTrace(_ instance: CodeInstanceRow, in world: WorldAge) throws(StoreError) -> NewTrace {
    let key = try sourceKey(instance.key)
    let edges = try edges(of: instance.trace)
    let source = try instance.source.map { id throws(StoreError) in try verifiedSource(id) }
    let found = try first(
      """
      SELECT m.module, m.table_name, m.function, m.arguments, m.location, g.name, g.fingerprint, o.name,
        n.specialization, n.generated_at, t.generation_ns, p.host, p.pid, p.program, p.started_at
      FROM trace t JOIN generation n ON n.trace = t.id JOIN method m ON m.id = t.method JOIN generator g ON g.id = m.generator JOIN owner o ON o.id = t.owner
      JOIN process p ON p.id = t.process WHERE t.id = ?
      """, instance.trace
    ) { row in
      NewTrace(
        key: key, method: row.method(0),
        generator: GeneratorFingerprint(generator: row.text(5), version: row.text(6)), owner: Owner(row.text(7)),
        specialization: row.text(8), world: world, edges: edges, source: source,
        provenance: Provenance(
          process: row.process(11), generatedAt: row.int(9), generationNanoseconds: row.int(10)))
    }
    guard let found else { throw damaged("trace \(instance.trace.number) has no row") }
    return found
  }
}
