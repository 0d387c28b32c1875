import CacheIdentity
import SourceCodec

/// Takes the rows of format 1 into the tables of the newest format, inside the migration's transaction.
///
/// Later formats name questions by their first answer.
struct FormatOneConversion {
  let connection: Connection
  private var rows: EarlierFormat

  init(connection: Connection) {
    self.connection = connection
    rows = EarlierFormat(connection)
  }

  mutating func run() throws(StoreError) {
    // SQLite has no way to make a number of a digest's half, nor to write an edge list.
    try connection.executeScript(
      """
      INSERT INTO generator (id, name, fingerprint) SELECT id, name, fingerprint FROM format1_generator;
      INSERT INTO owner (id, digest, name) SELECT id, digest, name FROM format1_owner;
      INSERT INTO codec (id, name) SELECT id, name FROM format1_codec;
      """)
    try rows.convertMethods(from: "format1_method")
    try rows.convertSources(from: "format1_source", dictionary: "NULL")
    try convertQuestions()
    try rows.convertLineages()
    try rows.convertRanges()
    try convertTraces()
    try rows.convertInstances(
      from: """
        SELECT c.method, c.owner, c.lineage, c.min_world, nullif(c.max_world, 9223372036854775807), c.trace, c.source,
          c.revived, c.seal, s.digest, c.instance
        FROM format1_code_instance c LEFT JOIN format1_source s ON s.id = c.source
        """
    ) { row throws(StoreError) in try row.digest(10) }
    try rows.convertQuarantine(
      from: "SELECT method, owner, found_at, stored, found, instance FROM format1_quarantine"
    ) { row throws(StoreError) in Int64(bitPattern: try row.digest(5).high) }
    connection.interned = Interned()
  }

  private mutating func convertQuestions() throws(StoreError) {
    var present: (format1: Int64, question: QuestionID)?
    try EarlierFormat(connection).each(
      """
      SELECT a.question, a.id, a.digest, a.subject, q.encoded, s.method, s.instance, s.owner
      FROM format1_answer a JOIN format1_question q ON q.id = a.question
      LEFT JOIN format1_source_question s ON s.question = q.id
      WHERE q.kind <> 'source' OR s.question IS NOT NULL ORDER BY a.question, a.id
      """
    ) { row throws(StoreError) in
      let was: AnswerID = row.id(1)
      let answer = Answer(digest: try row.digest(2), subject: row.text(3))
      if let present, present.format1 == row.int(0) {
        return rows.add(try connection.add(answer, to: present.question), was: was)
      }
      let asked = try connection.asked(try question(row.bytes(4)))
      let key = try row.isNull(5) ? nil : rows.key(row.int(5), row.digest(6), row.int(7))
      let id = try connection.add(answer, asked, to: nil, as: key.map { DigestIDs($0) } ?? DigestIDs(asked))
      rows.add(id, was: was)
      present = (row.int(0), QuestionID(id.number))
      if let key { try connection.addSourceQuestion(QuestionID(id.number), about: key) }
    }
    // A range that names no answer names no question.
    try connection.executeScript(
      """
      INSERT INTO format3_answer_range (lineage, question, min_world, last_world, answer)
      SELECT r.lineage, q.first, r.min_world, nullif(r.max_world, 9223372036854775807), r.answer
      FROM format1_answer_range r JOIN format1_answer a ON a.id = r.answer
      JOIN (SELECT question, min(id) AS first FROM format1_answer GROUP BY question) q ON q.question = a.question;
      """)
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
    try rows.each(
      """
      SELECT t.id, t.method, t.instance, t.owner, t.source, t.bounded, t.specialization, t.generated_at, t.generation_ns,
        t.process, coalesce(m.function, ''), coalesce(p.started_at, 0)
      FROM format1_trace t LEFT JOIN method m ON m.id = t.method LEFT JOIN process p ON p.id = t.process ORDER BY t.id
      """
    ) { row throws(StoreError) in
      try edges.bind(row.int(0))
      defer { edges.reset() }
      var answers: [AnswerID] = []
      while try edges.step() { answers.append(rows.answer(edges.id(0))) }
      let key = rows.key(row.int(1), try row.digest(2), row.int(3))
      let process = ProcessIdentity(host: "", pid: 0, program: "", startedAt: row.int(11))
      connection.interned.nextTrace = row.id(0)
      let id = try connection.add(
        key, source: rows.source(row.optionalID(4)), isBounded: row.bool(5), answers: answers, process: row.int(9),
        TraceLabels(
          specialization: row.text(6), function: row.text(10),
          provenance: Provenance(process: process, generatedAt: row.int(7), generationNanoseconds: row.int(8))))
      backedges.add(id, restingOn: answers)
    }
    try backedges.write(to: connection)
    try rows.convertLog()
  }
}
