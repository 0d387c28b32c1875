import CacheIdentity
import SourceCodec

// The rules of code instances, and of the answers that they rest on and give.
extension Verification {
  mutating func checkCodeInstances() throws(StoreError) {
    var previous: (key: KeyRow, lineage: LineageID, range: WorldRange)?
    try each(
      .codeInstances,
      """
      SELECT c.method, c.instance, c.owner, c.lineage, c.min_world, c.max_world, c.trace, c.source, s.digest, c.seal,
        t.method, t.instance, t.owner, t.source, q.found_at, t.instance_rest
      FROM code_instance c LEFT JOIN source s ON s.id = c.source LEFT JOIN trace t ON t.id = c.trace
      LEFT JOIN quarantine q ON q.method = c.method AND q.instance = c.instance AND q.owner = c.owner
      ORDER BY c.method, c.instance, c.owner, c.lineage, c.min_world
      """
    ) { found, row throws(StoreError) in
      // Without its trace, nobody knows the second half.
      let key = KeyRow(method: row.id(0), instance: Digest(halves: row.int(1), row.int(15)), owner: row.id(2))
      let (lineage, range, trace): (LineageID, _, TraceID) = (row.id(3), try row.range(4, 5), row.id(6))
      let place = key.place(in: lineage, from: range.min)
      let seal = Seal.of(
        key, lineage: lineage, range: range, trace: trace, source: try row.isNull(8) ? nil : row.digest(8))
      if seal != row.int(9) { found.report(.brokenSeal(range), in: "code_instance", place) }
      if let previous, previous.key.sharesColumns(with: key), previous.lineage == lineage,
        previous.range.overlaps(range)
      {
        found.report(.instancesOverlap(previous.range, range), in: "code_instance", place)
      }
      found.checkBounds(of: range, lineage, in: "code_instance", place)
      previous = (key, lineage, range)
      if !row.isNull(14) { found.report(.quarantined, in: "code_instance", place) }
      // A trace without a row was reported as a reference.
      if row.isNull(10) { return }
      if key != KeyRow(method: row.id(10), instance: Digest(halves: row.int(11), row.int(15)), owner: row.id(12)) {
        found.report(.traceOfOtherKey(trace: trace), in: "code_instance", place)
      }
      let sources: (SourceID?, SourceID?) = (row.optionalID(7), row.optionalID(13))
      if sources.0 != sources.1 {
        found.report(.otherSource(stored: sources.0?.number, trace: sources.1?.number), in: "code_instance", place)
      }
    }
  }

  /// The fast question, whether one recorded range covers the row, is SQLite's; the rest is asked for each row that it leaves.
  mutating func checkValidity() throws(StoreError) {
    try each(
      .validity,
      """
      SELECT c.method, c.instance, t.instance_rest, c.owner, c.lineage, c.min_world, c.max_world, b.answer, a.question,
        t.id
      FROM backedge b JOIN trace t ON t.id = b.trace JOIN answer a ON a.id = b.answer
      JOIN code_instance c ON c.method = t.method AND c.instance = t.instance AND c.owner = t.owner AND c.trace = t.id
      WHERE NOT EXISTS (
        SELECT 1 FROM further_range r WHERE r.lineage = c.lineage AND r.question = a.question
          AND r.min_world <= c.min_world AND ifnull(r.last_world, 9223372036854775807) >= c.max_world
          AND r.answer = b.answer)
      AND NOT (a.lineage IS c.lineage AND a.min_world <= c.min_world
        AND ifnull(a.last_world, 9223372036854775807) >= c.max_world)
      """
    ) { found, row throws(StoreError) in
      let (lineage, range): (LineageID, _) = (row.id(4), try row.range(5, 6))
      let (answer, question): (AnswerID, QuestionID) = (row.id(7), row.id(8))
      let recorded = try found.gap(in: range, of: answer, to: question, lineage)
      guard case .some(let recorded) = recorded else { return }
      let position = try found.connection.traceIfPresent(row.id(9))?.answers.firstIndex(of: answer)
      let key = KeyRow(method: row.id(0), instance: Digest(halves: row.int(1), row.int(2)), owner: row.id(3))
      found.report(
        .answerNotHeld(
          position: position ?? 0, answer: answer.number, instance: range, recorded: recorded),
        in: "code_instance", key.place(in: lineage, from: range.min))
    }
  }

  /// `nil` if an answer is recorded in all kept worlds of a range, else where it is recorded around the first of them.
  private func gap(
    in range: WorldRange, of answer: AnswerID, to question: QuestionID, _ lineage: LineageID
  ) throws(StoreError) -> WorldRange?? {
    let oldest = bounds[lineage]?.min ?? .first
    guard let kept = range.intersection(.from(oldest)) else { return nil }
    let same = try connection.answerRanges(of: question, in: lineage).filter { $0.answer == answer }.map(\.range)
    let recorded = WorldRange.widest(around: kept.min, in: same)
    if let recorded, recorded.max >= kept.max { return nil }
    return .some(recorded)
  }

  mutating func checkSourceAnswers() throws(StoreError) {
    try each(
      .sourceAnswers,
      """
      SELECT s.question, s.method, s.instance, s.instance_rest, s.owner, q.kind
      FROM source_question s LEFT JOIN question q ON q.id = s.question
      """
    ) { found, row throws(StoreError) in
      let (question, key): (QuestionID, _) = (
        row.id(0),
        KeyRow(method: row.id(1), instance: Digest(halves: row.int(2), row.int(3)), owner: row.id(4))
      )
      guard row.text(5) == Question.Kind.source.rawValue, try found.connection.sourceQuestion(of: key) == question
      else { return found.report(.misplacedQuestion(question: question.number), in: "source_question", key.place) }
      let instances = try found.connection.codeInstances(of: key)
      for instance in instances { try found.checkSourceAnswer(of: instance, to: question) }
      try found.checkOpenAnswers(to: question, givenBy: instances)
    }
    try each(
      .sourceAnswers,
      """
      SELECT q.id FROM question q WHERE q.kind = 'source'
        AND NOT EXISTS (SELECT 1 FROM source_question s WHERE s.question = q.id)
      """
    ) { found, row in
      found.report(.unlinkedQuestion, in: "answer", "id \(row.int(0))")
    }
  }

  private mutating func checkSourceAnswer(
    of instance: CodeInstanceRow, to question: QuestionID
  ) throws(StoreError) {
    let answer = try connection.answerID(instance.answer.digest, to: question)
    let recorded: WorldRange??
    if let answer {
      recorded = try gap(in: instance.range, of: answer, to: question, instance.lineage)
    } else {
      recorded = .some(nil)
    }
    guard case .some(let recorded) = recorded else { return }
    report(
      .sourceUnrecorded(question: question.number, instance: instance.range, recorded: recorded), in: "code_instance",
      instance.key.place(in: instance.lineage, from: instance.range.min))
  }

  /// A source that is recorded at the head without a code instance would never be seen to end.
  private mutating func checkOpenAnswers(
    to question: QuestionID, givenBy instances: [CodeInstanceRow]
  ) throws(StoreError) {
    for lineage in bounds.keys.sorted() {
      let recorded = try connection.answerRanges(of: question, in: lineage)
      guard let (range, answer) = recorded.last(where: \.range.isOpen).map({ ($0.range, $0.answer) }) else { continue }
      let digest = try connection.first("SELECT digest FROM answered WHERE answer = ?", answer) {
        row throws(StoreError) in try row.digest(0)
      }
      let isGiven = instances.contains {
        $0.lineage == lineage && $0.range.isOpen && $0.answer.digest == digest
      }
      if isGiven { continue }
      report(
        .sourceNotGiven(range: range), in: "answer_range",
        "lineage \(lineage.number), question \(question.number), min_world \(range.min)")
    }
  }
}

extension KeyRow {
  /// Whether the rows of both are those of one key, as the primary key has it.
  fileprivate func sharesColumns(with other: KeyRow) -> Bool {
    method == other.method && firstHalf == other.firstHalf && owner == other.owner
  }

  /// The key's columns, for people.
  fileprivate var place: String {
    "method \(method.number), instance \(instance.abbreviated), owner \(owner.number)"
  }

  /// The columns of a row of `code_instance`.
  fileprivate func place(in lineage: LineageID, from world: WorldAge) -> String {
    "\(place), lineage \(lineage.number), min_world \(world)"
  }
}
