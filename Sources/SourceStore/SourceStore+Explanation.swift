import CacheIdentity

extension SourceStore {
  /// Explains every key that a text names, for people, in each lineage where it was ever stored.
  ///
  /// - Parameters:
  ///   - text: A method's function, a specialization such as `sin(Float64)`, or a key: `method:instance:owner`, each at
  ///     least four hexadecimal digits from the start of the digest. If nothing is called so, whatever mentions the name
  ///     in its specialization, as the instances of an overlay pass do.
  ///   - lineage: The name of the one lineage to explain, whether or not the key was stored there.
  /// - Returns: The number of keys found.
  ///
  /// `body` must not call this store: it holds its connection. O(edges) for each key.
  public func explain(
    _ text: String, lineage: String? = nil, _ body: (Explanation) throws(StoreError) -> Void
  ) throws(StoreError) -> Int {
    try read { connection throws(StoreError) in
      let keys = try connection.keys(named: text)
      let lineages = try connection.lineages().filter { lineage == nil || $0.name == lineage }
      for key in keys {
        let stored = Set(try connection.codeInstances(of: key).map(\.lineage))
        for place in lineages where lineage != nil || stored.isEmpty || stored.contains(place.id) {
          try body(try connection.explain(key, in: place))
        }
      }
      return keys.count
    }
  }
}

extension Connection {
  fileprivate func keys(named text: String) throws(StoreError) -> [KeyRow] {
    let digits = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
    let isKey = digits.count == 3 && digits.allSatisfy { $0.count >= 4 && $0.allSatisfy(\.isHexDigit) }
    let read: (Statement) throws(StoreError) -> KeyRow = { row throws(StoreError) in
      KeyRow(method: row.id(0), instance: Digest(halves: row.int(1), row.int(2)), owner: row.id(3))
    }
    if isKey {
      return try all(
        """
        SELECT DISTINCT t.method, t.instance, t.instance_rest, t.owner
        FROM trace t JOIN generation n ON n.trace = t.id JOIN method m ON m.id = t.method JOIN owner o ON o.id = t.owner
        WHERE hex(m.hash) LIKE ? || '%' AND n.instance LIKE ? || '%' AND hex(o.digest) LIKE ? || '%'
        ORDER BY t.method, t.instance, t.instance_rest, t.owner
        """, String(digits[0]), String(digits[1]), String(digits[2]), read: read)
    }
    let called = try all(
      """
      SELECT DISTINCT t.method, t.instance, t.instance_rest, t.owner
      FROM trace t JOIN method m ON m.id = t.method JOIN generation n ON n.trace = t.id
      WHERE m.function = ?1 OR n.specialization = ?1 ORDER BY t.method, t.instance, t.instance_rest, t.owner
      """, text, read: read)
    return called.isEmpty ? try keys(mentioning: text) : called
  }

  private func keys(mentioning name: String) throws(StoreError) -> [KeyRow] {
    let found: [(key: KeyRow, specialization: String)] = try all(
      """
      SELECT DISTINCT t.method, t.instance, t.instance_rest, t.owner, n.specialization
      FROM trace t JOIN generation n ON n.trace = t.id WHERE instr(n.specialization, ?) > 0
      ORDER BY t.method, t.instance, t.instance_rest, t.owner
      """, name
    ) { row in
      (KeyRow(method: row.id(0), instance: Digest(halves: row.int(1), row.int(2)), owner: row.id(3)), row.text(4))
    }
    return found.filter { $0.specialization.mentions(name) }.map(\.key)
  }

  fileprivate func explain(_ key: KeyRow, in lineage: LineageState) throws(StoreError) -> Explanation {
    let traces: [(TraceLabel, Provenance)] = try all(
      """
      SELECT t.id, n.specialization, o.name, g.name, n.generated_at, t.generation_ns, p.host, p.pid, p.program,
        p.started_at
      FROM trace t JOIN generation n ON n.trace = t.id JOIN owner o ON o.id = t.owner JOIN method m ON m.id = t.method
      JOIN generator g ON g.id = m.generator JOIN process p ON p.id = t.process
      WHERE t.method = ? AND t.instance = ? AND t.instance_rest = ? AND t.owner = ? ORDER BY t.id DESC
      """, key.method, key.firstHalf, key.secondHalf, key.owner
    ) { row in
      let provenance = Provenance(process: row.process(6), generatedAt: row.int(4), generationNanoseconds: row.int(5))
      return (row.traceLabel(0), provenance)
    }
    let method = try first(
      "SELECT module, table_name, function, arguments, location FROM method WHERE id = ?", key.method
    ) { $0.method(0) }
    guard let label = traces.first?.0, let method else { throw damaged("method \(key.method.number) has no row") }
    let history = try history(of: key, in: lineage, traces: traces.map { ($0.0.trace, $0.1) })
    return Explanation(
      key: try sourceKey(key), label: label, method: method, lineage: lineage.name, head: lineage.head,
      verdict: Verdict(history))
  }

  private func history(
    of key: KeyRow, in lineage: LineageState, traces: [(id: TraceID, provenance: Provenance)]
  ) throws(StoreError) -> KeyHistory {
    let quarantine = try first(
      "SELECT stored, found FROM quarantine WHERE method = ? AND instance = ? AND owner = ?", key.method, key.firstHalf,
      key.owner
    ) { row throws(StoreError) in (stored: try row.digest(0), found: try row.digest(1)) }
    var history = KeyHistory(quarantine: quarantine, newest: nil, traces: [])
    for trace in traces {
      var edges: [KeyHistory.EdgeState] = []
      for answer in try answers(of: trace.id) { edges.append(try state(of: answer, in: lineage)) }
      history.traces.append(KeyHistory.Trace(id: trace.id, provenance: trace.provenance, edges: edges))
    }
    if let row = try newestCodeInstance(of: key, in: lineage.id),
      let provenance = traces.first(where: { $0.id == row.trace })?.provenance
    {
      let isRevived = try first(
        """
        SELECT revived FROM code_instance
        WHERE method = ? AND instance = ? AND owner = ? AND lineage = ? AND min_world = ?
        """, key.method, key.firstHalf, key.owner, lineage.id, row.range.min
      ) { $0.bool(0) }
      history.newest = KeyHistory.Newest(
        served: ServedTrace(
          trace: row.trace, range: row.range, isRevived: isRevived ?? false, provenance: provenance),
        isSealWhole: row.isSealWhole, hasBytes: row.hasBytes, cause: try closingCause(of: row))
    }
    return history
  }

  /// An edge, and what is recorded of its question at the head.
  private func state(of answer: AnswerID, in lineage: LineageState) throws(StoreError) -> KeyHistory.EdgeState {
    let ranges = try answerRanges(of: try question(of: answer), in: lineage.id)
    let edge = try edge(to: answer)
    guard let newest = ranges.last else { return KeyHistory.EdgeState(edge: edge, present: nil, tick: nil) }
    guard newest.range.isOpen else {
      return KeyHistory.EdgeState(edge: edge, present: nil, tick: try tick(lineage.id, newest.range.max.next))
    }
    // Without a range right before it, the answer was recorded then, not changed.
    let isChange = ranges.dropLast().last?.range.max.next == newest.range.min
    return KeyHistory.EdgeState(
      edge: edge, present: newest.answer == answer ? edge.answer : try self.edge(to: newest.answer).answer,
      tick: isChange ? try tick(lineage.id, newest.range.min) : nil)
  }

  private func tick(_ lineage: LineageID, _ world: WorldAge) throws(StoreError) -> TickRecord? {
    try first(
      """
      SELECT w.committed_at, w.cause, p.host, p.pid, p.program, p.started_at
      FROM world w JOIN process p ON p.id = w.process WHERE w.lineage = ? AND w.world = ?
      """, lineage, world
    ) { row in
      TickRecord(world: world, committedAt: row.int(0), process: row.process(2), cause: row.text(1))
    }
  }

  private func closingCause(of row: CodeInstanceRow) throws(StoreError) -> ClosingCause? {
    guard !row.range.isOpen, let tick = try tick(row.lineage, row.range.max.next) else { return nil }
    let world = WorldID(lineage: row.lineage, world: tick.world)
    var chain: [Closing] = []
    var next = try invalidation(of: row.key, above: .max, in: world)
    while let (label, answer, depth) = next {
      let step = try closing(of: label, depth, by: answer, in: world)
      chain.append(step)
      guard case .source(let inner, _) = step.question, let key = try keyRow(inner) else { break }
      next = try invalidation(of: key, above: depth, in: world)
    }
    return chain.isEmpty ? nil : ClosingCause(tick: tick, chain: chain)
  }

  /// The closing of a key in a tick at less than a depth, so that a chain of them ends even in a damaged log.
  private func invalidation(
    of key: KeyRow, above depth: Int, in world: WorldID
  ) throws(StoreError) -> (TraceLabel, AnswerID, Int)? {
    let traces = Set(try traces(of: key).map(\.id))
    var found: (trace: TraceID, row: LoggedClosings)?
    for row in try loggedClosings(in: world) where row.depth < depth && row.depth > found?.row.depth ?? 0 {
      if let trace = row.traces.first(where: traces.contains) { found = (trace, row) }
    }
    guard let found, let label = try label(of: found.trace) else { return nil }
    return (label, found.row.answer, found.row.depth)
  }
}

extension String {
  /// Whether the text contains a name as a whole, not as a part of a longer one.
  fileprivate func mentions(_ name: String) -> Bool {
    func isPart(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "!" } ?? false
    }
    guard !name.isEmpty else { return false }
    let isWord = isPart(name.first)
    var rest = self[...]
    while let range = rest.firstRange(of: name) {
      let before = range.lowerBound > startIndex ? self[index(before: range.lowerBound)] : nil
      let after = range.upperBound < endIndex ? self[range.upperBound] : nil
      if !isWord || !(isPart(before) || isPart(after)) { return true }
      rest = self[range.upperBound...]
    }
    return false
  }
}
