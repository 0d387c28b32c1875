import CacheIdentity
import SourceCodec

/// Takes the rows of format 2 into the tables of the newest format, inside the migration's transaction.
struct FormatTwoConversion {
  let connection: Connection
  private var rows: EarlierFormat

  init(connection: Connection) {
    self.connection = connection
    rows = EarlierFormat(connection)
  }

  mutating func run() throws(StoreError) {
    try rows.convertMethods(from: "format2_method")
    try rows.convertSources(from: "format2_source", dictionary: "s.dictionary")
    try convertAnswers()
    try rows.convertLineages()
    try rows.convertRanges()
    try convertTraces()
    try rows.convertBackedges(of: "format2_answer")
    try rows.convertLog()
    try rows.each("SELECT question, method, instance, instance_rest, owner FROM format2_source_question") {
      row throws(StoreError) in
      try connection.addSourceQuestion(
        rows.question(row.id(0)), about: rows.key(row.int(1), Digest(halves: row.int(2), row.int(3)), row.int(4)))
    }
    try rows.convertInstances(
      from: """
        SELECT c.method, c.owner, c.lineage, c.min_world, c.last_world, c.trace, c.source, c.revived, c.seal, s.digest,
          c.instance, t.instance_rest
        FROM format2_code_instance c LEFT JOIN format2_source s ON s.id = c.source
        LEFT JOIN format2_trace t ON t.id = c.trace
        """
    ) { Digest(halves: $0.int(10), $0.int(11)) }
    try rows.convertQuarantine(
      from: "SELECT method, owner, found_at, stored, found, instance FROM format2_quarantine"
    ) { $0.int(5) }
    connection.interned = Interned()
  }

  private mutating func convertAnswers() throws(StoreError) {
    try EarlierFormat(connection).each(
      """
      SELECT a.id, a.first_answer, a.digest, x.content, a.seal, a.traces, t.kind, t.scope, a.name, n.content, a.arguments,
        p.content, s.method, s.instance, s.instance_rest, s.owner
      FROM format2_answer a LEFT JOIN format2_text x ON x.id = a.subject LEFT JOIN topic t ON t.id = a.topic
      LEFT JOIN format2_text n ON n.id = a.name LEFT JOIN format2_text p ON p.id = a.arguments
      LEFT JOIN format2_source_question s ON s.question = a.id ORDER BY a.first_answer IS NOT NULL, a.id
      """
    ) { row throws(StoreError) in
      let (id, first): (AnswerID, QuestionID?) = (row.id(0), row.optionalID(1))
      let answer = Answer(digest: try row.digest(2), subject: row.text(3))
      var (was, asked): (AskedRow?, AskedRow?) = (nil, nil)
      if first == nil {
        let topic = Topic(kind: row.text(6), scope: row.text(7))
        was = AskedRow(topic: topic, name: row.id(8), arguments: row.optionalID(10))
        asked = AskedRow(
          topic: topic, name: try connection.intern(text: row.text(9)),
          arguments: row.isNull(10) ? nil : try connection.intern(text: row.text(11)))
      }
      let isWhole =
        Seal.of(answer: id, was, first: first, digest: answer.digest) == row.int(4)
        && (first != nil || FormatTwoConversion.isText(row.text(9), at: row.int(8)))
        && (row.isNull(10) || FormatTwoConversion.isText(row.text(11), at: row.int(10)))
      let added = try connection.add(
        answer, asked, to: first.map(rows.question), as: rows.ids(id, asked, to: first, answer.digest, row, 12))
      if !isWhole { try connection.execute("UPDATE answer SET seal = seal + 1 WHERE id = ?", added) }
      rows.add(added, was: id)
    }
  }

  private func convertTraces() throws(StoreError) {
    try rows.each(
      """
      SELECT t.id, t.method, t.instance, t.instance_rest, t.owner, t.source, t.bounded, t.seal, t.edges,
        ifnull(n.content, m.function) || ifnull(p.content, ''), m.function, t.process, t.generated_after, t.generation_ns
      FROM format2_trace t LEFT JOIN format2_method m ON m.id = t.method
      LEFT JOIN format2_text n ON n.id = t.name LEFT JOIN format2_text p ON p.id = t.arguments ORDER BY t.id
      """
    ) { row throws(StoreError) in
      let trace = TraceRow(row)
      connection.interned.nextTrace = trace.id
      let process = ProcessIdentity(host: "", pid: 0, program: "", startedAt: 0)
      _ = try connection.add(
        rows.key(trace.key.method.number, trace.key.instance, trace.key.owner.number),
        source: rows.source(trace.source), isBounded: trace.isBounded, answers: trace.answers.map(rows.answer),
        process: row.int(11),
        TraceLabels(
          specialization: row.text(9), function: row.text(10),
          provenance: Provenance(process: process, generatedAt: row.int(12), generationNanoseconds: row.int(13))))
      if !trace.isWhole { try connection.execute("UPDATE trace SET seal = seal + 1 WHERE id = ?", trace.id) }
    }
  }

  /// Whether a text is where format 2 has it: at the first 31 bits of its checksum, or one of the next 63 ids.
  private static func isText(_ text: String, at id: Int64) -> Bool {
    var sum = Checksum()
    sum.add(text)
    return (id &- sum.bits(31)) & 0x7fff_ffff < 64
  }
}
