import WorldCache

extension BenchmarkGroup {
  /// Opening what is there, alone and up to the first hit.
  static let open = BenchmarkGroup(name: "open", abstract: "opening, alone and up to the first hit") { run in
    let peers = try PeerFiles(
      Workload(count: run.scale(quick: 10_000, normal: 100_000, full: 1_000_000)), run.fixtures)
    defer { peers.remove() }
    run.progress("open: \(peers.workload.count) sources")
    let variant = "\(peers.workload.count) x \(peers.workload.size)"
    let diskCache = peers.hasFiles ? try DiskCache.measure(peers.workload, run.fixtures) : nil
    var rows = [
      Row("open", variant, try timings(openings(peers), run), ratios: [("ofBareC", PeerFiles.ours, PeerFiles.bare)]),
      Row(
        "open and first hit", variant, try timings(firstHits(peers), run),
        ratios: [("ofBareC", PeerFiles.ours, PeerFiles.bare)]),
    ]
    if let diskCache { rows[0].readings.append(Reading(DiskCache.name, diskCache.open)) }
    return rows
  }
}

/// How long a body takes whose result is closed after the measurement.
private typealias Opening = (name: String, body: (_ round: Int) throws -> AnyObject)

private func timings(_ openings: [Opening], _ run: Run) throws -> [Timing] {
  try interleave(
    rounds: run.rounds,
    openings.map { opening in
      Step(
        opening.name,
        timingSingles: { round in
          let singles = try (0..<10).map { number in
            var opened: AnyObject?
            let time = try nanoseconds { opened = try opening.body(round * 10 + number) }
            blackHole(opened)
            return time
          }
          return (singles.median, singles)
        })
    })
}

private func openings(_ peers: PeerFiles) -> [Opening] {
  var openings: [Opening] = [
    (PeerFiles.ours, { _ in try SourceStore(.existingFile(peers.storePath)) }),
    ("WorldCache, only to read", { _ in try SourceStore(.readOnlyFile(peers.storePath)) }),
    (PeerFiles.bare, { _ in try BareSQLite(path: peers.barePath) }),
    ("bare C API, only to read", { _ in try BareSQLite(path: peers.barePath, isReadOnly: true) }),
  ]
  #if Peers
    openings += [
      (PeerFiles.lmdb, { _ in try LMDBFile(path: peers.lmdbPath, isReadOnly: true) }),
      (PeerFiles.grdb, { _ in try GRDBFile(path: peers.barePath) }),
    ]
  #endif
  return openings
}

private func firstHits(_ peers: PeerFiles) throws -> [Opening] {
  let keys = peers.keys
  func index(_ round: Int) -> Int { (round + 1) * 7919 % peers.workload.count }
  let generator = SyntheticGenerator(peers.workload, count: 0)
  var openings: [Opening] = [
    (
      PeerFiles.ours,
      { round in
        let store = try SourceStore(.existingFile(peers.storePath))
        let session = CacheSession<Blob>(store: store, definitions: SyntheticDefinitions(watches: []))
        let instance = peers.workload.instance(index(round))
        guard try session.source(for: instance, generator: generator) != nil else { throw Lost(count: 1) }
        return session
      }
    ),
    (
      PeerFiles.bare,
      { round in
        let bare = try BareSQLite(path: peers.barePath)
        guard try keys.withBytes(of: index(round), bare.touchSource) != nil else { throw Lost(count: 1) }
        return bare
      }
    ),
  ]
  #if Peers
    openings.append(
      (
        PeerFiles.lmdb,
        { round in
          let transaction = try LMDBFile(path: peers.lmdbPath, isReadOnly: true).reading()
          guard keys.withBytes(of: index(round), transaction.touchSource) != nil else { throw Lost(count: 1) }
          return transaction
        }
      ))
  #endif
  return openings
}
