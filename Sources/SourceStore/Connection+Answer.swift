import CacheIdentity

/// A row of `answer_range`.
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
    try all(
      """
      SELECT min_world, max_world, answer FROM answer_range WHERE lineage = ? AND question = ? ORDER BY min_world
      """, lineage, question
    ) { row throws(StoreError) in AnswerRangeRow(range: try row.range(0, 1), answer: row.id(2)) }
  }

  /// The answer that holds at the head: the one whose range is open.
  func openAnswer(of question: QuestionID, in lineage: LineageID) throws(StoreError) -> AnswerID? {
    let newest: (isOpen: Bool, AnswerID)? = try first(
      """
      SELECT max_world, answer FROM answer_range WHERE lineage = ? AND question = ? ORDER BY min_world DESC LIMIT 1
      """, lineage, question
    ) { ($0.world(0) == .open, $0.id(1)) }
    guard let newest, newest.isOpen else { return nil }
    return newest.1
  }

  func record(
    _ answer: AnswerID, to question: QuestionID, in lineage: LineageID, range: WorldRange
  ) throws(StoreError) {
    try execute(
      "INSERT INTO answer_range (lineage, question, min_world, last_world, answer) VALUES (?, ?, ?, ?, ?)", lineage,
      question, range.min, range.last, answer)
  }

  /// Moves the end of a recorded range.
  func extend(
    _ row: AnswerRangeRow, of question: QuestionID, in lineage: LineageID, to max: WorldAge
  ) throws(StoreError) {
    try execute(
      "UPDATE answer_range SET last_world = ? WHERE lineage = ? AND question = ? AND min_world = ?",
      max == .open ? nil : max, lineage, question, row.range.min)
  }

  /// Closes the open range of a question's answer, if there is one.
  func closeAnswer(of question: QuestionID, in lineage: LineageID, at world: WorldAge) throws(StoreError) {
    try execute(
      """
      UPDATE answer_range SET last_world = ?
      WHERE lineage = ? AND question = ? AND last_world IS NULL AND min_world <= ?
      """, world, lineage, question, world)
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
    guard let range = Connection.firstRange(at: world, head: head).clipped(around: world, avoiding: rows.map(\.range))
    else { return .unknown }
    try record(answer, to: question, in: lineage, range: range)
    // Neighbours of the same answer join.
    return RecordedAnswer(of: answer, at: world, in: rows + [AnswerRangeRow(range: range, answer: answer)])
  }

  /// Records the first answer that a question gets: it holds in its world, and from there on if that is the head (W3, W8).
  func recordFirst(
    _ answer: AnswerID, to question: QuestionID, in lineage: LineageID, at world: WorldAge, head: WorldAge
  ) throws(StoreError) -> WorldRange {
    let range = Connection.firstRange(at: world, head: head)
    try record(answer, to: question, in: lineage, range: range)
    return range
  }

  private static func firstRange(at world: WorldAge, head: WorldAge) -> WorldRange {
    world == head ? .from(world) : .only(world)
  }
}
