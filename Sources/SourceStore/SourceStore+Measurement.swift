import CacheIdentity

extension SourceStore {
  /// Measures where the file's bytes are and who uses them, at one moment. Reads the whole file; memory grows with its rows.
  ///
  /// The sizes of B-trees come from SQLite's `dbstat`; without it, if the library was built so, this throws. Traces without a
  /// code instance serve nobody, so what they take is the file's own.
  public func measurement() throws(StoreError) -> MeasuredFile {
    let logBytes = location == .memory ? 0 : StoreFile.sizes(path).log
    return try read { connection throws(StoreError) in
      let (entries, positions) = try connection.measuredEntries()
      return MeasuredFile(
        kind: .store, path: path, measuredAt: ProcessIdentity.now, bytes: try connection.pageSizes().all,
        logBytes: logBytes, parts: try connection.measuredParts(positions), entries: entries)
    }
  }
}

extension Connection {
  /// The traces, and for each trace's id its position.
  fileprivate func measuredEntries() throws(StoreError) -> ([MeasuredEntry], [Int64: Int]) {
    var entries: [MeasuredEntry] = []
    var positions: [Int64: Int] = [:]
    try forEachInstance(InstanceFilter(), details: []) { record throws(StoreError) in
      let range = MeasuredEntry.Range(lineage: record.lineage, worlds: record.range)
      if let known = positions[record.trace.number] { return entries[known].ranges.append(range) }
      positions[record.trace.number] = entries.count
      entries.append(
        MeasuredEntry(
          key: record.key, generator: record.generator, method: record.method, specialization: record.specialization,
          owner: record.owner, ranges: [range],
          source: record.source.map {
            MeasuredEntry.Source(digest: $0.digest, rawBytes: $0.rawSize, storedBytes: $0.storedSize ?? 0)
          }, generatedAt: record.provenance.generatedAt,
          generationNanoseconds: record.provenance.generationNanoseconds, hits: Int64(record.usage?.hits ?? 0)))
    }
    return (entries, positions)
  }

  /// Each table with its indices, then what is no table's: together all pages of the file.
  fileprivate func measuredParts(_ positions: [Int64: Int]) throws(StoreError) -> [MeasuredPart] {
    let sizes = try all("SELECT name, pageno, pgsize, payload, unused FROM dbstat('main', 1)") { row in
      MeasuredRegion(name: row.text(0), pages: row.int(1), bytes: row.int(2), payload: row.int(3), unused: row.int(4))
    }
    var regions = Dictionary(sizes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let names = try all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid"
    ) { $0.text(0) }
    var scans: [TableScan] = []
    for name in names { scans.append(try TableScan(name, of: self)) }
    var users = TableUsers(scans, entries: positions)
    var parts = scans.map { scan in
      var rows = RowUsers()
      for row in users.users(of: scan.name) { rows.append(row.lazy.map { Int($0) }) }
      let trees = scan.trees.compactMap { tree -> MeasuredRegion? in
        guard var region = regions.removeValue(forKey: tree.name) else { return nil }
        region.weights = tree.weights
        return region
      }
      return MeasuredPart(name: scan.name, regions: trees, users: rows)
    }
    // The schema, and what SQLite keeps for itself.
    for region in regions.values.sorted(by: { $0.name < $1.name }) {
      parts.append(MeasuredPart(name: region.name, regions: [region]))
    }
    return parts + [try pagesOfNoTree(sizes)].compactMap { $0 }
  }

  /// Free pages, and others that are in no tree, such as the page of the lock in a file of more than a gigabyte.
  private func pagesOfNoTree(_ trees: [MeasuredRegion]) throws(StoreError) -> MeasuredPart? {
    let pages = try pageSizes()
    let size = try first("PRAGMA page_size") { $0.int(0) } ?? 0
    func region(_ name: String, _ bytes: Int64) -> MeasuredRegion? {
      bytes > 0 ? MeasuredRegion(name: name, pages: bytes / max(1, size), bytes: bytes, payload: 0, unused: bytes) : nil
    }
    let free = pages.all - pages.used
    let rest = pages.used - trees.reduce(0) { $0 + $1.bytes }
    let regions = [region("free pages", free), region("other pages", rest)].compactMap { $0 }
    return regions.isEmpty ? nil : MeasuredPart(name: "no table", regions: regions)
  }
}
