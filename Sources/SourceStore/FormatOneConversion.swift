import CacheIdentity
import SourceCodec

/// Takes the rows of format 1 into the tables of the newest format, inside the migration's transaction.
///
/// Ids stay what they are, except those of questions, which later formats name by their first answer; so usage and history need no change.
/// Seals cover ids and digests and stay too: what was damaged is as damaged as before.
struct FormatOneConversion {
  let connection: Connection

  func run() throws(StoreError) {
    // SQLite has no way to make a number of a digest's half, nor to write an edge list.
    try connection.executeScript(
      """
      INSERT INTO generator (id, name, fingerprint) SELECT id, name, fingerprint FROM format1_generator;
      INSERT INTO owner (id, digest, name) SELECT id, digest, name FROM format1_owner;
      INSERT INTO codec (id, name) SELECT id, name FROM format1_codec;
      INSERT INTO method (id, generator, hash, module, table_name, function, arguments, location)
        SELECT id, generator, hash, module, table_name, function, arguments, location FROM format1_method;
      """)
    try connection.convertSources(
      from: """
        SELECT s.digest, s.codec, NULL, s.raw_size, 0, s.bytes, s.id, c.name
        FROM format1_source s LEFT JOIN codec c ON c.id = s.codec ORDER BY s.id
        """)
    try convertQuestions()
    try connection.executeScript(
      """
      INSERT INTO answer_range (lineage, question, min_world, last_world, answer)
      SELECT r.lineage, a.question, r.min_world, nullif(r.max_world, 9223372036854775807), r.answer
      FROM format1_answer_range r JOIN answer a ON a.id = r.answer;
      """)
    try convertTraces()
    try convertInstances()
    connection.interned = Interned()
  }

  private func each(_ sql: String, _ body: (Statement) throws(StoreError) -> Void) throws(StoreError) {
    let statement = try connection.compile(sql)
    defer { statement.reset() }
    while try statement.step() { try body(statement) }
  }

  /// A question without an answer says nothing; nothing rests on one about a source to which no key led.
  private func convertQuestions() throws(StoreError) {
    var present: (format1: Int64, question: QuestionID)?
    try each(
      """
      SELECT a.question, a.id, a.digest, a.subject, q.encoded, s.method, s.instance, s.owner
      FROM format1_answer a JOIN format1_question q ON q.id = a.question
      LEFT JOIN format1_source_question s ON s.question = q.id
      WHERE q.kind <> 'source' OR s.question IS NOT NULL ORDER BY a.question, a.id
      """
    ) { row throws(StoreError) in
      let id = AnswerID(row.int(1))
      let answer = Answer(digest: try row.digest(2), subject: row.text(3))
      if let present, present.format1 == row.int(0) {
        return try connection.add(answer, as: id, to: present.question)
      }
      let question = try question(row.bytes(4))
      try connection.add(answer, as: id, first: question)
      present = (row.int(0), QuestionID(id.number))
      guard !row.isNull(5) else { return }
      let key = KeyRow(method: row.id(5), instance: try row.digest(6), owner: row.id(7))
      try connection.addSourceQuestion(QuestionID(id.number), about: key)
    }
  }

  private func question(_ encoded: [UInt8]) throws(StoreError) -> Question {
    do throws(DecodingFailure) {
      return try Question(encoded: encoded)
    } catch {
      throw StoreError(.undecodable(error), path: connection.path, detail: "a question of format 1")
    }
  }

  private func convertTraces() throws(StoreError) {
    var backedges = Backedges()
    let edges = try connection.compile("SELECT answer FROM format1_edge WHERE trace = ? ORDER BY position")
    try each(
      """
      SELECT t.id, t.method, t.instance, t.owner, t.source, t.bounded, t.specialization, t.generated_at, t.generation_ns,
        t.process, coalesce(m.function, ''), coalesce(p.started_at, 0)
      FROM format1_trace t LEFT JOIN method m ON m.id = t.method LEFT JOIN process p ON p.id = t.process ORDER BY t.id
      """
    ) { row throws(StoreError) in
      try edges.bind(row.int(0))
      defer { edges.reset() }
      var answers: [AnswerID] = []
      while try edges.step() { answers.append(edges.id(0)) }
      let key = KeyRow(method: row.id(1), instance: try row.digest(2), owner: row.id(3))
      let process = ProcessIdentity(host: "", pid: 0, program: "", startedAt: row.int(11))
      connection.interned.nextTrace = row.id(0)
      let id = try connection.add(
        key, source: row.optionalID(4), isBounded: row.bool(5), answers: answers, process: row.int(9),
        TraceLabels(
          specialization: row.text(6), function: row.text(10),
          provenance: Provenance(process: process, generatedAt: row.int(7), generationNanoseconds: row.int(8))))
      backedges.add(id, restingOn: answers)
      connection.interned.trim()
    }
    try backedges.write(to: connection)
  }

  private func convertInstances() throws(StoreError) {
    try each(
      """
      SELECT method, instance, owner, lineage, min_world, nullif(max_world, 9223372036854775807), trace, source, revived,
        seal
      FROM format1_code_instance ORDER BY method, instance, owner, lineage, min_world
      """
    ) { row throws(StoreError) in
      let last: WorldAge? = row.isNull(5) ? nil : row.world(5)
      let source: SourceID? = row.optionalID(7)
      try connection.execute(
        """
        INSERT OR IGNORE INTO code_instance
          (method, instance, owner, lineage, min_world, last_world, trace, source, revived, seal)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, row.int(0), Int64(bitPattern: try row.digest(1).high), row.int(2), row.int(3), row.int(4), last,
        row.int(6),
        source, row.bool(8), row.int(9))
    }
    try each("SELECT method, instance, owner, stored, found, found_at FROM format1_quarantine") {
      row throws(StoreError) in
      try connection.execute(
        "INSERT OR IGNORE INTO quarantine (method, instance, owner, stored, found, found_at) VALUES (?, ?, ?, ?, ?, ?)",
        row.int(0), Int64(bitPattern: try row.digest(1).high), row.int(2), try row.digest(3), try row.digest(4),
        row.int(5))
    }
  }
}
