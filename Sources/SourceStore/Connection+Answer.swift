import CacheIdentity

/// A recorded range of an answer: a row of the view `answer_range`.
struct AnswerRangeRow {
  var range: WorldRange
  var answer: AnswerID
}

/// What is recorded of a question around a world.
enum RecordedAnswer: Equatable {
  /// The answer holds, in the widest interval around the world that is recorded.
  case holds(WorldRange)
  /// Another answer holds.
  case differs(AnswerID)
  /// Nothing is recorded.
  case unknown

  /// What a question's recorded answers, oldest first, say of one of them around a world (W3).
  init(of answer: AnswerID, at world: WorldAge, in rows: [AnswerRangeRow]) {
    guard let there = rows.first(where: { $0.range.contains(world) }) else {
      self = .unknown
      return
    }
    guard there.answer == answer else {
      self = .differs(there.answer)
      return
    }
    // Most questions have had one answer.
    let same = rows.count == 1 ? [there.range] : rows.filter { $0.answer == answer }.map(\.range)
    self = .holds(same.count == 1 ? there.range : WorldRange.widest(around: world, in: same) ?? there.range)
  }
}

extension Connection {
  /// All recorded answers of a question in a lineage, oldest first.
  func answerRanges(of question: QuestionID, in lineage: LineageID) throws(StoreError) -> [AnswerRangeRow] {
    var ranges = try all(
      """
      SELECT min_world, ifnull(last_world, 9223372036854775807), answer FROM further_range
      WHERE lineage = ? AND question = ? ORDER BY min_world
      """, lineage, question
    ) { row throws(StoreError) in AnswerRangeRow(range: try row.range(0, 1), answer: row.id(2)) }
    let inRow = try first(
      "SELECT min_world, ifnull(last_world, 9223372036854775807) FROM answer WHERE id = ? AND lineage = ?", question,
      lineage
    ) { row throws(StoreError) in AnswerRangeRow(range: try row.range(0, 1), answer: AnswerID(question.number)) }
    if let inRow {
      ranges.insert(inRow, at: ranges.firstIndex { $0.range.min > inRow.range.min } ?? ranges.endIndex)
    }
    return ranges
  }

  /// The answer that holds at the head: the one whose range is open.
  func openAnswer(of question: QuestionID, in lineage: LineageID) throws(StoreError) -> AnswerID? {
    let isInRow = try first(
      "SELECT 1 FROM answer WHERE id = ? AND lineage = ? AND last_world IS NULL", question, lineage
    ) { _ in true }
    if isInRow != nil { return AnswerID(question.number) }
    let newest: (isOpen: Bool, AnswerID)? = try first(
      """
      SELECT last_world IS NULL, answer FROM further_range WHERE lineage = ? AND question = ?
      ORDER BY min_world DESC LIMIT 1
      """, lineage, question
    ) { ($0.bool(0), $0.id(1)) }
    guard let newest, newest.isOpen else { return nil }
    return newest.1
  }

  /// Whether an answer holds at the head.
  func isOpen(_ answer: AnswerID, in lineage: LineageID) throws(StoreError) -> Bool {
    try openAnswer(of: try question(of: answer), in: lineage) == answer
  }

  func record(
    _ answer: AnswerID, to question: QuestionID, in lineage: LineageID, range: WorldRange
  ) throws(StoreError) {
    if answer.number == question.number {
      try execute(
        "UPDATE answer SET lineage = ?, min_world = ?, last_world = ? WHERE id = ? AND lineage IS NULL", lineage,
        range.min, range.last, answer)
      if changes > 0 { return }
    }
    try execute(
      "INSERT INTO further_range (lineage, question, min_world, last_world, answer) VALUES (?, ?, ?, ?, ?)", lineage,
      question, range.min, range.last, answer)
  }

  /// Moves the end of a recorded range.
  func extend(
    _ row: AnswerRangeRow, of question: QuestionID, in lineage: LineageID, to max: WorldAge
  ) throws(StoreError) {
    let last = max == .open ? nil : max
    try execute(
      "UPDATE answer SET last_world = ? WHERE id = ? AND lineage = ? AND min_world = ?", last, question, lineage,
      row.range.min)
    if changes > 0 { return }
    try execute(
      "UPDATE further_range SET last_world = ? WHERE lineage = ? AND question = ? AND min_world = ?", last, lineage,
      question, row.range.min)
  }

  /// Closes the open range of a question's answer, if there is one.
  func closeAnswer(of question: QuestionID, in lineage: LineageID, at world: WorldAge) throws(StoreError) {
    try execute(
      "UPDATE answer SET last_world = ?1 WHERE id = ?2 AND lineage = ?3 AND last_world IS NULL AND min_world <= ?1",
      world, question, lineage)
    if changes > 0 { return }
    try execute(
      """
      UPDATE further_range SET last_world = ?
      WHERE lineage = ? AND question = ? AND last_world IS NULL AND min_world <= ?
      """, world, lineage, question, world)
  }

  /// Deletes all that is recorded of a question.
  func deleteRanges(of question: QuestionID) throws(StoreError) {
    try execute("UPDATE answer SET lineage = NULL, min_world = NULL, last_world = NULL WHERE id = ?", question)
    try execute("DELETE FROM further_range WHERE lineage IN (SELECT id FROM lineage) AND question = ?", question)
  }

  /// What is recorded of an answer around a world (W3).
  func recorded(
    _ answer: AnswerID, to question: QuestionID, in lineage: LineageID, at world: WorldAge
  ) throws(StoreError) -> RecordedAnswer {
    RecordedAnswer(of: answer, at: world, in: try answerRanges(of: question, in: lineage))
  }

  /// The same, and records an answer of which nothing is known around the world: it holds there, and from there on if
  /// that is the head (W3, W8).
  func recording(
    _ answer: AnswerID, to question: QuestionID, in lineage: LineageID, at world: WorldAge, head: WorldAge
  ) throws(StoreError) -> RecordedAnswer {
    let rows = try answerRanges(of: question, in: lineage)
    let known = RecordedAnswer(of: answer, at: world, in: rows)
    guard known == .unknown else { return known }
    guard let range = WorldRange.first(at: world, head: head).clipped(around: world, avoiding: rows.map(\.range))
    else { return .unknown }
    try record(answer, to: question, in: lineage, range: range)
    // Neighbours of the same answer join.
    return RecordedAnswer(of: answer, at: world, in: rows + [AnswerRangeRow(range: range, answer: answer)])
  }

}

extension WorldRange {
  /// What is recorded of the first answer that a question gets: it holds in its world, and from there on if that is the head (W3, W8).
  static func first(at world: WorldAge, head: WorldAge) -> WorldRange {
    world == head ? .from(world) : .only(world)
  }
}
