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
  /// Texts and questions are what their checksums say.
  case questions
  /// W2 and W5 of answers.
  case answers
  /// W9
  case sources
  /// Traces are whole, and every edge leads both ways.
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
    try each(.questions, "SELECT id, content FROM text") { found, row in
      if !Connection.isText(row.text(1), at: row.id(0)) { found.report(.misplacedText, in: "text", "id \(row.int(0))") }
    }
    try each(.questions, "SELECT * FROM question") { found, row throws(StoreError) in
      do throws(StoreError) {
        _ = try found.connection.question(row)
      } catch {
        found.report(.unreadable(detail: error.detail), in: "answer", "id \(row.int(0))")
      }
    }
  }

  private mutating func checkAnswers() throws(StoreError) {
    try each(
      .answers,
      """
      SELECT a.id, a.first_answer, g.digest, a.seal, f.topic, f.first_answer IS NULL, a.topic
      FROM answer a JOIN answer f ON f.id = a.question JOIN given g ON g.id = a.given
      """
    ) { found, row throws(StoreError) in
      let place = "id \(row.int(0))"
      guard let first: QuestionID = row.optionalID(1) else {
        if row.isNull(6) { found.report(.brokenAnswer, in: "answer", place) }
        return
      }
      let isWhole = row.int(3) == Seal.of(answer: row.id(0), nil, first: first, digest: try row.digest(2))
      if !isWhole || row.isNull(4) || !row.bool(5) { found.report(.brokenAnswer, in: "answer", place) }
    }
    var previous: (lineage: LineageID, question: Int64, range: WorldRange)?
    try each(
      .answers,
      """
      SELECT r.lineage, r.question, r.min_world, r.max_world, a.question
      FROM answer_range r LEFT JOIN answer a ON a.id = r.answer ORDER BY 1, 2, 3
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
      """
      SELECT s.digest, s.codec, s.dictionary, s.raw_size, s.seal, s.bytes, c.name, s.id
      FROM source s LEFT JOIN codec c ON c.id = s.codec WHERE s.bytes IS NOT NULL
      """
    ) { found, row throws(StoreError) in
      let content = try row.content(0)
      do throws(StoreError) {
        _ = try found.connection.verifiedSource(content, codec: row.text(6))
        let seal = try found.connection.seal(of: content, codec: CodecName(row.text(6)))
        if seal != content.seal { found.report(.brokenSource, in: "source", "id \(row.int(7))") }
      } catch {
        let failure =
          if case .undecodable(let failure) = error.problem { failure } else {
            DecodingFailure(.notDecompressible(Int(clamping: content.rawSize)), at: 0)
          }
        found.report(.wrongContent(failure), in: "source", "id \(row.int(7))")
      }
    }
  }

  /// Both ways agree: what a trace's row says, and what leads to it.
  private mutating func checkEdges() throws(StoreError) {
    try each(
      .edges, "SELECT id, method, instance, instance_rest, owner, source, bounded, seal, edges FROM trace"
    ) { found, row throws(StoreError) in
      let trace = TraceRow(row)
      let place = "id \(trace.id.number)"
      if !trace.isWhole { return found.report(.brokenTrace, in: "trace", place) }
      for answer in Set(trace.answers) {
        let isThere = try found.connection.first(
          """
          SELECT 1 FROM answer WHERE id = ?1 AND trace = ?2
          UNION ALL SELECT 1 FROM further_backedge WHERE answer = ?1 AND trace = ?2
          """, answer, trace.id
        ) { _ in true }
        if isThere == nil { found.report(.backedgeMissing(answer: answer.number), in: "trace", place) }
      }
    }
    var sum: (answer: AnswerID, of: Int64)?
    func check(_ found: inout Verification) throws(StoreError) {
      guard let (answer, of) = sum else { return }
      let expected = try found.connection.first("SELECT traces FROM answer WHERE id = ?", answer) { $0.int(0) }
      if expected != of & Seal.backedgeMask {
        found.report(.backedgesChanged, in: "answer", "id \(answer.number)")
      }
    }
    try each(.edges, "SELECT answer, trace FROM backedge ORDER BY answer, trace") { found, row throws(StoreError) in
      let (answer, trace): (AnswerID, TraceID) = (row.id(0), row.id(1))
      if sum?.answer != answer {
        try check(&found)
        sum = (answer, 0)
      }
      sum?.of += Seal.ofBackedge(answer, trace)
    }
    try check(&self)
    try each(
      .edges,
      """
      SELECT id FROM answer WHERE traces <> 0 AND trace IS NULL
        AND NOT EXISTS (SELECT 1 FROM further_backedge WHERE answer = id)
      """
    ) { found, row in found.report(.backedgesChanged, in: "answer", "id \(row.int(0))") }
  }
}
