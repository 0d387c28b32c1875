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
struct Verification {
  let connection: Connection
  let limit: Int
  let progress: (VerificationStep, Int) -> Void
  var violations: [Violation] = []
  /// Head and oldest world of each lineage.
  private(set) var bounds: [LineageID: WorldRange] = [:]

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

  mutating func report(_ problem: Violation.Problem, in table: String, _ row: String = "") {
    violations.append(Violation(problem: problem, table: table, row: row))
  }

  /// Streams a query's rows, until there are none or enough was found. The statement is not kept, so `body` may run others.
  mutating func each(
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

  mutating func checkBounds(of range: WorldRange, _ lineage: LineageID, in table: String, _ place: String) {
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
}
