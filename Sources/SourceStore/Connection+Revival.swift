import CacheIdentity

extension Connection {
  /// The traces that rest on an answer and may revive: whole and not bounded, and with bytes to serve. With each, what is open of its
  /// key in a lineage: its newest code instance, unless that was closed (W4). In the order of their keys.
  func revivableTraces(restingOn answer: AnswerID, in lineage: LineageID) throws(StoreError) -> [RevivableTrace] {
    var traces: [TraceRow] = try all(
      """
      SELECT t.id, t.method, t.instance, t.instance_rest, t.owner, t.source, t.bounded, t.seal, t.edges
      FROM backedge b JOIN trace t ON t.id = b.trace WHERE b.answer = ? AND t.bounded = 0 ORDER BY b.trace
      """, answer
    ) { TraceRow($0) }
    traces.removeAll { !$0.isWhole }
    if traces.isEmpty { return [] }

    let sources = try digests(of: traces.compactMap(\.source))
    traces.sort { $1.key.isBefore($0.key) }
    var found: [RevivableTrace] = []
    found.reserveCapacity(traces.count)
    var newest = try NewestInstances(in: lineage, self)
    defer { newest.end() }
    for trace in traces {
      var digest: Digest?
      if let source = trace.source {
        digest = sources[source]
        if digest == nil { continue }
      }
      found.append(RevivableTrace(trace: trace, open: try newest.openTrace(of: trace.key), sourceDigest: digest))
    }
    found.reverse()
    return found
  }

  /// The digests of the sources among these that have bytes. In the table's order.
  private func digests(of sources: [SourceID]) throws(StoreError) -> RowTable<Table.Source, Digest> {
    var digests = RowTable<Table.Source, Digest>()
    let statement = try statement("SELECT id, digest, bytes IS NOT NULL FROM source WHERE id >= ? ORDER BY id")
    defer { statement.reset() }
    var rows = AscendingRows<Table.Source>(statement)
    for source in sources.sorted() where try rows.go(to: source) && statement.bool(2) {
      digests.set(source, to: try statement.digest(1))
    }
    return digests
  }

  /// Opens code instances of traces that hold again, and records the answers that they give to questions about their sources.
  ///
  /// Several rows to a statement, in the table's order. OR FAIL: whatever goes wrong, the whole tick is taken back, so SQLite need
  /// not keep what the statement changes.
  func revive(_ revivals: [RevivableTrace], in lineage: LineageID, from world: WorldAge) throws(StoreError) {
    let group = 8
    let whole = revivals.count / group * group
    for start in stride(from: 0, to: whole, by: group) {
      let statement = try statement(
        """
        INSERT OR FAIL INTO code_instance (lineage, min_world, method, instance, owner, trace, source, seal, revived)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1), (?1, ?2, ?9, ?10, ?11, ?12, ?13, ?14, 1),
          (?1, ?2, ?15, ?16, ?17, ?18, ?19, ?20, 1), (?1, ?2, ?21, ?22, ?23, ?24, ?25, ?26, 1),
          (?1, ?2, ?27, ?28, ?29, ?30, ?31, ?32, 1), (?1, ?2, ?33, ?34, ?35, ?36, ?37, ?38, 1),
          (?1, ?2, ?39, ?40, ?41, ?42, ?43, ?44, 1), (?1, ?2, ?45, ?46, ?47, ?48, ?49, ?50, 1)
        """)
      defer { statement.reset() }
      try statement.bind(lineage, world)
      for (position, revival) in revivals[start..<start + group].enumerated() {
        try statement.bind(revival, in: lineage, from: world, at: Int32(3 + 6 * position))
      }
      while try statement.step() {}
    }
    for revival in revivals[whole...] {
      let statement = try statement(
        """
        INSERT OR FAIL INTO code_instance (lineage, min_world, method, instance, owner, trace, source, seal, revived)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)
        """)
      defer { statement.reset() }
      try statement.bind(lineage, world)
      try statement.bind(revival, in: lineage, from: world, at: 3)
      while try statement.step() {}
    }
    for revival in revivals {
      try recordSource(of: revival.trace.key, revival.sourceAnswer, in: lineage, range: .from(world))
    }
  }
}

extension Statement {
  /// Binds method, instance, owner, trace, source and seal of a revived row.
  fileprivate func bind(
    _ revival: RevivableTrace, in lineage: LineageID, from world: WorldAge, at parameter: Int32
  ) throws(StoreError) {
    let trace = revival.trace
    try bind(trace.key.method, at: parameter)
    try bind(trace.key.firstHalf, at: parameter + 1)
    try bind(trace.key.owner, at: parameter + 2)
    try bind(trace.id, at: parameter + 3)
    try bind(trace.source, at: parameter + 4)
    try bind(
      Seal.of(trace.key, lineage: lineage, range: .from(world), trace: trace.id, source: revival.sourceDigest),
      at: parameter + 5)
  }
}
