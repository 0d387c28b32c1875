import CacheIdentity
import SourceCodec

/// What the conversions share: the ids of methods and sources, which follow from their digests since format 3.
///
/// Other ids stay what they are, so usage and history need no change. Seals cover ids and are made anew; one that was broken stays so.
struct EarlierFormat {
  let connection: Connection
  private var methods: [Int64: MethodID] = [:]
  private var sources: [Int64: SourceID] = [:]

  init(_ connection: Connection) { self.connection = connection }

  func each(_ sql: String, _ body: (Statement) throws(StoreError) -> Void) throws(StoreError) {
    let statement = try connection.compile(sql)
    defer { statement.reset() }
    while try statement.step() {
      try body(statement)
      connection.interned.trim()
    }
  }

  mutating func convertMethods(from table: String) throws(StoreError) {
    let statement = try connection.compile(
      "SELECT module, table_name, function, arguments, location, id, generator, hash FROM \(table) ORDER BY id")
    while try statement.step() {
      methods[statement.int(5)] = try connection.add(
        method: try statement.digest(7), statement.method(0), by: statement.int(6))
    }
  }

  /// - Parameter dictionary: The column that names it, or NULL.
  mutating func convertSources(from table: String, dictionary: String) throws(StoreError) {
    let statement = try connection.compile(
      """
      SELECT s.digest, s.codec, \(dictionary), s.raw_size, 0, s.bytes, s.id, c.name
      FROM \(table) s LEFT JOIN codec c ON c.id = s.codec ORDER BY s.id
      """)
    while try statement.step() {
      sources[statement.int(6)] = try connection.convert(
        statement.isNull(5) ? nil : try statement.content(0), try statement.digest(0),
        codec: (statement.int(1), statement.text(7)), rawSize: statement.int(3))
    }
  }

  /// A key by its parts as they were; what named a method that was not there does so still.
  func key(_ method: Int64, _ instance: Digest, _ owner: Int64) -> KeyRow {
    KeyRow(method: methods[method] ?? MethodID(method), instance: instance, owner: OwnerID(owner))
  }

  func source(_ id: SourceID?) -> SourceID? { id.map { sources[$0.number] ?? $0 } }

  /// Copies code instances: method, owner, lineage, first and last world, trace, source, revived, seal and the source's digest, and
  /// whatever `instance` reads.
  func convertInstances(
    from query: String, instance: (Statement) throws(StoreError) -> Digest
  ) throws(StoreError) {
    try each(query) { row throws(StoreError) in
      let was = KeyRow(method: row.id(0), instance: try instance(row), owner: row.id(1))
      let key = key(row.int(0), was.instance, row.int(1))
      let last: WorldAge? = row.isNull(4) ? nil : row.world(4)
      let digest = try row.isNull(9) ? nil : row.digest(9)
      let range = WorldRange(row.world(3), last ?? .open)
      let seal = range.map {
        Seal.of(key, lineage: row.id(2), range: $0, trace: row.id(5), source: digest)
      }
      let isWhole =
        range.map {
          Seal.beforeFormatFour(was, lineage: row.id(2), range: $0, trace: row.id(5), source: digest) == row.int(8)
        } ?? false
      try connection.execute(
        """
        INSERT OR IGNORE INTO code_instance
          (method, instance, owner, lineage, min_world, last_world, trace, source, revived, seal)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, key.method, key.firstHalf, key.owner, row.int(2), row.int(3), last, row.int(5),
        source(row.optionalID(6)), row.bool(7), seal.map { $0 ^ (isWhole ? 0 : 1) } ?? 0)
    }
  }

  /// Copies the quarantine: method, owner, when, both digests, and whatever `firstHalf` reads.
  func convertQuarantine(
    from query: String, firstHalf: (Statement) throws(StoreError) -> Int64
  ) throws(StoreError) {
    try each(query) { row throws(StoreError) in
      try connection.execute(
        "INSERT OR IGNORE INTO quarantine (method, instance, owner, found_at, stored, found) VALUES (?, ?, ?, ?, ?, ?)",
        methods[row.int(0)] ?? MethodID(row.int(0)), try firstHalf(row), row.int(1), row.int(2), try row.digest(3),
        try row.digest(4))
    }
  }
}
