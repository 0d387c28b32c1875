#if Peers
  import CLMDB

  /// LMDB: one B-tree mapped into memory, keys of 48 bytes to the sources' bytes.
  ///
  /// A commit does not wait for the disk, as a commit of a store does not.
  final class LMDBFile {
    struct Failure: Error, CustomStringConvertible {
      var code: Int32
      var description: String { "LMDB: \(String(cString: mdb_strerror(code)))" }
    }

    private let environment: OpaquePointer

    init(path: String, isReadOnly: Bool = false) throws {
      var made: OpaquePointer?
      try LMDBFile.check(mdb_env_create(&made))
      guard let made else { throw Failure(code: MDB_PANIC) }
      environment = made
      try LMDBFile.check(mdb_env_set_mapsize(environment, 16 << 30))
      let flags = MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOTLS | (isReadOnly ? MDB_RDONLY : 0)
      try LMDBFile.check(mdb_env_open(environment, path, UInt32(flags), 0o644))
    }

    deinit { mdb_env_close(environment) }

    /// Runs the body in one transaction.
    func write(_ body: (Transaction) throws -> Void) throws {
      let transaction = try Transaction(self, isReadOnly: false)
      try body(transaction)
      try transaction.commit()
    }

    /// A transaction that reads, and sees nothing of what comes later.
    func reading() throws -> Transaction { try Transaction(self, isReadOnly: true) }

    final class Transaction {
      private let file: LMDBFile
      private var handle: OpaquePointer?
      private var database: MDB_dbi = 0

      fileprivate init(_ file: LMDBFile, isReadOnly: Bool) throws {
        self.file = file
        try LMDBFile.check(mdb_txn_begin(file.environment, nil, UInt32(isReadOnly ? MDB_RDONLY : 0), &handle))
        try LMDBFile.check(mdb_dbi_open(handle, nil, 0, &database))
      }

      deinit { if let handle { mdb_txn_abort(handle) } }

      func insert(_ key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer) throws {
        var key = LMDBFile.value(key)
        var data = LMDBFile.value(bytes)
        try LMDBFile.check(mdb_put(handle, database, &key, &data, 0))
      }

      /// Reads all bytes of a source; `nil` on a miss.
      func touchSource(of key: UnsafeRawBufferPointer) -> UInt64? {
        var key = LMDBFile.value(key)
        var data = MDB_val()
        guard mdb_get(handle, database, &key, &data) == 0 else { return nil }
        return touch(UnsafeRawBufferPointer(start: data.mv_data, count: data.mv_size))
      }

      func commit() throws {
        defer { handle = nil }
        try LMDBFile.check(mdb_txn_commit(handle))
      }
    }

    private static func value(_ bytes: UnsafeRawBufferPointer) -> MDB_val {
      MDB_val(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }

    private static func check(_ code: Int32) throws {
      guard code == 0 else { throw Failure(code: code) }
    }
  }
#endif
