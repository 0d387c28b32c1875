#if Peers
  import Foundation
  import GRDB

  /// GRDB over the same two tables as ``BareSQLite``: a pool of readers, kept statements.
  final class GRDBFile: Sendable {
    private let pool: DatabasePool

    init(path: String) throws {
      pool = try DatabasePool(path: path)
    }

    /// Runs the body in one transaction.
    func write(_ body: (Database) throws -> Void) throws { try pool.write(body) }

    func makeTables() throws {
      try pool.write { database in
        try database.execute(
          sql: """
            CREATE TABLE source (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
            CREATE TABLE instance (
              key BLOB NOT NULL, min_world INTEGER NOT NULL, max_world INTEGER NOT NULL, source INTEGER NOT NULL,
              PRIMARY KEY (key, min_world)
            ) STRICT, WITHOUT ROWID;
            """)
      }
    }

    static func insert(_ key: Data, _ bytes: Data, into database: Database) throws {
      let source = try database.cachedStatement(sql: "INSERT INTO source (bytes) VALUES (?)")
      try source.execute(arguments: [bytes])
      let instance = try database.cachedStatement(sql: "INSERT INTO instance VALUES (?, 1, 9223372036854775807, ?)")
      try instance.execute(arguments: [key, database.lastInsertedRowID])
    }

    /// Reads all bytes of a source; `nil` on a miss.
    func touchSource(of key: Data) throws -> UInt64? {
      try pool.read { database in
        let statement = try database.cachedStatement(
          sql: """
            SELECT i.max_world, s.bytes FROM instance i JOIN source s ON s.id = i.source
            WHERE i.key = ? AND i.min_world <= 1 ORDER BY i.min_world DESC LIMIT 1
            """)
        return try GRDB.Row.fetchOne(statement, arguments: [key])?.withUnsafeData(atIndex: 1) { bytes in
          bytes?.withUnsafeBytes(touch)
        }
      }
    }
  }
#endif
