import WorldCache

extension BenchmarkGroup {
  /// A hit and a miss in a store, beside the bare C API and everything else that could keep sources.
  static let sqlite = BenchmarkGroup(
    name: "sqlite", abstract: "a hit and a miss in a store, beside the bare C API, LMDB, GRDB, files, diskcache"
  ) { run in
    var rows: [Row] = []
    for count in run.scale(quick: [10_000], normal: [1000, 100_000], full: [1000, 10_000, 100_000, 1_000_000]) {
      let peers = try PeerFiles(Workload(count: count), run.fixtures)
      defer { peers.remove() }
      rows.append(try hitRow("hit", peers, run))
      rows.append(try missRow(peers, run))
    }
    let (kilobytes, megabytes) = run.scale(quick: (1000, 100), normal: (20_000, 2000), full: (100_000, 10_000))
    for (name, count, size) in [("hit of 2 KiB", kilobytes, 2048), ("hit of 64 KiB", megabytes, 65_536)] {
      let peers = try PeerFiles(Workload(count: count, size: .exactly(size)), run.fixtures)
      defer { peers.remove() }
      rows.append(try hitRow(name, peers, run))
    }
    return rows
  }
}

private func hitRow(_ name: String, _ peers: PeerFiles, _ run: Run) throws -> Row {
  run.progress("sqlite: \(peers.workload.count) sources of \(peers.workload.size)")
  let batch = peers.workload.size == .exactly(65_536) ? 200 : 5000
  var row = Row(
    name, "\(peers.workload.count) x \(peers.workload.size)",
    try run.comparison(batch: batch).measure(try peers.readers(), over: peers.workload.count),
    ratios: [("ofBareC", PeerFiles.ours, PeerFiles.bare), ("ofLMDB", PeerFiles.ours, PeerFiles.lmdb)])
  if peers.hasFiles, let diskCache = try DiskCache.measure(peers.workload, run.fixtures) {
    row.readings.append(Reading(DiskCache.name, diskCache.get))
  }
  return row
}

/// Keys that are not there: those of the instances after the last one, whose methods mostly are.
private func missRow(_ peers: PeerFiles, _ run: Run) throws -> Row {
  let store = try SourceStore(.existingFile(peers.storePath))
  guard let lineage = try store.lineage(named: "main") else { throw NoLineage(path: peers.storePath) }
  let bare = try BareSQLite(path: peers.barePath, isReadOnly: true)
  try bare.execute("BEGIN")
  let absent = (0..<peers.workload.count).map { index in
    let (method, instance) = (peers.keys.keys[index], peers.workload.instance(peers.workload.count + index))
    return SourceKey(methodHash: method.methodHash, instance: instance.instance, owner: method.owner)
  }
  let bytes = absent.map { $0.methodHash.bytes + $0.instance.bytes + $0.owner.bytes }
  return Row(
    "miss", "\(peers.workload.count) x \(peers.workload.size)",
    try run.comparison(batch: 5000).measure(
      [
        Contender(PeerFiles.ours) { indices in
          var sum: UInt64 = 0
          for index in indices {
            sum &+= try store.lookup(absent[index], lineage: lineage.id, world: lineage.head) == nil ? 0 : 1
          }
          return sum
        },
        Contender(PeerFiles.bare) { indices in
          var sum: UInt64 = 0
          for index in indices { sum &+= try bytes[index].withUnsafeBytes(bare.touchSource) ?? 0 }
          return sum
        },
      ], over: peers.workload.count), ratios: [("ofBareC", PeerFiles.ours, PeerFiles.bare)])
}
