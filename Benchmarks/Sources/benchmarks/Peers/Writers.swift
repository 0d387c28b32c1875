import Foundation
import WorldCache

#if Peers
  import GRDB
#endif

/// Those who insert, each into a file of its own that has the first sources of a workload.
struct Writers {
  static let withoutEdges = "WorldCache, no edges"

  struct Writer {
    let name: String
    /// Makes all that can be made before, and returns what commits the sources.
    let prepare: (Range<Int>) throws -> () throws -> Void
  }

  private(set) var all: [Writer] = []

  init(base: Int, _ workload: Workload, _ fixtures: Fixtures) throws {
    let keys = WorkloadKeys(workload)
    let files = try EntryFiles(folder: fixtures.newPath("files"))
    all = [
      try Writers.store(SourceStore(.file(fixtures.newPath("store"))), workload),
      try Writers.store(
        SourceStore(.file(fixtures.newPath("store"))), Workload(count: workload.count, edges: 0),
        name: Writers.withoutEdges),
      Writers.bare(try BareSQLite(path: fixtures.newPath("bare")), workload),
    ]
    #if Peers
      let lmdb = try LMDBFile(path: fixtures.newPath("lmdb"))
      let grdb = try GRDBFile(path: fixtures.newPath("grdb"))
      try grdb.makeTables()
      all += [
        Writer(name: PeerFiles.lmdb) { range in
          let entries = Writers.entries(range, workload, keys)
          return { try lmdb.write { transaction in for entry in entries { try entry.withBytes(transaction.insert) } } }
        },
        Writer(name: PeerFiles.grdb) { range in
          let entries = Writers.entries(range, workload, keys).map { (Data($0.key), Data($0.bytes)) }
          return {
            try grdb.write { database in
              for (key, bytes) in entries { try GRDBFile.insert(key, bytes, into: database) }
            }
          }
        },
      ]
    #endif
    all.append(
      Writer(name: PeerFiles.files) { range in
        let entries = Writers.entries(range, workload, keys)
        return { for entry in entries { try entry.withBytes(files.insert) } }
      })
    for writer in all {
      for start in stride(from: 0, to: base, by: 1000) { try writer.prepare(start..<min(start + 1000, base))() }
    }
  }

  /// Into a store that has the state of a host without watches, or none.
  static func store(
    _ store: SourceStore, _ workload: Workload, name: String = PeerFiles.ours
  ) throws -> Writer {
    let lineage = try attach(store, SyntheticDefinitions(watches: [])).lineage
    return Writer(name: name) { range in
      let traces = range.map { workload.trace($0) }
      return {
        for outcome in try store.insert(traces, into: lineage) {
          guard case .stored = outcome else { throw Refused(outcome: outcome) }
        }
      }
    }
  }

  static func bare(_ bare: BareSQLite, _ workload: Workload) -> Writer {
    let keys = WorkloadKeys(workload)
    return Writer(name: PeerFiles.bare) { range in
      let entries = Writers.entries(range, workload, keys)
      return { try bare.write { for entry in entries { try entry.withBytes(bare.insert) } } }
    }
  }

  private static func entries(_ range: Range<Int>, _ workload: Workload, _ keys: WorkloadKeys) -> [RawEntry] {
    range.map { entry($0, workload, keys) }
  }

  static func entry(_ index: Int, _ workload: Workload, _ keys: WorkloadKeys) -> RawEntry {
    RawEntry(key: keys.withBytes(of: index) { Array($0) }, bytes: EncodedSource(workload.source(index)).payload)
  }
}

/// A key and a source as bytes.
struct RawEntry {
  let key: [UInt8]
  let bytes: [UInt8]

  func withBytes(_ body: (_ key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer) throws -> Void) rethrows {
    try key.withUnsafeBytes { key in try bytes.withUnsafeBytes { try body(key, $0) } }
  }
}
