import CacheIdentity

// Rows that nothing refers to. Each of these is one write transaction's work and leaves the store whole.
extension Connection {
  /// The number of questions that ``deleteUnaskedQuestions(after:)`` looks at in one transaction.
  static let questionBatch = 5_000

  /// Deletes questions that no trace rests on, with all of their answers, and answers that no trace rests on unless they
  /// hold at a head. Returns the last question looked at; `nil` after the last one.
  ///
  /// Nothing rests on what goes, so what is no longer recorded is just unknown again (W3).
  func deleteUnaskedQuestions(after start: QuestionID) throws(StoreError) -> QuestionID? {
    defer { interned = Interned() }
    let batch: [QuestionID] = try all(
      "SELECT id FROM answer WHERE id > ? AND first_answer IS NULL ORDER BY id LIMIT ?", start,
      Connection.questionBatch
    ) { $0.id(0) }
    var unasked: [QuestionID] = []
    for question in batch {
      let isAsked = try first(
        """
        SELECT 1 FROM answer a WHERE (id = ?1 OR first_answer = ?1)
          AND (trace IS NOT NULL OR EXISTS (SELECT 1 FROM further_backedge b WHERE b.answer = a.id)) LIMIT 1
        """, question
      ) { _ in true }
      if isAsked == nil { unasked.append(question) } else { try deleteUnusedAnswers(to: question) }
    }
    try delete(unasked)
    return batch.last
  }

  /// Deletes questions with all that is recorded of them, unless the id of an answer to another question says that one of theirs was there
  /// first (``DigestIDs``). No trace may rest on their answers.
  func delete(_ questions: [QuestionID]) throws(StoreError) {
    if questions.isEmpty { return }
    defer { interned = Interned() }
    for question in questions {
      let isNeeded = try first(
        """
        SELECT 1 FROM answer a JOIN answer n ON n.id BETWEEN a.id << 8 AND (a.id << 8) + 255
        WHERE (a.id = ?1 OR a.first_answer = ?1) AND n.question <> ?1 LIMIT 1
        """, question
      ) { _ in true }
      if isNeeded != nil { continue }
      try deleteRanges(of: question)
      try execute("DELETE FROM answer WHERE first_answer = ?", question)
      try execute("DELETE FROM answer WHERE id = ?", question)
      try execute("DELETE FROM source_question WHERE question = ?", question)
    }
  }

  /// The answers that a question has had, the first one first.
  func answers(to question: QuestionID) throws(StoreError) -> [AnswerID] {
    try all("SELECT ?1 UNION ALL SELECT id FROM answer WHERE first_answer = ?1", question) { $0.id(0) }
  }

  /// The first answer stays in any case: its row says what was asked.
  private func deleteUnusedAnswers(to question: QuestionID) throws(StoreError) {
    var unused: [AnswerID] = []
    for answer in try answers(to: question) {
      let isUsed = try first(
        """
        SELECT 1 FROM answer WHERE id = ?1 AND (trace IS NOT NULL OR (lineage IS NOT NULL AND last_world IS NULL))
        UNION ALL SELECT 1 FROM further_backedge WHERE answer = ?1
        UNION ALL SELECT 1 FROM further_range r WHERE r.lineage IN (SELECT id FROM lineage)
          AND r.question = ?2 AND r.answer = ?1 AND r.last_world IS NULL LIMIT 1
        """, answer, question
      ) { _ in true }
      if isUsed == nil { unused.append(answer) }
    }
    if unused.isEmpty { return }
    let given = try sourcesGiven(asAnswersTo: question)
    for answer in unused {
      let digest = try first("SELECT digest FROM answered WHERE answer = ?", answer) { row throws(StoreError) in
        try row.digest(0)
      }
      if let digest, given.contains(digest) { continue }
      try execute("UPDATE answer SET lineage = NULL, min_world = NULL, last_world = NULL WHERE id = ?", answer)
      try execute(
        "DELETE FROM further_range WHERE lineage IN (SELECT id FROM lineage) AND question = ? AND answer = ?", question,
        answer)
      try execute(
        """
        DELETE FROM answer WHERE id = ?1 AND first_answer IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM answer WHERE id BETWEEN ?1 << 8 AND (?1 << 8) + 255)
        """, answer)
    }
  }

  /// The answers that code instances give to a question about their key's source: those stay recorded as long as they do.
  private func sourcesGiven(asAnswersTo question: QuestionID) throws(StoreError) -> Set<Digest> {
    let key = try first(
      "SELECT method, instance, instance_rest, owner FROM source_question WHERE question = ?", question
    ) { row in KeyRow(method: row.id(0), instance: Digest(halves: row.int(1), row.int(2)), owner: row.id(3)) }
    guard let key else { return [] }
    return Set(try codeInstances(of: key).map(\.answer.digest))
  }

  /// Deletes sources, methods, owners, generators, processes and texts that nothing refers to, unless the id of another row says that this one
  /// was there first (``DigestIDs``).
  func deleteUnreferencedRows() throws(StoreError) {
    defer { interned = Interned() }
    try execute(
      """
      DELETE FROM source WHERE id NOT IN (SELECT source FROM trace WHERE source IS NOT NULL)
        AND id NOT IN (SELECT source FROM code_instance WHERE source IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM source n WHERE n.id BETWEEN source.id << 8 AND (source.id << 8) + 255)
      """)
    try execute(
      """
      DELETE FROM quarantine WHERE method NOT IN (SELECT method FROM trace)
        AND method NOT IN (SELECT method FROM code_instance)
      """)
    try execute(
      """
      DELETE FROM stored_method AS m WHERE id NOT IN (SELECT method FROM trace)
        AND id NOT IN (SELECT method FROM code_instance) AND id NOT IN (SELECT method FROM source_question)
        AND NOT EXISTS (SELECT 1 FROM stored_method n WHERE n.id BETWEEN m.id << 8 AND (m.id << 8) + 255)
      """)
    try execute(
      """
      DELETE FROM owner WHERE id NOT IN (SELECT owner FROM trace) AND id NOT IN (SELECT owner FROM code_instance)
        AND id NOT IN (SELECT owner FROM source_question) AND id NOT IN (SELECT owner FROM quarantine)
      """)
    try execute("DELETE FROM generator WHERE id NOT IN (SELECT generator FROM stored_method)")
    try execute(
      "DELETE FROM process WHERE id NOT IN (SELECT process FROM trace) AND id NOT IN (SELECT process FROM world)")
    try execute(
      """
      DELETE FROM given AS g WHERE id NOT IN (SELECT given FROM answer)
        AND NOT EXISTS (SELECT 1 FROM given n WHERE n.id BETWEEN g.id << 8 AND (g.id << 8) + 255)
      """)
    try execute("DELETE FROM place WHERE id NOT IN (SELECT place FROM stored_method)")
    try deleteUnusedTexts()
  }

  /// Deletes texts that nothing refers to.
  func deleteUnusedTexts() throws(StoreError) {
    try execute(
      """
      DELETE FROM packed_text AS x WHERE id >= 16384 AND id NOT IN (
        SELECT name FROM given UNION SELECT arguments FROM given WHERE arguments IS NOT NULL
        UNION SELECT location FROM given WHERE location IS NOT NULL UNION SELECT name FROM answer WHERE name IS NOT NULL
        UNION SELECT arguments FROM answer WHERE arguments IS NOT NULL
        UNION SELECT name FROM trace WHERE name IS NOT NULL
        UNION SELECT arguments FROM trace WHERE arguments IS NOT NULL UNION SELECT function FROM stored_method
        UNION SELECT arguments FROM stored_method UNION SELECT location FROM stored_method)
      AND NOT EXISTS (SELECT 1 FROM packed_text n WHERE n.id BETWEEN x.id << 8 AND (x.id << 8) + 255)
      """)
  }
}

extension Collection {
  /// Ids as a parameter for `json_each`.
  func jsonText<Row>() -> String where Element == RowID<Row> {
    "[\(lazy.map { String($0.number) }.joined(separator: ","))]"
  }
}
