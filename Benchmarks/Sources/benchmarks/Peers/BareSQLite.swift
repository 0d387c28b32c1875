import CPeerSQLite

/// The C API of SQLite, used directly and at its best: one table that finds a source by its key, one that has its bytes, kept
/// statements, and nothing else. Keys are 48 bytes; rows are open from world 1 on.
///
/// Not for two threads at once; each opens the file for itself.
final class BareSQLite {
  struct Failure: Error, CustomStringConvertible {
    var code: Int32
    var message: String
    var description: String { "SQLite: \(message) (\(code))" }
  }

  private let handle: OpaquePointer
  private var statements: [OpaquePointer?] = Array(repeating: nil, count: Query.allCases.count)
  private var nextSource: Int64 = 1

  private static let schema = """
    CREATE TABLE IF NOT EXISTS source (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS instance (
      key BLOB NOT NULL, min_world INTEGER NOT NULL, max_world INTEGER NOT NULL, source INTEGER NOT NULL,
      PRIMARY KEY (key, min_world)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS invalidation (
      world INTEGER NOT NULL, position INTEGER NOT NULL, key BLOB NOT NULL, PRIMARY KEY (world, position)
    ) STRICT, WITHOUT ROWID;
    """

  /// Opens or makes a file, in the way a store does: write-ahead log, no wait for the disk at a commit, mapped into memory.
  init(path: String, isReadOnly: Bool = false) throws {
    var opened: OpaquePointer?
    let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    let code = sqlite3_open_v2(path, &opened, access | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let opened else { throw Failure(code: code, message: "cannot open \(path)") }
    handle = opened
    sqlite3_busy_timeout(handle, 10_000)
    try execute("PRAGMA mmap_size = 1073741824")
    if !isReadOnly {
      try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      try execute(BareSQLite.schema)
    }
  }

  deinit {
    for statement in statements { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  /// Runs statements without parameters.
  func execute(_ sql: String) throws { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

  /// Runs the body in one transaction.
  func write(_ body: () throws -> Void) throws {
    try execute("BEGIN IMMEDIATE")
    try body()
    try execute("COMMIT")
  }

  func insert(_ key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer) throws {
    let source = try statement(.insertSource)
    try bind(bytes, to: source, at: 1)
    try finish(source)
    let instance = try statement(.insertInstance)
    try bind(key, to: instance, at: 1)
    try check(sqlite3_bind_int64(instance, 2, sqlite3_last_insert_rowid(handle)))
    try finish(instance)
  }

  /// Reads all bytes of a source in world 1; `nil` on a miss.
  func touchSource(of key: UnsafeRawBufferPointer) throws -> UInt64? { try source(of: key)?.withUnsafeBytes(touch) }

  /// The bytes of a source in world 1, as a store gives them: the caller's own, for SQLite's go with the statement. `nil` on a miss.
  private func source(of key: UnsafeRawBufferPointer) throws -> [UInt8]? {
    let statement = try statement(.find)
    try bind(key, to: statement, at: 1)
    try check(sqlite3_bind_int64(statement, 2, 1))
    defer { sqlite3_reset(statement) }
    guard try step(statement), sqlite3_column_int64(statement, 0) >= 1 else { return nil }
    return [UInt8](
      UnsafeRawBufferPointer(
        start: sqlite3_column_blob(statement, 1), count: Int(sqlite3_column_bytes(statement, 1))))
  }

  /// Ends the newest range of a key and notes that.
  func close(_ key: UnsafeRawBufferPointer, at world: Int64, position: Int) throws {
    let close = try statement(.close)
    try bind(key, to: close, at: 1)
    try check(sqlite3_bind_int64(close, 2, world))
    try finish(close)
    let note = try statement(.note)
    try check(sqlite3_bind_int64(note, 1, world + 1))
    try check(sqlite3_bind_int64(note, 2, Int64(position)))
    try bind(key, to: note, at: 3)
    try finish(note)
  }

  /// Begins another range of a key with the source of its first.
  func revive(_ key: UnsafeRawBufferPointer, at world: Int64) throws {
    let revive = try statement(.revive)
    try bind(key, to: revive, at: 1)
    try check(sqlite3_bind_int64(revive, 2, world))
    try finish(revive)
  }

  private func statement(_ query: Query) throws -> OpaquePointer {
    if let kept = statements[query.rawValue] { return kept }
    var compiled: OpaquePointer?
    try check(sqlite3_prepare_v3(handle, query.sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil))
    guard let compiled else { throw Failure(code: SQLITE_ERROR, message: "no statement in \(query.sql)") }
    statements[query.rawValue] = compiled
    return compiled
  }

  private func bind(_ bytes: UnsafeRawBufferPointer, to statement: OpaquePointer, at index: Int32) throws {
    try check(peer_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count)))
  }

  private func step(_ statement: OpaquePointer) throws -> Bool {
    let code = sqlite3_step(statement)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else { throw failure(code) }
    return false
  }

  private func finish(_ statement: OpaquePointer) throws {
    while try step(statement) {}
    sqlite3_reset(statement)
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw failure(code) }
  }

  private func failure(_ code: Int32) -> Failure {
    Failure(code: code, message: String(cString: sqlite3_errmsg(handle)))
  }
}

extension BareSQLite {
  /// What the kept statements are for: found by a number, as a C program finds a pointer in a struct.
  private enum Query: Int, CaseIterable {
    case insertSource, insertInstance, find, close, note, revive

    var sql: String {
      switch self {
      case .insertSource: "INSERT INTO source (bytes) VALUES (?1)"
      case .insertInstance: "INSERT INTO instance VALUES (?1, 1, 9223372036854775807, ?2)"
      case .find:
        """
        SELECT i.max_world, s.bytes FROM instance i JOIN source s ON s.id = i.source
        WHERE i.key = ?1 AND i.min_world <= ?2 ORDER BY i.min_world DESC LIMIT 1
        """
      case .close: "UPDATE instance SET max_world = ?2 WHERE key = ?1 AND max_world = 9223372036854775807"
      case .note: "INSERT INTO invalidation VALUES (?1, ?2, ?3)"
      case .revive:
        """
        INSERT INTO instance SELECT key, ?2, 9223372036854775807, source FROM instance WHERE key = ?1
        ORDER BY min_world LIMIT 1
        """
      }
    }
  }
}
