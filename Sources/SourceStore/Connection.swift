import CSQLite
import CacheIdentity
import SourceCodec
import Synchronization

/// One SQLite connection with its kept statements. Not for two threads at once: it lives inside a lock.
///
/// The only code that touches the C API, with ``Statement``; `docs/decisions/0001-sqlite-directly.md` says why there is no library between.
final class Connection {
  /// How a file is opened.
  enum Access: Sendable {
    case readWrite, readOnly
    /// On a medium that nobody can write: no lock files either.
    case immutable
  }

  /// The write transactions that this process has committed, in whichever store.
  static let commits = Atomic<Int>(0)

  let path: String
  private let handle: OpaquePointer
  private var statements = StatementCache()
  /// What this connection knows of the file while it writes.
  var interned = Interned()
  /// Whether a write transaction is open: only then is ``interned`` true.
  private(set) var isWriting = false
  var dictionaries: [Int64: CompressionDictionary] = [:]
  /// What abbreviations in texts stand for, as far as they were met.
  var meanings: [Int: [UInt8]] = [:]
  /// What SQL's `closed_seal` reads; it stands still while the connection is there.
  private let closing = UnsafeMutablePointer<worldcache_closing>.allocate(capacity: 1)
  /// What answers lookups, once there was one.
  @exclusivity(unchecked) private var lookup: RunningLookup?
  /// Whether this connection has views of its own; see ``prepareViews()``.
  var hasOwnViews = false

  /// SQLite counts every allocation under a lock unless told otherwise before its first use; nobody reads the counts.
  private static let isConfigured = worldcache_configure() == SQLITE_OK

  init(path: String, access: Access, busyTimeoutMilliseconds: Int32) throws(StoreError) {
    _ = Connection.isConfigured
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    var name = path
    switch access {
    case .readWrite: flags |= SQLITE_OPEN_READWRITE
    case .readOnly: flags |= SQLITE_OPEN_READONLY
    case .immutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      name = "file:\(Connection.escaped(path))?immutable=1"
    }
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(name, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let detail = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(opened)
      throw Connection.error(code: code, detail: detail, path: path)
    }
    self.path = path
    handle = opened
    closing.initialize(to: worldcache_closing())
    sqlite3_busy_timeout(handle, busyTimeoutMilliseconds)
    _ = worldcache_make_defensive(handle)
  }

  deinit {
    lookup = nil
    statements.removeAll()
    sqlite3_close_v2(handle)
    closing.deallocate()
  }

  /// Rows changed by the last statement.
  var changes: Int { Int(sqlite3_changes(handle)) }

  /// The kept statement for this SQL, compiled at its first use.
  func statement(_ sql: StaticString) throws(StoreError) -> Statement {
    let address = UInt(bitPattern: sql.utf8Start)
    if let kept = statements.find(address) { return kept }
    let made = try compile(sql.description)
    statements.keep(made, at: address)
    return made
  }

  /// Compiles a statement that is not kept: for SQL that is put together.
  func compile(_ sql: String) throws(StoreError) -> Statement {
    var compiled: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
    guard code == SQLITE_OK, let compiled else { throw error(code) }
    return Statement(compiled, of: self)
  }

  /// The statement of lookups. Who uses it ends it with ``stopLookup()``: it holds a read transaction open.
  func runningLookup() throws(StoreError) -> RunningLookup {
    if let lookup { return lookup }
    let made = try RunningLookup(self)
    lookup = made
    return made
  }

  func stopLookup() { lookup?.stop() }

  /// The row of the table `request`, which is there as long as the connection is. To be called once.
  func defineRequest() throws(StoreError) -> UnsafeMutablePointer<worldcache_request> {
    guard let request = worldcache_define_request(handle) else { throw error(sqlite3_errcode(handle)) }
    return request
  }

  /// Runs statements that return nothing, such as a migration.
  func executeScript(_ sql: String) throws(StoreError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Runs a statement that returns no rows.
  func execute<each Value: Bindable>(_ sql: StaticString, _ values: repeat each Value) throws(StoreError) {
    let statement = try statement(sql)
    try statement.bind(repeat each values)
    defer { statement.reset() }
    while try statement.step() {}
  }

  /// Inserts a row and returns its id.
  func insert<each Value: Bindable>(_ sql: StaticString, _ values: repeat each Value) throws(StoreError) -> Int64 {
    let statement = try statement(sql)
    try statement.bind(repeat each values)
    defer { statement.reset() }
    while try statement.step() {}
    return sqlite3_last_insert_rowid(handle)
  }

  /// Inserts a row unless one is in the way, and returns its id if it did.
  func insertIfNew<Row, each Value: Bindable>(_ sql: StaticString, _ values: repeat each Value) throws(StoreError)
    -> RowID<Row>?
  {
    let statement = try statement(sql)
    try statement.bind(repeat each values)
    defer { statement.reset() }
    while try statement.step() {}
    return changes > 0 ? RowID(sqlite3_last_insert_rowid(handle)) : nil
  }

  /// The first row of a query, read.
  func first<Result, each Value: Bindable>(
    _ sql: StaticString, _ values: repeat each Value, read: (Statement) throws(StoreError) -> Result
  ) throws(StoreError) -> Result? {
    let statement = try statement(sql)
    try statement.bind(repeat each values)
    defer { statement.reset() }
    return try statement.step() ? try read(statement) : nil
  }

  /// All rows of a query, read. The statement is free again when the result is there, so `read` must not run it again.
  func all<Result, each Value: Bindable>(
    _ sql: StaticString, _ values: repeat each Value, read: (Statement) throws(StoreError) -> Result
  ) throws(StoreError) -> [Result] {
    let statement = try statement(sql)
    try statement.bind(repeat each values)
    defer { statement.reset() }
    var results: [Result] = []
    while try statement.step() { results.append(try read(statement)) }
    return results
  }

  /// Runs `body` in one write transaction, which begins at once (never a read that turns into a write); all or nothing.
  func writing<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      try refreshInterned()
      isWriting = true
      defer { isWriting = false }
      let result = try body()
      try execute("COMMIT")
      Connection.commits.add(1, ordering: .releasing)
      return result
    } catch {
      // SQLite has rolled back by itself after some errors; then this one fails, and means nothing.
      try? execute("ROLLBACK")
      (interned, hasOwnViews) = (Interned(), false)
      throw error
    }
  }

  private func refreshInterned() throws(StoreError) {
    let found = try dataVersion()
    if interned.dataVersion != found {
      interned = Interned()
      interned.dataVersion = found
      try prepareViews()
    }
    interned.trim()
  }

  /// Runs `body` in one read transaction: everything it reads is of one moment.
  func reading<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
    try execute("BEGIN")
    defer { try? execute("COMMIT") }
    return try body()
  }

  /// Lets SQL call `closed_seal(trace)` on this connection.
  func defineClosing() throws(StoreError) {
    let code = worldcache_define_closed_seal(handle, closing)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Runs `body` with what `closed_seal` gives: a seal for each trace, in the order in which the rows come.
  func withClosing(
    _ traces: [Int64], _ seals: [Int64], _ body: () throws(StoreError) -> Void
  ) throws(StoreError) {
    defer { closing.pointee = worldcache_closing() }
    try traces.withUnsafeBufferPointer { traces throws(StoreError) in
      try seals.withUnsafeBufferPointer { seals throws(StoreError) in
        closing.pointee = worldcache_closing(
          traces: traces.baseAddress, seals: seals.baseAddress, count: Int64(traces.count), position: -1)
        try body()
      }
    }
  }

  /// Lets SQL call `expanded(text)` on this connection.
  func defineExpansion() throws(StoreError) {
    let code = sqlite3_create_function_v2(
      handle, "expanded", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, Unmanaged.passUnretained(self).toOpaque(),
      { context, _, values in
        guard let context, let value = values?[0], let user = sqlite3_user_data(context),
          let start = sqlite3_value_text(value)
        else { return }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
        // The connection closes its handle before it goes, so it is there as long as anything runs on it.
        let connection = Unmanaged<Connection>.fromOpaque(user).takeUnretainedValue()
        guard let text = try? connection.expanded(String(decoding: bytes, as: UTF8.self)) else {
          return sqlite3_result_error(context, "an abbreviation is not there", -1)
        }
        worldcache_result_text_transient(context, text, Int32(clamping: text.utf8.count))
      }, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// The error that SQLite reports for a result code.
  func error(_ code: Int32) -> StoreError {
    Connection.error(code: code, detail: String(cString: sqlite3_errmsg(handle)), path: path)
  }

  /// An error for content that SQLite accepts and we do not.
  func damaged(_ detail: String) -> StoreError { StoreError(.damaged, path: path, detail: detail) }

  private static func error(code: Int32, detail: String, path: String) -> StoreError {
    let problem: StoreError.Problem =
      switch code & 0xff {
      case SQLITE_NOTADB: .notAStore
      case SQLITE_READONLY: .readOnly
      case SQLITE_BUSY, SQLITE_LOCKED: .locked
      case SQLITE_FULL: .diskFull
      case SQLITE_CORRUPT, SQLITE_CONSTRAINT, SQLITE_MISMATCH: .damaged
      case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .permissionDenied
      case SQLITE_IOERR: .inputOutput
      default: .other
      }
    return StoreError(problem, path: path, resultCode: code, detail: detail)
  }

  private static func escaped(_ path: String) -> String {
    path.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "?"): "%3f"
      case UInt8(ascii: "#"): "%23"
      case UInt8(ascii: "%"): "%25"
      default: String(decoding: CollectionOfOne(byte), as: UTF8.self)
      }
    }.joined()
  }
}
