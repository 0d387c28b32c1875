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
  let folder: String
  var storePath: String { folder + "/store" }
  var barePath: String { folder + "/bare" }
  var lmdbPath: String { folder + "/lmdb" }
  var filesPath: String { folder + "/files" }

  /// Those in a folder that another process has filled.
  init(_ workload: Workload, openingAt folder: String) {
    self.workload = workload
    self.folder = folder
    keys = WorkloadKeys(workload)
  }

  /// Fills all of them in a new folder; files only if there are at most 100,000 sources.
  convenience init(_ workload: Workload, _ fixtures: Fixtures) throws {
    self.init(workload, openingAt: fixtures.newPath("peers"))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // A copy: the first one may be used elsewhere.
    try FileManager.default.copyItem(atPath: try fixtures.store(workload), toPath: storePath)
    try fillBare()
    try fillOthers()
  }

  /// Frees the disk before the run ends.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

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
    var readers = [
      try storeReader(SourceStore(.existingFile(storePath))), try bareReader(), try bareReader(inOneTransaction: false),
    ]
    #if Peers
      readers += [try lmdbReader(), try grdbReader()]
    #endif
    if hasFiles { readers.append(try fileReader()) }
    return readers
  }

  /// Several of these may share a store.
  func storeReader(_ store: SourceStore) throws -> Contender {
    guard let lineage = try store.lineage(named: "main") else { throw NoLineage(path: storePath) }
    let keys = keys
    return Contender(PeerFiles.ours) { indices in
      var sum: UInt64 = 0
      for index in indices {
        sum &+= try store.lookup(keys.keys[index], lineage: lineage.id, world: lineage.head)?.source?.touched ?? 0
      }
      return sum
    }
  }

  func bareReader(inOneTransaction: Bool = true) throws -> Contender {
    let bare = try BareSQLite(path: barePath, isReadOnly: true)
    if inOneTransaction { try bare.execute("BEGIN") }
    return reader(inOneTransaction ? PeerFiles.bare : PeerFiles.bareAlone, bare.touchSource)
  }

  private func fileReader() throws -> Contender {
    reader(PeerFiles.files, try EntryFiles(folder: filesPath).touchSource)
  }

  private func reader(
    _ name: String, _ touchSource: @escaping (UnsafeRawBufferPointer) throws -> UInt64?
  ) -> Contender {
    let keys = keys
    return Contender(name) { indices in
      var sum: UInt64 = 0
      for index in indices { sum &+= try keys.withBytes(of: index, touchSource) ?? 0 }
      return sum
    }
  }

  #if Peers
    func lmdbReader() throws -> Contender {
      let file = try LMDBFile(path: lmdbPath, isReadOnly: true)
      return reader(PeerFiles.lmdb, try file.reading().touchSource)
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
