import CacheIdentity
import SourceCodec

/// The steps of a verification, in their order.
public enum VerificationStep: String, Hashable, Sendable, CaseIterable {
  /// SQLite's own check of pages, indices and constraints.
  case file
  /// Every id that a row names exists.
  case references
  /// W1
  case worlds
  /// Questions decode, and their columns are what their bytes say.
  case questions
  /// W2 and W5 of answers.
  case answers
  /// W9
  case sources
  /// Edges have no gaps.
  case edges
  /// W4, W5, W6, W12
  case codeInstances = "code instances"
  /// W3
  case validity
  /// W3 of what was built from generated sources.
  case sourceAnswers = "source answers"
}

extension SourceStore {
  /// Checks every rule on every row, in one read transaction; an empty result is a whole store.
  ///
  /// Reads everything once, in bounded memory: about 10 us a row. A table that cannot be read is a violation, not an
  /// error; what throws is not even to be opened. `progress` must not use the store.
  ///
  /// - Parameters:
  ///   - limit: The number of violations after which the search ends.
  ///   - progress: Told the step and how many rows it has read so far, at its beginning and every 4,096 rows.
  public func verify(
    limit: Int = 1000, progress: @escaping (VerificationStep, Int) -> Void = { _, _ in }
  ) throws(StoreError) -> [Violation] {
    try read { connection throws(StoreError) in
      var verification = Verification(connection: connection, limit: limit, progress: progress)
      verification.run()
      return verification.violations
    }
  }
}

/// One verification on its way through the tables.
private struct Verification {
  let connection: Connection
  let limit: Int
  let progress: (VerificationStep, Int) -> Void
  var violations: [Violation] = []
  /// Head and oldest world of each lineage.
  private var bounds: [LineageID: WorldRange] = [:]

  init(connection: Connection, limit: Int, progress: @escaping (VerificationStep, Int) -> Void) {
    self.connection = connection
    self.limit = limit
    self.progress = progress
  }

  mutating func run() {
    for step in VerificationStep.allCases where violations.count < limit {
      progress(step, 0)
      do throws(StoreError) {
        switch step {
        case .file: try checkFile()
        case .references: try checkReferences()
        case .worlds: try checkWorlds()
        case .questions: try checkQuestions()
        case .answers: try checkAnswers()
        case .sources: try checkSources()
        case .edges: try checkEdges()
        case .codeInstances: try checkCodeInstances()
        case .validity: try checkValidity()
        case .sourceAnswers: try checkSourceAnswers()
        }
      } catch {
        report(.unreadable(detail: error.detail), in: step.rawValue)
      }
    }
  }

  private mutating func report(_ problem: Violation.Problem, in table: String, _ row: String = "") {
    violations.append(Violation(problem: problem, table: table, row: row))
  }

  /// Streams a query's rows, until there are none or enough was found. The statement is not kept, so `body` may run others.
  private mutating func each(
    _ step: VerificationStep, _ sql: String, _ body: (inout Verification, Statement) throws(StoreError) -> Void
  ) throws(StoreError) {
    let statement = try connection.compile(sql)
    defer { statement.reset() }
    var rows = 0
    while violations.count < limit, try statement.step() {
      try body(&self, statement)
      rows += 1
      if rows.isMultiple(of: 4096) { progress(step, rows) }
    }
  }

  private mutating func checkFile() throws(StoreError) {
    try each(.file, "PRAGMA integrity_check(\(max(1, limit)))") { found, row in
      if row.text(0) != "ok" { found.report(.fileDamaged(message: row.text(0)), in: "file") }
    }
  }

  private mutating func checkReferences() throws(StoreError) {
    try each(.references, "PRAGMA foreign_key_check") { found, row in
      let rowID = row.isNull(1) ? "" : "rowid \(row.int(1))"
      found.report(.dangling(table: row.text(2)), in: row.text(0), rowID)
    }
  }

  private mutating func checkWorlds() throws(StoreError) {
    try each(
      .worlds,
      """
      SELECT l.id, l.oldest, l.head, l.state, h.state,
        (SELECT count(*) FROM world w WHERE w.lineage = l.id AND w.world BETWEEN l.oldest AND l.head),
        (SELECT max(w.world) FROM world w WHERE w.lineage = l.id)
      FROM lineage l LEFT JOIN world h ON h.lineage = l.id AND h.world = l.head
      """
    ) { found, row throws(StoreError) in
      let lineage: LineageID = row.id(0)
      let (kept, state) = (try row.range(1, 2), try row.digest(3))
      found.bounds[lineage] = kept
      let place = "id \(lineage.number)"
      let atHead = try row.isNull(4) ? nil : row.digest(4)
      if state != atHead { found.report(.headState(lineage: state, world: atHead), in: "lineage", place) }
      // The digits of both bounds are in the file: their difference can be anything.
      let (expected, overflow) = kept.max.number.subtractingReportingOverflow(kept.min.number &- 1)
      if overflow || row.int(5) != expected {
        found.report(.worldsMissing(kept: kept, found: Int(row.int(5))), in: "lineage", place)
      }
      if row.world(6) > kept.max {
        found.report(
          .worldBeyondHead(head: kept.max), in: "world", "lineage \(lineage.number), world \(row.int(6))")
      }
    }
  }

  private mutating func checkQuestions() throws(StoreError) {
    try each(.questions, "SELECT id, digest, kind, subject, encoded FROM question") { found, row throws(StoreError) in
      let place = "id \(row.int(0))"
      let question: Question
      do throws(DecodingFailure) {
        question = try Question(encoded: row.bytes(4))
      } catch {
        return found.report(.undecodableQuestion(error), in: "question", place)
      }
      for (column, stored, expected) in [
        ("digest", try row.digest(1).description, question.digest.description),
        ("kind", row.text(2), question.kind.rawValue), ("subject", row.text(3), question.subject.description),
      ] where stored != expected {
        found.report(.misfiledQuestion(column: column, stored: stored, expected: expected), in: "question", place)
      }
    }
  }

  private mutating func checkAnswers() throws(StoreError) {
    var previous: (lineage: LineageID, question: Int64, range: WorldRange)?
    try each(
      .answers,
      """
      SELECT r.lineage, r.question, r.min_world, r.max_world, a.question
      FROM answer_range r LEFT JOIN answer a ON a.id = r.answer ORDER BY r.lineage, r.question, r.min_world
      """
    ) { found, row throws(StoreError) in
      let (lineage, question, range): (LineageID, _, _) = (row.id(0), row.int(1), try row.range(2, 3))
      let place = "lineage \(lineage.number), question \(question), min_world \(range.min)"
      if !row.isNull(4), row.int(4) != question {
        found.report(.answersOtherQuestion(id: row.int(4)), in: "answer_range", place)
      }
      if let previous, previous.lineage == lineage, previous.question == question, previous.range.overlaps(range) {
        found.report(.answersOverlap(previous.range, range), in: "answer_range", place)
      }
      found.checkBounds(of: range, lineage, in: "answer_range", place)
      previous = (lineage, question, range)
    }
  }

  private mutating func checkBounds(of range: WorldRange, _ lineage: LineageID, in table: String, _ place: String) {
    guard let head = bounds[lineage]?.max else { return }
    if range.min > head || (range.max > head && !range.isOpen) {
      report(.rangeBeyondHead(range, head: head), in: table, place)
    }
  }

  private mutating func checkSources() throws(StoreError) {
    try each(
      .sources,
      "SELECT s.id, s.digest, c.name, s.bytes FROM source s LEFT JOIN codec c ON c.id = s.codec WHERE s.bytes IS NOT NULL"
    ) { found, row throws(StoreError) in
      let digest = try row.digest(1)
      do throws(DecodingFailure) {
        _ = try EncodedSource(codec: row.text(2), payload: row.bytes(3), verifying: digest)
      } catch {
        found.report(.wrongContent(error), in: "source", "id \(row.int(0))")
      }
    }
  }

  private mutating func checkEdges() throws(StoreError) {
    var previous: (trace: Int64, position: Int64) = (-1, 0)
    try each(.edges, "SELECT trace, position FROM edge ORDER BY trace, position") { found, row in
      let (trace, position) = (row.int(0), row.int(1))
      let expected = previous.trace == trace ? previous.position &+ 1 : 0
      if position != expected {
        found.report(.edgeMissing(expected: Int(expected), found: Int(position)), in: "edge", "trace \(trace)")
      }
      previous = (trace, position)
    }
  }

  private mutating func checkCodeInstances() throws(StoreError) {
    var previous: (key: KeyRow, lineage: LineageID, range: WorldRange)?
    try each(
      .codeInstances,
      """
      SELECT c.method, c.instance, c.owner, c.lineage, c.min_world, c.max_world, c.trace, c.source, s.digest, c.seal,
        t.method, t.instance, t.owner, t.source, q.found_at
      FROM code_instance c LEFT JOIN source s ON s.id = c.source LEFT JOIN trace t ON t.id = c.trace
      LEFT JOIN quarantine q ON q.method = c.method AND q.instance = c.instance AND q.owner = c.owner
      ORDER BY c.method, c.instance, c.owner, c.lineage, c.min_world
      """
    ) { found, row throws(StoreError) in
      let key = KeyRow(method: row.id(0), instance: try row.digest(1), owner: row.id(2))
      let (lineage, range, trace): (LineageID, _, TraceID) = (row.id(3), try row.range(4, 5), row.id(6))
      let place = key.place(in: lineage, from: range.min)
      let seal = Seal.of(
        method: key.method, instance: key.instance, owner: key.owner, lineage: lineage, range: range, trace: trace,
        source: try row.isNull(8) ? nil : row.digest(8))
      if seal != row.int(9) { found.report(.brokenSeal(range), in: "code_instance", place) }
      if let previous, previous.key == key, previous.lineage == lineage, previous.range.overlaps(range) {
        found.report(.instancesOverlap(previous.range, range), in: "code_instance", place)
      }
      found.checkBounds(of: range, lineage, in: "code_instance", place)
      previous = (key, lineage, range)
      if !row.isNull(14) { found.report(.quarantined, in: "code_instance", place) }
      // A trace without a row was reported as a reference.
      if row.isNull(10) { return }
      if key != KeyRow(method: row.id(10), instance: try row.digest(11), owner: row.id(12)) {
        found.report(.traceOfOtherKey(trace: trace), in: "code_instance", place)
      }
      let sources: (SourceID?, SourceID?) = (row.optionalID(7), row.optionalID(13))
      if sources.0 != sources.1 {
        found.report(.otherSource(stored: sources.0?.number, trace: sources.1?.number), in: "code_instance", place)
      }
    }
  }

  /// The fast question, whether one recorded range covers the row, is SQLite's; the rest is asked for each row that it leaves.
  private mutating func checkValidity() throws(StoreError) {
    try each(
      .validity,
      """
      SELECT c.method, c.instance, c.owner, c.lineage, c.min_world, c.max_world, e.position, e.answer, a.question
      FROM code_instance c JOIN edge e ON e.trace = c.trace JOIN answer a ON a.id = e.answer
      WHERE NOT EXISTS (
        SELECT 1 FROM answer_range r WHERE r.lineage = c.lineage AND r.question = a.question
          AND r.min_world <= c.min_world AND r.max_world >= c.max_world AND r.answer = e.answer)
      """
    ) { found, row throws(StoreError) in
      let (lineage, range): (LineageID, _) = (row.id(3), try row.range(4, 5))
      let (answer, question): (AnswerID, QuestionID) = (row.id(7), row.id(8))
      let recorded = try found.gap(in: range, of: answer, to: question, lineage)
      guard case .some(let recorded) = recorded else { return }
      let key = KeyRow(method: row.id(0), instance: try row.digest(1), owner: row.id(2))
      found.report(
        .answerNotHeld(
          position: Int(row.int(6)), answer: answer.number, instance: range, recorded: recorded),
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

  private mutating func checkSourceAnswers() throws(StoreError) {
    try each(
      .sourceAnswers,
      """
      SELECT s.question, s.method, s.instance, s.owner, q.encoded
      FROM source_question s JOIN question q ON q.id = s.question
      """
    ) { found, row throws(StoreError) in
      let (question, key): (QuestionID, _) = (
        row.id(0), KeyRow(method: row.id(1), instance: try row.digest(2), owner: row.id(3))
      )
      guard case .source(let asked, _)? = try? Question(encoded: row.bytes(4)),
        try found.connection.keyRow(asked) == key
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
        AND EXISTS (SELECT 1 FROM answer a JOIN edge e ON e.answer = a.id WHERE a.question = q.id)
      """
    ) { found, row in
      found.report(.unlinkedQuestion, in: "question", "id \(row.int(0))")
    }
  }

  private mutating func checkSourceAnswer(
    of instance: CodeInstanceRow, to question: QuestionID
  ) throws(StoreError) {
    let answer: AnswerID? = try connection.first(
      "SELECT id FROM answer WHERE question = ? AND digest = ?", question, instance.answer.digest
    ) { $0.id(0) }
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
    let open = try connection.all(
      """
      SELECT r.lineage, r.min_world, r.max_world, a.digest FROM answer_range r JOIN answer a ON a.id = r.answer
      WHERE r.question = ? AND r.max_world = ?
      """, question, WorldAge.open
    ) { row throws(StoreError) -> (LineageID, WorldRange, Digest) in
      (row.id(0), try row.range(1, 2), try row.digest(3))
    }
    for (lineage, range, digest) in open {
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
  /// The key's columns, for people.
  fileprivate var place: String {
    "method \(method.number), instance \(instance.abbreviated), owner \(owner.number)"
  }

  /// The columns of a row of `code_instance`.
  fileprivate func place(in lineage: LineageID, from world: WorldAge) -> String {
    "\(place), lineage \(lineage.number), min_world \(world)"
  }
}
