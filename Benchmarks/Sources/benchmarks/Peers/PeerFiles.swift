import Foundation
import WorldCache

/// The same sources in a store and with all of its peers, by the same keys.
final class PeerFiles {
  static let ours = "WorldCache"
  static let bare = "bare C API"
  static let bareAlone = "bare C API, autocommit"
  static let lmdb = "LMDB"
  static let grdb = "GRDB"
  static let files = "one file each"

  let workload: Workload
  let keys: WorkloadKeys
  let storePath: String
  let barePath: String
  let lmdbPath: String
  let filesPath: String

  /// Fills all of them; files only if there are at most 100,000 sources.
  init(_ workload: Workload, _ fixtures: Fixtures) throws {
    self.workload = workload
    keys = WorkloadKeys(workload)
    storePath = try fixtures.store(workload)
    barePath = fixtures.newPath("bare")
    lmdbPath = fixtures.newPath("lmdb")
    filesPath = fixtures.newPath("files")
    try fillBare()
    try fillOthers()
  }

  deinit {
    for path in [barePath, barePath + "-wal", barePath + "-shm", lmdbPath, lmdbPath + "-lock", filesPath] {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  var hasFiles: Bool { workload.count <= 100_000 }

  /// Does something with the key and the stored bytes of each source.
  func forEach(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void) throws {
    for index in 0..<workload.count {
      let bytes = EncodedSource(workload.source(index)).payload
      try keys.withBytes(of: index) { key in try bytes.withUnsafeBytes { try body(key, $0) } }
    }
  }

  private func fillBare() throws {
    let bare = try BareSQLite(path: barePath)
    try bare.write { try forEach(bare.insert) }
    try bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  private func fillOthers() throws {
    #if Peers
      try LMDBFile(path: lmdbPath).write { transaction in try forEach(transaction.insert) }
    #endif
    if hasFiles {
      let files = try EntryFiles(folder: filesPath)
      try forEach(files.insert)
    }
  }

  /// Those who read, each with a connection of its own. The first is ours.
  func readers() throws -> [Contender] {
    let store = try SourceStore(.existingFile(storePath))
    guard let lineage = try store.lineage(named: "main") else { throw NoLineage(path: storePath) }
    let keys = keys
    let bare = try BareSQLite(path: barePath, isReadOnly: true)
    try bare.execute("BEGIN")
    let bareAlone = try BareSQLite(path: barePath, isReadOnly: true)
    var readers = [
      Contender(PeerFiles.ours) { indices in
        var sum: UInt64 = 0
        for index in indices {
          sum &+= try store.lookup(keys.keys[index], lineage: lineage.id, world: lineage.head)?.source?.touched ?? 0
        }
        return sum
      },
      Contender(PeerFiles.bare) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= try keys.withBytes(of: index, bare.touchSource) ?? 0 }
        return sum
      },
      Contender(PeerFiles.bareAlone) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= try keys.withBytes(of: index, bareAlone.touchSource) ?? 0 }
        return sum
      },
    ]
    #if Peers
      readers += [try lmdbReader(), try grdbReader()]
    #endif
    if hasFiles {
      let files = try EntryFiles(folder: filesPath)
      readers.append(
        Contender(PeerFiles.files) { indices in
          var sum: UInt64 = 0
          for index in indices { sum &+= try keys.withBytes(of: index, files.touchSource) ?? 0 }
          return sum
        })
    }
    return readers
  }

  #if Peers
    func lmdbReader() throws -> Contender {
      let file = try LMDBFile(path: lmdbPath, isReadOnly: true)
      let transaction = try file.reading()
      let keys = keys
      return Contender(PeerFiles.lmdb) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= keys.withBytes(of: index, transaction.touchSource) ?? 0 }
        withExtendedLifetime(file) {}
        return sum
      }
    }

    private func grdbReader() throws -> Contender {
      let file = try GRDBFile(path: barePath)
      let keys = (0..<workload.count).map { self.keys.withBytes(of: $0) { Data($0) } }
      return Contender(PeerFiles.grdb) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= try file.touchSource(of: keys[index]) ?? 0 }
        return sum
      }
    }
  #endif
}

/// A store in which nobody has been.
struct NoLineage: Error, CustomStringConvertible {
  var path: String
  var description: String { "\(path) has no lineage" }
}
