import CacheIdentity

/// Takes the rows of format 3 into the tables of the newest format, inside the migration's transaction.
struct FormatThreeConversion {
  let connection: Connection
  private var rows: EarlierFormat

  init(connection: Connection) {
    self.connection = connection
    rows = EarlierFormat(connection)
  }

  mutating func run() throws(StoreError) {
    try convertMethods()
    try convertGiven()
    try convertAnswers()
    try connection.deleteUnusedTexts()
    try rows.convertLineages()
    try rows.convertRanges()
    try convertTraces()
    try rows.convertBackedges(of: "format3_answer")
    try rows.convertLog()
    try rows.each("SELECT question, method, instance, instance_rest, owner FROM format3_source_question") {
      row throws(StoreError) in
      try connection.addSourceQuestion(
        rows.question(row.id(0)), about: rows.key(row.int(1), Digest(halves: row.int(2), row.int(3)), row.int(4)))
    }
    try rows.convertInstances(
      from: """
        SELECT c.method, c.owner, c.lineage, c.min_world, c.last_world, c.trace, c.source, c.revived, c.seal, s.digest,
          c.instance, t.instance_rest
        FROM format3_code_instance c LEFT JOIN source s ON s.id = c.source LEFT JOIN trace t ON t.id = c.trace
        """
    ) { Digest(halves: $0.int(10), $0.int(11)) }
    connection.interned = Interned()
  }

  private mutating func convertAnswers() throws(StoreError) {
    try EarlierFormat(connection).each(
      """
      SELECT a.id, a.first_answer, g.digest, a.seal, t.kind, t.scope, a.name, a.arguments, a.topic, a.given, s.method,
        s.instance, s.instance_rest, s.owner
      FROM format3_answer a LEFT JOIN given g ON g.id = a.given LEFT JOIN topic t ON t.id = a.topic
      LEFT JOIN format3_source_question s ON s.question = a.id ORDER BY a.first_answer IS NOT NULL, a.id
      """
    ) { row throws(StoreError) in
      let (id, first): (AnswerID, QuestionID?) = (row.id(0), row.optionalID(1))
      // Damage that `verify` reports, of this row or another one.
      let digest = (try? row.digest(2)) ?? Digest(high: 0, low: 0)
      let asked =
        first != nil
        ? nil
        : AskedRow(
          topic: Topic(kind: row.text(4), scope: row.text(5)), name: row.id(6), arguments: row.optionalID(7))
      let isWhole = Seal.of(answer: id, asked, first: first, digest: digest) == row.int(3)
      let added = try connection.add(
        given: row.int(9), digest, asked, topic: row.isNull(8) ? nil : row.int(8), to: first.map(rows.question),
        as: rows.ids(id, asked, to: first, digest, row, 10))
      if !isWhole { try connection.execute("UPDATE answer SET seal = seal + 1 WHERE id = ?", added) }
      rows.add(added, was: id)
    }
  }

  /// Gives traces the new ids of their answers.
  private func convertTraces() throws(StoreError) {
    var last = TraceID(0)
    while true {
      let batch: [TraceRow] = try connection.all(
        """
        SELECT id, method, instance, instance_rest, owner, source, bounded, seal, edges FROM trace WHERE id > ?
        ORDER BY id LIMIT 1000
        """, last
      ) { TraceRow($0) }
      for trace in batch {
        let edges = IDList.encoded(trace.answers.map(rows.answer))
        let seal = edges.withUnsafeBytes {
          Seal.of(trace: trace.id, trace.key, source: trace.source, isBounded: trace.isBounded, edges: $0)
        }
        try connection.execute(
          "UPDATE trace SET edges = ?, seal = ? WHERE id = ?", edges, seal + (trace.isWhole ? 0 : 1), trace.id)
      }
      guard let next = batch.last?.id else { return }
      last = next
    }
  }

  private func convertMethods() throws(StoreError) {
    try EarlierFormat(connection).each(
      "SELECT location, id, generator, place, function, arguments, hash FROM format3_stored_method"
    ) { row throws(StoreError) in
      let (file, line) = try split(location: row.id(0))
      try connection.execute(
        """
        INSERT INTO stored_method (id, generator, place, function, arguments, location, line, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """, row.int(1), row.int(2), row.int(3), row.int(4), row.int(5), file, line, try row.digest(6))
    }
  }

  private func convertGiven() throws(StoreError) {
    try EarlierFormat(connection).each("SELECT location, id, name, arguments, digest FROM format3_given") {
      row throws(StoreError) in
      let place = try row.optionalID(0).map { id throws(StoreError) in try split(location: id) }
      let arguments: TextID? = row.optionalID(3)
      try connection.execute(
        "INSERT INTO given (id, name, arguments, location, line, digest) VALUES (?, ?, ?, ?, ?, ?)", row.int(1),
        row.int(2), arguments, place?.file, place?.line, try row.digest(4))
    }
  }

  /// A location in two parts; one whose text is damaged stays as it is.
  private func split(location id: TextID) throws(StoreError) -> (file: TextID, line: Int64?) {
    guard let text = try? connection.content(of: id), Connection.isText(text, at: id) else { return (id, nil) }
    let location = LocationText(text)
    return (location.line == nil ? id : try connection.intern(text: location.file), location.line)
  }
}
