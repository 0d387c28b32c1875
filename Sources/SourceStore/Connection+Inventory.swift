import CacheIdentity

extension Connection {
  /// All that planning a pruning must know. O(rows of the store).
  func inventory() throws(StoreError) -> StoreInventory {
    var inventory = StoreInventory()
    inventory.lineages = try lineages()
    inventory.usedBytes = try pageSizes().used
    inventory.traces = try all(
      """
      SELECT t.id, t.method, t.instance, t.owner, m.generator, p.started_at + t.generated_after, u.last_used,
        t.source, coalesce(length(s.bytes), 0), coalesce(length(x.content), 0), length(t.edges), t.instance_rest,
        t.generation_ns, coalesce(u.hits, 0)
      FROM trace t LEFT JOIN process p ON p.id = t.process LEFT JOIN text x ON x.id = t.arguments LEFT JOIN method m ON m.id = t.method LEFT JOIN usage u ON u.trace = t.id
      LEFT JOIN source s ON s.id = t.source ORDER BY t.id
      """
    ) { row in
      StoreInventory.Trace(
        id: row.id(0),
        key: KeyRow(method: row.id(1), instance: Digest(halves: row.int(2), row.int(11)), owner: row.id(3)),
        generator: row.int(4), generatedAt: row.int(5), generationNanoseconds: row.int(12), hits: row.int(13),
        lastUsed: row.isNull(6) ? nil : row.int(6),
        source: row.optionalID(7), sourceBytes: row.int(8), rowBytes: 60 + row.int(9) + 8 * row.int(10))
    }
    let positions = Dictionary(uniqueKeysWithValues: inventory.traces.indices.map { (inventory.traces[$0].id, $0) })
    let instances: [(TraceID, LineageID, WorldRange)] = try all(
      "SELECT trace, lineage, min_world, max_world FROM code_instance"
    ) { row throws(StoreError) in (row.id(0), row.id(1), try row.range(2, 3)) }
    for (trace, lineage, range) in instances {
      guard let position = positions[trace] else { continue }
      inventory.traces[position].instances.append((lineage, range))
      inventory.traces[position].rowBytes += 36
    }
    let generators = try all("SELECT id, name, fingerprint FROM generator") { row in
      (row.int(0), GeneratorFingerprint(generator: row.text(1), version: row.text(2)))
    }
    inventory.generators = Dictionary(uniqueKeysWithValues: generators)
    inventory.builtFrom = try tracesBuiltFromSources()
    inventory.spread(inventory.usedBytes - (try emptyBytes()))
    return inventory
  }

  /// What the file takes without a row: a page for each table and index.
  private func emptyBytes() throws(StoreError) -> Int64 {
    let trees = try first("SELECT count(*) FROM sqlite_schema WHERE rootpage > 0") { $0.int(0) } ?? 0
    return trees * (try first("PRAGMA page_size") { $0.int(0) } ?? 0)
  }

  /// The size of the file's pages in bytes: all of them, and those in use.
  func pageSizes() throws(StoreError) -> (all: Int64, used: Int64) {
    let size = try first("PRAGMA page_size") { $0.int(0) } ?? 0
    let count = try first("PRAGMA page_count") { $0.int(0) } ?? 0
    let free = try first("PRAGMA freelist_count") { $0.int(0) } ?? 0
    return (count * size, (count - free) * size)
  }

  private func tracesBuiltFromSources() throws(StoreError) -> [KeyRow: [TraceID]] {
    let questions: [(KeyRow, QuestionID)] = try all(
      "SELECT method, instance, instance_rest, owner, question FROM source_question"
    ) { row in
      (KeyRow(method: row.id(0), instance: Digest(halves: row.int(1), row.int(2)), owner: row.id(3)), row.id(4))
    }
    var built: [KeyRow: [TraceID]] = [:]
    for (key, question) in questions { built[key] = try traces(restingOnAnswersTo: question) }
    return built
  }

  /// The traces that rest on any answer to a question.
  func traces(restingOnAnswersTo question: QuestionID) throws(StoreError) -> [TraceID] {
    try all(
      """
      SELECT trace FROM answer WHERE (id = ?1 OR first_answer = ?1) AND trace IS NOT NULL
      UNION SELECT trace FROM further_backedge WHERE answer = ?1
      UNION SELECT b.trace FROM answer a JOIN further_backedge b ON b.answer = a.id WHERE a.first_answer = ?1
      """, question
    ) { $0.id(0) }
  }
}

extension StoreInventory {
  /// Spreads what the store takes, besides the sources, over the traces: to each its share of methods, answers and indices.
  fileprivate mutating func spread(_ bytes: Int64) {
    var sources: [SourceID: Int64] = [:]
    for trace in traces { if let source = trace.source { sources[source] = trace.sourceBytes } }
    let rows = traces.reduce(0) { $0 + $1.rowBytes }
    let factor = Double(bytes - sources.values.reduce(0, +)) / Double(max(1, rows))
    guard factor > 1 else { return }
    for index in traces.indices { traces[index].rowBytes = Int64(Double(traces[index].rowBytes) * factor) }
  }
}
