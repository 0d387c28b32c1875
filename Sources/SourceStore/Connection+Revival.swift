import CacheIdentity

extension Connection {
  /// The traces that rest on an answer and may revive: whole and not bounded, and with bytes to serve. With each, what is open of its
  /// key in a lineage: its newest code instance, unless that was closed (W4). In the order of their keys.
  func revivableTraces(
    restingOn answer: AnswerID, in lineage: LineageID, _ holding: inout HoldingAnswers
  ) throws(StoreError) -> [RevivableTrace] {
    var traces: [RevivableTrace] = []
    try eachTrace(restingOn: answer) { row throws(StoreError) in
      let trace = TraceRow(row)
      guard trace.isWhole, !trace.isBounded else { return }
      var unmet: [AnswerID] = []
      for answer in trace.answers {
        let holds = try holding.contain(answer) { other throws(StoreError) in try isOpen(other, in: lineage) }
        if !holds { unmet.append(answer) }
      }
      traces.append(RevivableTrace(id: trace.id, key: trace.key, source: trace.source, unmet: unmet))
    }
    if traces.isEmpty { return [] }

    let sources = try digests(of: traces.compactMap(\.source))
    traces.removeAll { trace in trace.source.map { sources[$0] == nil } ?? false }
    traces.sort { $0.key.isBefore($1.key) }
    var newest = try NewestInstances(in: lineage, self)
    defer { newest.end() }
    for position in traces.indices.reversed() {
      traces[position].sourceDigest = traces[position].source.flatMap { sources[$0] }
      traces[position].open = try newest.openTrace(of: traces[position].key)
    }
    return traces
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
      for offset in 0..<group {
        try statement.bind(revivals[start + offset], in: lineage, from: world, at: Int32(3 + 6 * offset))
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
      try recordSource(of: revival.key, revival.sourceAnswer, in: lineage, range: .from(world))
    }
  }
}

extension Statement {
  /// Binds method, instance, owner, trace, source and seal of a revived row.
  fileprivate func bind(
    _ revival: RevivableTrace, in lineage: LineageID, from world: WorldAge, at parameter: Int32
  ) throws(StoreError) {
    try bind(revival.key.method, at: parameter)
    try bind(revival.key.firstHalf, at: parameter + 1)
    try bind(revival.key.owner, at: parameter + 2)
    try bind(revival.id, at: parameter + 3)
    try bind(revival.source, at: parameter + 4)
    try bind(
      Seal.of(revival.key, lineage: lineage, range: .from(world), trace: revival.id, source: revival.sourceDigest),
      at: parameter + 5)
  }
}
