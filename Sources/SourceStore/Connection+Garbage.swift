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
    let batch: [QuestionID] = try all(
      "SELECT id FROM question WHERE id > ? ORDER BY id LIMIT ?", start, Connection.questionBatch
    ) { $0.id(0) }
    var unasked: [QuestionID] = []
    for question in batch {
      let isAsked = try first(
        "SELECT 1 FROM answer a JOIN edge e ON e.answer = a.id WHERE a.question = ? LIMIT 1", question
      ) { _ in true }
      if isAsked == nil { unasked.append(question) } else { try deleteUnusedAnswers(to: question) }
    }
    try delete(unasked)
    return batch.last
  }

  /// Deletes questions with all that is recorded of them; no trace may rest on their answers.
  func delete(_ questions: [QuestionID]) throws(StoreError) {
    if questions.isEmpty { return }
    for question in questions { try delete(question) }
    try execute(
      "DELETE FROM source_question WHERE question IN (SELECT value FROM json_each(?))", questions.jsonText())
  }

  private func delete(_ question: QuestionID) throws(StoreError) {
    try execute(
      "DELETE FROM answer_range WHERE lineage IN (SELECT id FROM lineage) AND question = ?", question)
    try execute("DELETE FROM answer WHERE question = ?", question)
    try execute("DELETE FROM question WHERE id = ?", question)
  }

  private func deleteUnusedAnswers(to question: QuestionID) throws(StoreError) {
    let unused: [(AnswerID, Digest)] = try all(
      """
      SELECT a.id, a.digest FROM answer a
      WHERE a.question = ?1 AND NOT EXISTS (SELECT 1 FROM edge e WHERE e.answer = a.id)
        AND NOT EXISTS (SELECT 1 FROM answer_range r WHERE r.lineage IN (SELECT id FROM lineage)
          AND r.question = ?1 AND r.answer = a.id AND r.max_world = ?2)
      """, question, WorldAge.open
    ) { row throws(StoreError) in (row.id(0), try row.digest(1)) }
    if unused.isEmpty { return }
    let given = try sourcesGiven(asAnswersTo: question)
    for (answer, digest) in unused where !given.contains(digest) {
      try execute(
        "DELETE FROM answer_range WHERE lineage IN (SELECT id FROM lineage) AND question = ? AND answer = ?", question,
        answer)
      try execute("DELETE FROM answer WHERE id = ?", answer)
    }
  }

  /// The answers that code instances give to a question about their key's source: those stay recorded as long as they do.
  private func sourcesGiven(asAnswersTo question: QuestionID) throws(StoreError) -> Set<Digest> {
    let encoded = try first("SELECT encoded FROM question WHERE id = ? AND kind = 'source'", question) { $0.bytes(0) }
    guard let encoded, case .source(let key, _) = try self.question(question, encoded: encoded),
      let row = try keyRow(key)
    else { return [] }
    return Set(try codeInstances(of: row).map(\.answer.digest))
  }

  /// Deletes sources, methods, owners, generators and processes that nothing refers to.
  func deleteUnreferencedRows() throws(StoreError) {
    try execute(
      """
      DELETE FROM source WHERE id NOT IN (SELECT source FROM trace WHERE source IS NOT NULL)
        AND id NOT IN (SELECT source FROM code_instance WHERE source IS NOT NULL)
      """)
    try execute(
      """
      DELETE FROM quarantine WHERE method NOT IN (SELECT method FROM trace)
        AND method NOT IN (SELECT method FROM code_instance)
      """)
    try execute(
      """
      DELETE FROM method WHERE id NOT IN (SELECT method FROM trace) AND id NOT IN (SELECT method FROM code_instance)
        AND id NOT IN (SELECT method FROM source_question)
      """)
    try execute(
      """
      DELETE FROM owner WHERE id NOT IN (SELECT owner FROM trace) AND id NOT IN (SELECT owner FROM code_instance)
        AND id NOT IN (SELECT owner FROM source_question) AND id NOT IN (SELECT owner FROM quarantine)
      """)
    try execute("DELETE FROM generator WHERE id NOT IN (SELECT generator FROM method)")
    try execute(
      "DELETE FROM process WHERE id NOT IN (SELECT process FROM trace) AND id NOT IN (SELECT process FROM world)")
  }
}

extension Collection {
  /// Ids as a parameter for `json_each`.
  func jsonText<Row>() -> String where Element == RowID<Row> {
    "[\(lazy.map { String($0.number) }.joined(separator: ","))]"
  }
}
