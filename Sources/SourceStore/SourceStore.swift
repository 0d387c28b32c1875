import CSQLite
import CacheIdentity
import Synchronization

/// A store of generated sources: one SQLite file, its schema public (`docs/schema.md`), shared by any number of processes.
///
/// Content and validity are two things here: sources are kept by digest, traces say what they rest on, and code instances
/// say in which worlds of a lineage a trace holds. Safe to use from any thread; writers take turns, readers never wait.
public final class SourceStore: Sendable {
  /// Where a store is.
  public enum Location: Hashable, Sendable {
    /// A file, made if it does not exist, together with the directories on the way.
    case file(String)
    /// The same, but the file must exist.
    case existingFile(String)
    /// A file that is only read; it must exist.
    case readOnlyFile(String)
    /// Memory of this process, gone with the store.
    case memory
  }

  /// `application_id` of our files: "WCch".
  static let applicationID: Int32 = 0x5743_6368

  /// Where the store is.
  public let location: Location
  /// The path, or `:memory:`.
  public let path: String
  let process: ProcessIdentity
  let solitude = Solitude()
  let logLimit = LogLimit()
  // In this order, for properties go in order of declaration: only the last connection to close can empty the log, and
  // only one that writes.
  let readers: ReaderPool?
  let writer: Mutex<Connection>

  /// Opens a store, and makes or migrates its file as needed. About 0.5 ms for a file that exists.
  ///
  /// - Parameters:
  ///   - process: Who writes here, for provenance.
  ///   - busyTimeoutMilliseconds: How long a writer waits for its turn before it fails as ``StoreError/Problem/locked``.
  public init(
    _ location: Location, process: ProcessIdentity = .current, busyTimeoutMilliseconds: Int32 = 10_000
  ) throws(StoreError) {
    self.location = location
    self.process = process
    switch location {
    case .memory:
      path = ":memory:"
      let connection = try Connection(path: path, access: .readWrite, busyTimeoutMilliseconds: 0)
      try SourceStore.migrate(connection)
      try connection.defineClosing()
      writer = Mutex(connection)
      readers = nil
    case .file(let path), .existingFile(let path):
      self.path = path
      if case .file = location {
        try StoreFile.create(path) { draft throws(StoreError) in
          _ = try SourceStore.openForWriting(
            draft, isDraft: true, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
        }
      }
      let file = try StoreFile.identity(path)
      writer = Mutex(
        try SourceStore.openForWriting(path, isDraft: false, busyTimeoutMilliseconds: busyTimeoutMilliseconds))
      guard try StoreFile.identity(path) == file else { throw StoreFile.replaced(path) }
      readers = ReaderPool(path: path, access: .readOnly, file: file)
    case .readOnlyFile(let path):
      self.path = path
      let file = try StoreFile.identity(path)
      let (connection, access) = try SourceStore.openReadOnly(path)
      guard try StoreFile.identity(path) == file else { throw StoreFile.replaced(path) }
      try SourceStore.recognize(connection, canMigrate: false)
      writer = Mutex(connection)
      readers = ReaderPool(path: path, access: access, file: file)
    }
  }

  /// Runs `body` on the one connection that writes; others wait.
  func withWriter<Result: Sendable>(
    _ body: (Connection) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    // The connection stays inside the lock: `body` is not escaping and hands out only sendable values.
    try writer.withLock { connection throws(StoreError) in try body(connection) }
  }

  /// Runs `body` in one write transaction.
  func write<Result: Sendable>(_ body: (Connection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try withWriter { connection throws(StoreError) in
      defer { shortenLog(connection) }
      return try connection.writing { () throws(StoreError) in try body(connection) }
    }
  }

  /// Runs `body` in one read transaction that sees all that is committed.
  func read<Result: Sendable>(_ body: (Connection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try reading(renewing: true, body)
  }

  /// The same in the transaction of a lookup before, if it is still open: for what is checked again before it counts.
  func readRecent<Result: Sendable>(_ body: (Connection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try reading(renewing: false, body)
  }

  private func reading<Result: Sendable>(
    renewing mustRenew: Bool, _ body: (Connection) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    guard let readers else {
      return try withWriter { connection throws(StoreError) in
        try connection.reading { () throws(StoreError) in try body(connection) }
      }
    }
    return try readers.withReader { reader throws(StoreError) in
      if mustRenew { try reader.renew() } else { try reader.begin() }
      return try body(reader.connection)
    }
  }

  /// Opens a file, and makes or migrates its schema as needed.
  private static func openForWriting(
    _ path: String, isDraft: Bool, busyTimeoutMilliseconds: Int32
  ) throws(StoreError) -> Connection {
    let connection = try Connection(path: path, access: .readWrite, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    try recognize(connection, canMigrate: true)
    try prepareForWriting(connection, isDraft: isDraft)
    try migrate(connection)
    try connection.defineClosing()
    return connection
  }

  // A database in WAL mode needs a file beside it even for reading; where none can be made, nobody else can write either.
  private static func openReadOnly(_ path: String) throws(StoreError) -> (Connection, Connection.Access) {
    do {
      let connection = try Connection(path: path, access: .readOnly, busyTimeoutMilliseconds: 1000)
      _ = try connection.first("SELECT 1 FROM sqlite_schema") { _ in }
      return (connection, .readOnly)
    } catch  where error.problem == .permissionDenied || error.problem == .readOnly {
      return (
        try Connection(path: path, access: .immutable, busyTimeoutMilliseconds: 0), .immutable
      )
    }
  }
}
