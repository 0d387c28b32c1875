import CacheIdentity

/// A row of `trace`, without what only people read.
struct TraceRow {
  var id: TraceID
  var key: KeyRow
  var source: SourceID?
  var isBounded: Bool
  /// The answers that it rests on, in the order in which they were asked.
  var answers: [AnswerID]
  /// Whether the row is what its seal says. If not, it must neither be revived nor taken for equal to another one (W12).
  var isWhole: Bool
}

/// What `trace` keeps for people.
struct TraceLabels {
  var specialization: String
  var function: String
  var provenance: Provenance
}

extension Connection {
  /// The traces of a key that any lineage has a code instance for, newest first.
  func traces(of key: KeyRow) throws(StoreError) -> [TraceRow] {
    try all(
      """
      SELECT id, method, instance, instance_rest, owner, source, bounded, seal, edges FROM trace
      WHERE id IN (SELECT trace FROM code_instance WHERE method = ? AND instance = ? AND owner = ?) ORDER BY id DESC
      """, key.method, key.firstHalf, key.owner
    ) { row throws(StoreError) in TraceRow(row) }.filter { $0.key == key }
  }

  func trace(_ id: TraceID) throws(StoreError) -> TraceRow {
    guard let found = try traceIfPresent(id) else { throw damaged("trace \(id.number) has no row") }
    return found
  }

  func traceIfPresent(_ id: TraceID) throws(StoreError) -> TraceRow? {
    try first(
      "SELECT id, method, instance, instance_rest, owner, source, bounded, seal, edges FROM trace WHERE id = ?", id
    ) { TraceRow($0) }
  }

  /// The answers that a trace rests on, in the order in which they were asked.
  func answers(of id: TraceID) throws(StoreError) -> [AnswerID] {
    let trace = try trace(id)
    guard trace.isWhole else { throw damaged("the seal of trace \(id.number) is broken") }
    return trace.answers
  }

  /// The traces that rest on an answer.
  func traces(restingOn answer: AnswerID) throws(StoreError) -> [TraceRow] {
    var traces: [TraceRow] = []
    try eachTrace(restingOn: answer) { traces.append(TraceRow($0)) }
    return traces
  }

  /// Reads the traces that rest on an answer, oldest first: the nine columns of which a ``TraceRow`` is made, all but the id NULL if a
  /// trace has no row.
  func eachTrace(
    restingOn answer: AnswerID, _ read: (Statement) throws(StoreError) -> Void
  ) throws(StoreError) {
    let first = try statement(
      """
      SELECT a.trace, t.method, t.instance, t.instance_rest, t.owner, t.source, t.bounded, t.seal, t.edges
      FROM answer a LEFT JOIN trace t ON t.id = a.trace WHERE a.id = ? AND a.trace IS NOT NULL
      """)
    let others = try statement(
      """
      SELECT b.trace, t.method, t.instance, t.instance_rest, t.owner, t.source, t.bounded, t.seal, t.edges
      FROM further_backedge b LEFT JOIN trace t ON t.id = b.trace WHERE b.answer = ? ORDER BY b.trace
      """)
    for statement in [first, others] {
      try statement.bind(answer)
      defer { statement.reset() }
      while try statement.step() { try read(statement) }
    }
  }

  /// Adds a trace. Its backedges are added apart; see ``Backedges``.
  func add(
    _ key: KeyRow, source: SourceID?, isBounded: Bool, answers: [AnswerID], process: Int64, _ labels: TraceLabels
  ) throws(StoreError) -> TraceID {
    var next = interned.nextTrace
    if next == nil { next = try first("SELECT ifnull(max(id), 0) + 1 FROM trace") { $0.id(0) } }
    let id = next ?? TraceID(1)
    interned.nextTrace = TraceID(id.number + 1)
    let call = CallText(labels.specialization)
    let edges = IDList.encoded(answers)
    try execute(
      """
      INSERT INTO trace (id, method, instance, instance_rest, owner, source, bounded, name, arguments, process,
        generated_after, generation_ns, seal, edges)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, id, key.method, key.firstHalf, key.secondHalf, key.owner, source, isBounded,
      call.name == labels.function ? nil : try intern(text: call.name),
      try call.arguments.map { text throws(StoreError) in try intern(text: text) }, process,
      labels.provenance.generatedAt &- labels.provenance.process.startedAt, labels.provenance.generationNanoseconds,
      edges.withUnsafeBytes { Seal.of(trace: id, key, source: source, isBounded: isBounded, edges: $0) }, edges)
    return id
  }
}

extension Statement {
  /// The key of a trace, from the nine columns of which a ``TraceRow`` is made, without the edges; throws if its seal is broken.
  func keyOfWholeTrace() throws(StoreError) -> KeyRow {
    let key = KeyRow(method: id(1), instance: Digest(halves: int(2), int(3)), owner: id(4))
    let seal = withBytes(8) {
      Seal.of(trace: id(0), key, source: optionalID(5), isBounded: bool(6), edges: $0)
    }
    guard seal == int(7) else { throw damaged("the seal of trace \(int(0)) is broken") }
    return key
  }
}

extension TraceRow {
  /// Reads id, method, both halves of the instance, owner, source, bounded, seal and edges, from nine columns.
  init(_ row: Statement) {
    let id: TraceID = row.id(0)
    let key = KeyRow(method: row.id(1), instance: Digest(halves: row.int(2), row.int(3)), owner: row.id(4))
    let source: SourceID? = row.optionalID(5)
    let isBounded = row.bool(6)
    let seal = row.withBytes(8) { Seal.of(trace: id, key, source: source, isBounded: isBounded, edges: $0) }
    (self.id, self.key, self.source, self.isBounded) = (id, key, source, isBounded)
    answers = row.withBytes(8) { IDList.ids($0) }
    isWhole = row.int(7) == seal
  }
}
