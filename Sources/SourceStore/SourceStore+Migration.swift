import CacheIdentity
import Migrations

extension SourceStore {
  /// The format that this program writes: the version of its last migration.
  public static let formatVersion: Int32 = Migration.all.map(\.version).max() ?? 0

  /// Of a new file: rows are narrow, and most tables are small.
  static let pageSize = 1024

  /// Refuses a file that is not ours, or too new, before anything is written to it.
  ///
  /// One read transaction: another process may be making the file's schema right now.
  static func recognize(_ connection: Connection, canMigrate: Bool) throws(StoreError) {
    try connection.reading { () throws(StoreError) in try recognizeContent(connection, canMigrate: canMigrate) }
  }

  private static func recognizeContent(_ connection: Connection, canMigrate: Bool) throws(StoreError) {
    let identity = try connection.first("PRAGMA application_id") { Int32(truncatingIfNeeded: $0.int(0)) } ?? 0
    let version = try formatVersion(of: connection)
    if identity == 0, version == 0, canMigrate {
      let isEmpty = try connection.first("SELECT 1 FROM sqlite_schema LIMIT 1") { _ in } == nil
      if isEmpty { return }
    }
    guard identity == applicationID else {
      throw StoreError(.notAStore, path: connection.path, detail: "application_id is \(identity)")
    }
    guard version <= formatVersion else {
      throw StoreError(
        .newerFormat(found: version, supported: formatVersion), path: connection.path,
        detail: "user_version is \(version)")
    }
    if version < formatVersion, !canMigrate {
      throw StoreError(.readOnly, path: connection.path, detail: "format \(version) needs migration")
    }
  }

  /// Journal and durability of a connection that writes. A commit that a power cut takes back is just a miss later.
  ///
  /// - Parameter isDraft: Whether the file gets its name only when it is complete, and is synchronized then.
  static func prepareForWriting(_ connection: Connection, isDraft: Bool) throws(StoreError) {
    try connection.executeScript("PRAGMA page_size = \(pageSize)")
    try connection.executeScript(isDraft ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = NORMAL")
    _ = try connection.first("PRAGMA journal_mode = WAL") { $0.text(0) }
    try connection.executeScript("PRAGMA mmap_size = 1073741824")
    // A tick touches rows all over the file; what it changes has to stay in memory, or it is written more than once.
    try connection.executeScript("PRAGMA cache_size = -65536")
  }

  /// Takes the missing migrations in one write transaction, so that processes which open a new file at once do not collide.
  static func migrate(_ connection: Connection) throws(StoreError) {
    guard try formatVersion(of: connection) < formatVersion else { return }
    try connection.writing { () throws(StoreError) in
      let present = try formatVersion(of: connection)
      for migration in Migration.all where migration.version > present {
        // Rows are set aside once, and go from there into the newest tables: those in between stay empty.
        try connection.executeScript(present > 0 ? migration.settingAside : migration.dropping)
        try connection.executeScript(migration.sql)
        try connection.execute(
          "INSERT INTO migration (version, name, applied_at) VALUES (?, ?, ?)",
          Int64(migration.version), migration.name, ProcessIdentity.now)
        // Pragmas take no parameters; both are ours and in the transaction.
        try connection.executeScript(
          "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(migration.version)")
      }
      switch present {
      case 0: return
      case 1:
        var conversion = FormatOneConversion(connection: connection)
        try conversion.run()
      case 2:
        var conversion = FormatTwoConversion(connection: connection)
        try conversion.run()
      default:
        var conversion = FormatThreeConversion(connection: connection)
        try conversion.run()
      }
      for migration in Migration.all where migration.version > present {
        try connection.executeScript(migration.sqlAfterConversion)
      }
    }
  }

  static func formatVersion(of connection: Connection) throws(StoreError) -> Int32 {
    try connection.first("PRAGMA user_version") { Int32(truncatingIfNeeded: $0.int(0)) } ?? 0
  }
}
