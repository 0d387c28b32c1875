import CacheIdentity

/// Takes the rows of format 3 into the tables of the newest format, inside the migration's transaction.
struct FormatThreeConversion {
  let connection: Connection

  func run() throws(StoreError) {
    try convertMethods()
    try convertGiven()
    try connection.executeScript(
      """
      INSERT INTO answer (id, first_answer, topic, name, arguments, given, traces, seal)
      SELECT id, first_answer, topic, name, arguments, given, traces, seal FROM format3_answer;
      """)
    try connection.deleteUnusedTexts()
    connection.interned = Interned()
    try EarlierFormat(connection).convertInstances(
      from: """
        SELECT c.method, c.owner, c.lineage, c.min_world, c.last_world, c.trace, c.source, c.revived, c.seal, s.digest,
          c.instance, t.instance_rest
        FROM format3_code_instance c LEFT JOIN source s ON s.id = c.source LEFT JOIN trace t ON t.id = c.trace
        """
    ) { Digest(halves: $0.int(10), $0.int(11)) }
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

  /// Lineages, ranges and backedges, which formats 1 to 3 have in one form, but for the ranges of format 1.
  func convertShared() throws(StoreError) {
    try connection.executeScript(
      """
      INSERT INTO lineage (id, name, head, state, oldest, evictions)
      SELECT id, name, head, state, oldest, evictions FROM format3_lineage;
      UPDATE answer SET (lineage, min_world, last_world) = (
        SELECT lineage, min_world, last_world FROM format3_answer_range
        WHERE lineage IN (SELECT id FROM lineage) AND question = answer.id AND answer = question ORDER BY lineage, min_world)
        WHERE first_answer IS NULL;
      INSERT INTO further_range (lineage, question, min_world, last_world, answer)
      SELECT r.lineage, r.question, r.min_world, r.last_world, r.answer
      FROM format3_answer_range r LEFT JOIN answer a ON a.id = r.question AND a.lineage = r.lineage
        AND a.min_world = r.min_world
      WHERE a.id IS NULL;
      UPDATE answer SET trace = (SELECT min(trace) FROM format3_backedge b WHERE b.answer = answer.id)
        WHERE EXISTS (SELECT 1 FROM format3_backedge b WHERE b.answer = answer.id);
      INSERT INTO further_backedge (answer, trace)
      SELECT b.answer, b.trace FROM format3_backedge b LEFT JOIN answer a ON a.id = b.answer AND a.trace = b.trace
      WHERE a.id IS NULL;
      """)
  }

  /// The log, which formats 1 to 3 have in one form.
  func convertLog() throws(StoreError) {
    let worlds: [WorldID] = try connection.all("SELECT DISTINCT lineage, world FROM format3_invalidation") { row in
      WorldID(lineage: row.id(0), world: row.world(1))
    }
    for world in worlds {
      let closings: [(trace: TraceID, answer: AnswerID, depth: Int)] = try connection.all(
        "SELECT trace, answer, depth FROM format3_invalidation WHERE lineage = ? AND world = ? ORDER BY position",
        world.lineage, world.world
      ) { ($0.id(0), $0.id(1), Int($0.int(2))) }
      try connection.log(closings, in: world)
    }
  }
}
