import CacheIdentity

/// What a store holds and what that takes.
public struct StoreStatistics: Hashable, Sendable {
  /// The numbers of rows, by table, in the order of the schema.
  public let tables: [TableStatistics]
  /// Code instances with an open range.
  public let openInstances: Int
  /// Code instances with a closed range.
  public let closedInstances: Int
  /// The sources' size in bytes.
  public let rawBytes: Int64
  /// The bytes that they take in the store.
  public let storedBytes: Int64
  /// Sources whose bytes were pruned.
  public let strippedSources: Int
  /// Traces whose generator declined.
  public let declined: Int
  /// How often traces were served from the store or from memory.
  public let hits: Int64
  /// How long the generations took that the traces stand for, in nanoseconds.
  public let generationNanoseconds: Int64
  /// How long the hits would have taken to generate, in nanoseconds.
  public let savedNanoseconds: Int64
  /// The size of the file in bytes.
  public let fileBytes: Int64
  /// The size of the write-ahead log in bytes.
  public let logBytes: Int64
  /// The bytes of the file that are free.
  public let freeBytes: Int64
  /// The same by generator, the one whose sources take the most first.
  public let generators: [GeneratorStatistics]

  /// The number of rows of a table; `nil` if there is no such table.
  public func rows(in table: String) -> Int? { tables.first { $0.name == table }?.rows }
}

/// The size of one table.
public struct TableStatistics: Hashable, Sendable {
  /// The table's name.
  public let name: String
  /// The number of its rows.
  public let rows: Int
}

/// What one generator's sources take, and what they save.
public struct GeneratorStatistics: Hashable, Sendable {
  /// The generator.
  public let generator: GeneratorFingerprint
  /// Its methods.
  public let methods: Int
  /// Its traces.
  public let traces: Int
  /// The size of their sources in bytes; shared sources count each time.
  public let rawBytes: Int64
  /// How often they were served.
  public let hits: Int64
  /// How long they took to generate, in nanoseconds.
  public let generationNanoseconds: Int64
  /// How long the hits would have taken to generate, in nanoseconds.
  public let savedNanoseconds: Int64
}

extension SourceStore {
  /// The size of the file in bytes, and that of its log; 0 for a store in memory. O(1).
  public var fileSizes: (file: Int64, log: Int64) { location == .memory ? (0, 0) : StoreFile.sizes(path) }

  /// Counts everything, at one moment. O(rows of the store).
  public func statistics() throws(StoreError) -> StoreStatistics {
    try read { connection throws(StoreError) in try connection.statistics(location) }
  }
}

extension Connection {
  fileprivate func statistics(_ location: SourceStore.Location) throws(StoreError) -> StoreStatistics {
    let pages = try pageSizes()
    var sizes = (file: pages.all, log: Int64(0))
    if location != .memory { sizes = StoreFile.sizes(path) }
    let sources: (raw: Int64, stored: Int64, stripped: Int64)? = try first(
      "SELECT total(raw_size), total(length(bytes)), count(*) FILTER (WHERE bytes IS NULL) FROM source"
    ) { row in (row.int(0), row.int(1), row.int(2)) }
    let traces: (declined: Int64, hits: Int64, cost: Int64, saved: Int64)? = try first(
      """
      SELECT count(*) FILTER (WHERE t.source IS NULL), total(u.hits), total(t.generation_ns),
        total(t.generation_ns * u.hits)
      FROM trace t LEFT JOIN usage u ON u.trace = t.id
      """
    ) { row in (row.int(0), row.int(1), row.int(2), row.int(3)) }
    let open = try first("SELECT count(*) FROM code_instance WHERE max_world = ?", WorldAge.open) { $0.int(0) } ?? 0
    let tables = try tableStatistics()
    return StoreStatistics(
      tables: tables, openInstances: Int(open),
      closedInstances: (tables.first { $0.name == "code_instance" }?.rows ?? 0) - Int(open),
      rawBytes: sources?.raw ?? 0, storedBytes: sources?.stored ?? 0, strippedSources: Int(sources?.stripped ?? 0),
      declined: Int(traces?.declined ?? 0), hits: traces?.hits ?? 0, generationNanoseconds: traces?.cost ?? 0,
      savedNanoseconds: traces?.saved ?? 0, fileBytes: sizes.file, logBytes: sizes.log,
      freeBytes: pages.all - pages.used, generators: try generatorStatistics())
  }

  private func tableStatistics() throws(StoreError) -> [TableStatistics] {
    let names = try all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid"
    ) { $0.text(0) }
    var tables: [TableStatistics] = []
    for name in names {
      // Names cannot be parameters; these come from the schema.
      let count = try compile("SELECT count(*) FROM \"\(name.replacing("\"", with: "\"\""))\"")
      tables.append(TableStatistics(name: name, rows: try count.step() ? Int(count.int(0)) : 0))
    }
    return tables
  }

  private func generatorStatistics() throws(StoreError) -> [GeneratorStatistics] {
    try all(
      """
      SELECT g.name, g.fingerprint, count(DISTINCT m.id), count(t.id), total(s.raw_size), total(u.hits),
        total(t.generation_ns), total(t.generation_ns * u.hits)
      FROM generator g LEFT JOIN method m ON m.generator = g.id LEFT JOIN trace t ON t.method = m.id
      LEFT JOIN source s ON s.id = t.source LEFT JOIN usage u ON u.trace = t.id
      GROUP BY g.id ORDER BY 5 DESC, g.name, g.fingerprint
      """
    ) { row in
      GeneratorStatistics(
        generator: GeneratorFingerprint(generator: row.text(0), version: row.text(1)), methods: Int(row.int(2)),
        traces: Int(row.int(3)), rawBytes: row.int(4), hits: row.int(5), generationNanoseconds: row.int(6),
        savedNanoseconds: row.int(7))
    }
  }
}
