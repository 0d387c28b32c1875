import CacheIdentity

/// One tick of a lineage (W1), and what it closed and revived (C12).
public struct WorldRecord: Hashable, Sendable {
  /// The lineage's name.
  public let lineage: String
  /// The world that the tick began.
  public let world: WorldAge
  /// The digest of the definitions in that world.
  public let state: Digest
  /// When it was committed: milliseconds since 1970, UTC.
  public let committedAt: Int64
  /// The process that committed it.
  public let process: ProcessIdentity
  /// What happened.
  public let cause: String
  /// What it closed, nearest to the change first.
  public let closed: [Closing]
  /// The method instances whose trace has a revived range that begins here.
  public let revived: [TraceLabel]
}

/// A trace as people name it.
public struct TraceLabel: Hashable, Sendable {
  /// The trace.
  public let trace: TraceID
  /// The method instance.
  public let specialization: String
  /// The owner's name.
  public let owner: String
  /// The generator's name.
  public let generator: String
}

/// A code instance that a tick closed, and the answer that no longer held.
public struct Closing: Hashable, Sendable {
  /// What was closed.
  public let victim: TraceLabel
  /// How many steps it is away from the change of a definition, which is 1.
  public let depth: Int
  /// The question whose answer changed.
  public let question: Question
  /// The answer on which the trace rests.
  public let old: Answer
  /// The answer from this world on; `nil` if none is recorded.
  public let new: Answer?
}

extension SourceStore {
  /// Hands worlds to `body`, the newest first, until `limit` of them.
  ///
  /// - Parameters:
  ///   - lineage: The name of the lineage; `nil` for all.
  ///   - limit: The number of worlds; `nil` for all.
  ///
  /// `body` must not call this store: it holds its connection.
  public func forEachWorld(
    lineage: String? = nil, limit: Int? = nil, _ body: (WorldRecord) throws(StoreError) -> Void
  ) throws(StoreError) {
    try read { connection throws(StoreError) in
      let worlds = try connection.worlds(lineage: lineage, limit: limit)
      // Revivals have no index, so one pass finds those of many worlds.
      for start in stride(from: 0, to: worlds.count, by: 512) {
        let chunk = worlds[start..<min(start + 512, worlds.count)]
        let revivals = try connection.revivals(in: chunk.map(\.id))
        for header in chunk {
          try body(
            header.record(
              closed: try connection.closings(in: header.id), revived: revivals[header.id] ?? []))
        }
      }
    }
  }
}

/// A world of one lineage.
struct WorldID: Hashable {
  var lineage: LineageID
  var world: WorldAge
}

/// A row of `world`, before what it closed and revived is read.
private struct WorldHeader {
  var id: WorldID
  var lineage: String
  var state: Digest
  var committedAt: Int64
  var process: ProcessIdentity
  var cause: String

  func record(closed: [Closing], revived: [TraceLabel]) -> WorldRecord {
    WorldRecord(
      lineage: lineage, world: id.world, state: state, committedAt: committedAt, process: process, cause: cause,
      closed: closed, revived: revived)
  }
}

extension Connection {
  fileprivate func worlds(lineage: String?, limit: Int?) throws(StoreError) -> [WorldHeader] {
    try all(
      """
      SELECT w.lineage, w.world, l.name, w.state, w.committed_at, p.host, p.pid, p.program, p.started_at, w.cause
      FROM world w JOIN lineage l ON l.id = w.lineage JOIN process p ON p.id = w.process
      WHERE ?1 IS NULL OR l.name = ?1 ORDER BY w.committed_at DESC, w.world DESC, w.lineage LIMIT ?2
      """, lineage, limit ?? -1
    ) { row throws(StoreError) in
      WorldHeader(
        id: WorldID(lineage: row.id(0), world: row.world(1)), lineage: row.text(2), state: try row.digest(3),
        committedAt: row.int(4), process: row.process(5), cause: row.text(9))
    }
  }

  fileprivate func revivals(in worlds: [WorldID]) throws(StoreError) -> [WorldID: [TraceLabel]] {
    var revivals = Dictionary(uniqueKeysWithValues: worlds.map { ($0, [TraceLabel]()) })
    let oldest = worlds.map(\.world).min() ?? .first
    let rows: [(WorldID, TraceLabel)] = try all(
      """
      SELECT c.lineage, c.min_world, t.id, n.specialization, o.name, g.name
      FROM code_instance c JOIN trace t ON t.id = c.trace JOIN generation n ON n.trace = t.id JOIN owner o ON o.id = t.owner
      JOIN method m ON m.id = t.method JOIN generator g ON g.id = m.generator
      WHERE c.revived = 1 AND c.min_world >= ? ORDER BY t.id
      """, oldest
    ) { row in (WorldID(lineage: row.id(0), world: row.world(1)), row.traceLabel(2)) }
    for (world, label) in rows { revivals[world]?.append(label) }
    return revivals
  }

  func closings(in world: WorldID) throws(StoreError) -> [Closing] {
    var closings: [Closing] = []
    for row in try loggedClosings(in: world) {
      for trace in row.traces {
        guard let victim = try label(of: trace) else { continue }
        closings.append(try closing(of: victim, row.depth, by: row.answer, in: world))
      }
    }
    return closings
  }

  /// A trace as people name it; `nil` if it is gone.
  func label(of trace: TraceID) throws(StoreError) -> TraceLabel? {
    try first(
      """
      SELECT t.id, n.specialization, o.name, g.name
      FROM trace t JOIN generation n ON n.trace = t.id JOIN owner o ON o.id = t.owner
      JOIN method m ON m.id = t.method JOIN generator g ON g.id = m.generator WHERE t.id = ?
      """, trace
    ) { $0.traceLabel(0) }
  }

  func closing(
    of victim: TraceLabel, _ depth: Int, by answer: AnswerID, in world: WorldID
  ) throws(StoreError) -> Closing {
    let edge = try edge(to: answer)
    let new = try answered(try question(of: answer), in: world)
    return Closing(victim: victim, depth: depth, question: edge.question, old: edge.answer, new: new?.answer)
  }

  /// The answer that is recorded of a question in a world, and since when.
  func answered(
    _ question: QuestionID, in world: WorldID
  ) throws(StoreError) -> (answer: Answer, range: WorldRange)? {
    let there = try answerRanges(of: question, in: world.lineage).first { $0.range.contains(world.world) }
    guard let there else { return nil }
    let answer = try first("SELECT digest, subject FROM answered WHERE answer = ?", there.answer) {
      row throws(StoreError) in Answer(digest: try row.digest(0), subject: row.text(1))
    }
    return answer.map { ($0, there.range) }
  }
}

extension Statement {
  /// A trace's id, specialization, owner and generator, from four columns.
  func traceLabel(_ column: Int32) -> TraceLabel {
    TraceLabel(
      trace: id(column), specialization: text(column + 1), owner: text(column + 2), generator: text(column + 3))
  }
}
