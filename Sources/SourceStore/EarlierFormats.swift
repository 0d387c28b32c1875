import CacheIdentity
import SourceCodec

/// What the conversions share: the ids of methods and sources, which follow from their digests since format 3, and those of answers, which
/// follow from the question since format 4.
///
/// Other ids stay what they are. Seals cover ids and are made anew; one that was broken stays so.
struct EarlierFormat {
  let connection: Connection
  private var methods: [Int64: MethodID] = [:]
  private var sources: [Int64: SourceID] = [:]
  private var answers: [AnswerID: AnswerID] = [:]

  init(_ connection: Connection) { self.connection = connection }

  func each(_ sql: String, _ body: (Statement) throws(StoreError) -> Void) throws(StoreError) {
    let statement = try connection.compile(sql)
    defer { statement.reset() }
    while try statement.step() {
      try body(statement)
      connection.interned.trim()
    }
  }

  mutating func convertMethods(from table: String) throws(StoreError) {
    let statement = try connection.compile(
      "SELECT module, table_name, function, arguments, location, id, generator, hash FROM \(table) ORDER BY id")
    while try statement.step() {
      methods[statement.int(5)] = try connection.add(
        method: try statement.digest(7), statement.method(0), by: statement.int(6))
    }
  }

  /// - Parameter dictionary: The column that names it, or NULL.
  mutating func convertSources(from table: String, dictionary: String) throws(StoreError) {
    let statement = try connection.compile(
      """
      SELECT s.digest, s.codec, \(dictionary), s.raw_size, 0, s.bytes, s.id, c.name
      FROM \(table) s LEFT JOIN codec c ON c.id = s.codec ORDER BY s.id
      """)
    while try statement.step() {
      sources[statement.int(6)] = try connection.convert(
        statement.isNull(5) ? nil : try statement.content(0), try statement.digest(0),
        codec: (statement.int(1), statement.text(7)), rawSize: statement.int(3))
    }
  }

  /// A key by its parts as they were; what named a method that was not there does so still.
  func key(_ method: Int64, _ instance: Digest, _ owner: Int64) -> KeyRow {
    KeyRow(method: methods[method] ?? MethodID(method), instance: instance, owner: OwnerID(owner))
  }

  /// Notes the new id of an answer.
  mutating func add(_ id: AnswerID, was: AnswerID) { answers[was] = id }

  /// The answer that had an id; what named one that was not there does so still.
  func answer(_ was: AnswerID) -> AnswerID { answers[was] ?? was }

  func question(_ was: QuestionID) -> QuestionID { QuestionID(answer(AnswerID(was.number)).number) }

  /// The ids that an answer may have now: of what was asked, or about a source, of the key whose four columns begin at `column`.
  func ids(
    _ was: AnswerID, _ asked: AskedRow?, to first: QuestionID?, _ digest: Digest, _ row: Statement, _ column: Int32
  )
    -> DigestIDs
  {
    if let first { return DigestIDs(question(first), digest) }
    if let asked, asked.topic.kind != Question.Kind.source.rawValue { return DigestIDs(asked) }
    // Without a key it is damaged.
    if row.isNull(column) { return DigestIDs(QuestionID(was.number), digest) }
    return DigestIDs(
      key(row.int(column), Digest(halves: row.int(column + 1), row.int(column + 2)), row.int(column + 3)))
  }

  func source(_ id: SourceID?) -> SourceID? { id.map { sources[$0.number] ?? $0 } }

  /// Copies code instances: method, owner, lineage, first and last world, trace, source, revived, seal and the source's digest, and
  /// whatever `instance` reads.
  func convertInstances(
    from query: String, instance: (Statement) throws(StoreError) -> Digest
  ) throws(StoreError) {
    try each(query) { row throws(StoreError) in
      let was = KeyRow(method: row.id(0), instance: try instance(row), owner: row.id(1))
      let key = key(row.int(0), was.instance, row.int(1))
      let last: WorldAge? = row.isNull(4) ? nil : row.world(4)
      let digest = try row.isNull(9) ? nil : row.digest(9)
      let range = WorldRange(row.world(3), last ?? .open)
      let seal = range.map {
        Seal.of(key, lineage: row.id(2), range: $0, trace: row.id(5), source: digest)
      }
      let isWhole =
        range.map {
          Seal.beforeFormatFour(was, lineage: row.id(2), range: $0, trace: row.id(5), source: digest) == row.int(8)
        } ?? false
      try connection.execute(
        """
        INSERT OR IGNORE INTO code_instance
          (method, instance, owner, lineage, min_world, last_world, trace, source, revived, seal)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, key.method, key.firstHalf, key.owner, row.int(2), row.int(3), last, row.int(5),
        source(row.optionalID(6)), row.bool(7), seal.map { $0 ^ (isWhole ? 0 : 1) } ?? 0)
    }
  }

  /// Copies the ranges of formats 1 to 3.
  func convertRanges() throws(StoreError) {
    try each("SELECT lineage, question, answer, min_world, last_world FROM format3_answer_range ORDER BY 1, 2, 4") {
      row throws(StoreError) in
      let last: WorldAge? = row.isNull(4) ? nil : row.world(4)
      guard answers[row.id(1)] != nil, let range = WorldRange(row.world(3), last ?? .open) else { return }
      try connection.record(answer(row.id(2)), to: question(row.id(1)), in: row.id(0), range: range)
    }
  }

  /// Copies the backedges of formats 2 and 3, and adds those that traces know of. An answer that lacked some lacks them still (W12).
  ///
  /// - Parameter table: That of the answers.
  func convertBackedges(of table: String) throws(StoreError) {
    var backedges = Backedges()
    var sums: [AnswerID: Int64] = [:]
    try each("SELECT answer, trace FROM format3_backedge") { row throws(StoreError) in
      sums[row.id(0), default: 0] += Seal.ofBackedge(row.id(0), row.id(1))
      backedges.add(row.id(1), restingOn: [answer(row.id(0))])
    }
    try each("SELECT id, method, instance, instance_rest, owner, source, bounded, seal, edges FROM trace") {
      row throws(StoreError) in
      let trace = TraceRow(row)
      if trace.isWhole { backedges.add(trace.id, restingOn: trace.answers) }
    }
    try backedges.write(to: connection)
    try each("SELECT id, traces FROM \(table)") { row throws(StoreError) in
      guard (sums[row.id(0)] ?? 0) & Seal.backedgeMask != row.int(1) else { return }
      try connection.execute("UPDATE answer SET traces = traces + 1 WHERE id = ?", answer(row.id(0)))
    }
  }

  /// Copies the log, which formats 1 to 3 have in one form.
  func convertLog() throws(StoreError) {
    let worlds: [WorldID] = try connection.all("SELECT DISTINCT lineage, world FROM format3_invalidation") { row in
      WorldID(lineage: row.id(0), world: row.world(1))
    }
    for world in worlds {
      let closings: [(trace: TraceID, answer: AnswerID, depth: Int)] = try connection.all(
        "SELECT trace, answer, depth FROM format3_invalidation WHERE lineage = ? AND world = ? ORDER BY position",
        world.lineage, world.world
      ) { ($0.id(0), answer($0.id(1)), Int($0.int(2))) }
      try connection.log(closings, in: world)
    }
  }

  /// Copies the lineages, which formats 1 to 3 have in one form.
  func convertLineages() throws(StoreError) {
    try connection.executeScript(
      """
      INSERT INTO lineage (id, name, head, state, oldest, evictions)
      SELECT id, name, head, state, oldest, evictions FROM format3_lineage;
      """)
  }

  /// Copies the quarantine: method, owner, when, both digests, and whatever `firstHalf` reads.
  func convertQuarantine(
    from query: String, firstHalf: (Statement) throws(StoreError) -> Int64
  ) throws(StoreError) {
    try each(query) { row throws(StoreError) in
      try connection.execute(
        "INSERT OR IGNORE INTO quarantine (method, instance, owner, found_at, stored, found) VALUES (?, ?, ?, ?, ?, ?)",
        methods[row.int(0)] ?? MethodID(row.int(0)), try firstHalf(row), row.int(1), row.int(2), try row.digest(3),
        try row.digest(4))
    }
  }
}
