import CacheIdentity
import SourceCodec

/// Where a session stands in a lineage after it attached or redefined, and what that did.
public struct Attachment: Hashable, Sendable {
  /// The lineage.
  public let lineage: LineageID
  /// The world whose state is the session's.
  public let world: WorldAge
  /// Whether a tick was committed; without one the state was the head's already, and nothing was written.
  public let ticked: Bool
  /// Whether the tick followed directly on the world that the session was in, and nothing was evicted meanwhile: then what
  /// was open before and is not in ``closed`` still holds.
  public let isIncremental: Bool
  /// The lineage's count of evictions.
  public let evictions: Int64
  /// The keys whose code instances were closed, nearest to the change first.
  public let closed: [SourceKey]
  /// The number of code instances that revived.
  public let revived: Int
  /// The number of questions that the host was asked.
  public let asked: Int
}

/// A host's new state of definitions.
public struct DefinitionChange: Sendable {
  /// The digest of all definitions.
  public var state: Digest
  /// The world that the session was in; `nil` when it attaches.
  public var world: WorldAge?
  /// The lineage's count of evictions when the session came to that world.
  public var evictions: Int64
  /// All that may have changed since then; `nil` for anything.
  public var subjects: Set<Subject>?
  /// What happened, for `cachectl log`.
  public var cause: String

  /// Makes a change.
  public init(
    state: Digest, from world: WorldAge? = nil, evictions: Int64 = 0, subjects: Set<Subject>? = nil, cause: String
  ) {
    self.state = state
    self.world = world
    self.evictions = evictions
    self.subjects = subjects
    self.cause = cause
  }
}

extension SourceStore {
  /// Brings a lineage to a host's state, and says in which world that is (`docs/architecture.md`, A tick).
  ///
  /// If the head has this state, nothing is written: O(1). Otherwise, in one transaction (W7), the known questions are asked
  /// again - only those about `subjects` if the head is the session's own world - and one tick closes and revives what
  /// the changed answers decide (W1). A lineage of this name begins if there is none.
  ///
  /// Lookups that begin after this see what it did: no kept read transaction is older.
  ///
  /// - Parameter answering: Answers a question in the new state; `nil` if it cannot be answered there.
  public func advance(
    lineage name: String, to change: DefinitionChange, answering: (Question) -> Answer?
  ) throws(StoreError) -> Attachment {
    defer { readers?.expire() }
    let isFirst = solitude.end()
    if let present = try lineage(named: name), present.state == change.state { return .unchanged(present) }
    return try write { connection throws(StoreError) in
      let process = try connection.intern(process)
      guard let present = try connection.lineage(named: name) else {
        let isEmpty = try connection.first("SELECT 1 FROM trace LIMIT 1") { _ in true } == nil
        let begun = try connection.beginLineage(named: name, state: change.state)
        if isFirst, isEmpty { solitude.begin(try connection.dataVersion()) }
        let tick = Tick(connection: connection, lineage: begun, world: .first, subjects: nil)
        return try tick.commit(change, by: process, evictions: 0, isIncremental: false, answering)
      }
      if present.state == change.state { return .unchanged(present) }
      let follows = change.world == present.head
      let tick = Tick(
        connection: connection, lineage: present.id, world: present.head.next,
        subjects: follows ? change.subjects : nil)
      return try tick.commit(
        change, by: process, evictions: present.evictions,
        isIncremental: follows && change.evictions == present.evictions, answering)
    }
  }

  /// The lineage with a name; if there is none, it begins in this state, in which nothing is asked: answers are recorded with
  /// what is inserted.
  ///
  /// - Parameter cause: What happened, for `cachectl log`.
  public func lineage(
    named name: String, beginningIn state: Digest, cause: String
  ) throws(StoreError) -> LineageState {
    defer { readers?.expire() }
    _ = solitude.end()
    return try write { connection throws(StoreError) in
      if let present = try connection.lineage(named: name) { return present }
      let begun = try connection.beginLineage(named: name, state: state)
      let tick = Tick(connection: connection, lineage: begun, world: .first, subjects: [])
      _ = try tick.commit(
        DefinitionChange(state: state, cause: cause), by: try connection.intern(process), evictions: 0,
        isIncremental: false
      ) { _ in nil }
      return try connection.lineage(begun)
    }
  }
}

extension Attachment {
  fileprivate static func unchanged(_ lineage: LineageState) -> Attachment {
    Attachment(
      lineage: lineage.id, world: lineage.head, ticked: false, isIncremental: false,
      evictions: lineage.evictions, closed: [], revived: 0, asked: 0)
  }
}

extension Connection {
  fileprivate func beginLineage(named name: String, state: Digest) throws(StoreError) -> LineageID {
    LineageID(
      try insert("INSERT INTO lineage (name, head, state, oldest) VALUES (?, 1, ?, 1)", name, state))
  }
}

/// The step of a lineage into a new world, inside its transaction. Planning is ``TickPlan``'s; this carries it out.
private struct Tick {
  let connection: Connection
  let lineage: LineageID
  let world: WorldAge
  /// What to ask about; `nil` for every known question.
  let subjects: Set<Subject>?

  func commit(
    _ change: DefinitionChange, by process: Int64, evictions: Int64, isIncremental: Bool,
    _ answering: (Question) -> Answer?
  ) throws(StoreError) -> Attachment {
    let questions = try knownQuestions()
    var changes: [AnswerChange] = []
    for (id, question) in questions {
      let old = try connection.openAnswer(of: id, in: lineage)
      let new = try answering(question).map { answer throws(StoreError) in try connection.intern(answer, to: id) }
      if old != new { changes.append(AnswerChange(question: id, old: old, new: new)) }
    }
    let plan = try TickPlan(
      changes: changes, graph: try StoredTraceGraph(connection, lineage))

    for change in changes {
      if change.old != nil { try connection.closeAnswer(of: change.question, in: lineage, at: world.previous) }
      if let new = change.new {
        try connection.record(new, to: change.question, in: lineage, range: .from(world))
      }
    }
    let closed = try close(plan)
    try connection.revive(plan.revivals, in: lineage, from: world)

    try connection.execute(
      "INSERT INTO world (lineage, world, state, committed_at, process, cause) VALUES (?, ?, ?, ?, ?, ?)", lineage,
      world, change.state, ProcessIdentity.now, process, change.cause)
    try connection.execute("UPDATE lineage SET head = ?, state = ? WHERE id = ?", world, change.state, lineage)
    return Attachment(
      lineage: lineage, world: world, ticked: true, isIncremental: isIncremental, evictions: evictions, closed: closed,
      revived: plan.revivals.count, asked: questions.count)
  }

  /// The questions to ask the host again, decoded. Sources are answered by the store, never by the host.
  private func knownQuestions() throws(StoreError) -> [(QuestionID, Question)] {
    guard let subjects else { return try connection.hostQuestions() }
    var questions: [(QuestionID, Question)] = []
    for subject in subjects { questions += try connection.questions(about: subject) }
    return questions
  }

  private func close(_ plan: TickPlan) throws(StoreError) -> [SourceKey] {
    try connection.log(
      plan.closings.lazy.map { ($0.instance.trace, $0.answer, $0.depth) }, in: WorldID(lineage: lineage, world: world))
    try connection.close(plan.closings.map(\.instance), at: world.previous)
    let closed = try connection.sourceKeys(plan.closings.map(\.instance.key))
    for question in plan.endedSources {
      try connection.closeAnswer(of: question, in: lineage, at: world.previous)
    }
    return closed
  }
}

extension Connection {
  /// Keys from the ids of their parts: many rows share methods and owners.
  fileprivate func sourceKeys(_ rows: [KeyRow]) throws(StoreError) -> [SourceKey] {
    var methods = RowTable<Table.Method, Digest>()
    var owners = RowTable<Table.Owner, Digest>()
    let statement = try statement("SELECT id, hash FROM stored_method WHERE id >= ? ORDER BY id")
    defer { statement.reset() }
    var found = AscendingRows<Table.Method>(statement)
    for method in rows.map(\.method).sorted() where methods[method] == nil {
      guard try found.go(to: method) else { throw damaged("method \(method.number) has no row") }
      methods.set(method, to: try statement.digest(1))
    }
    var keys: [SourceKey] = []
    keys.reserveCapacity(rows.count)
    for row in rows {
      if owners[row.owner] == nil { owners.set(row.owner, to: try ownerDigest(row.owner)) }
      guard let method = methods[row.method], let owner = owners[row.owner] else { continue }
      keys.append(SourceKey(methodHash: method, instance: row.instance, owner: owner))
    }
    return keys
  }
}

/// The graph as it stands in the store.
private struct StoredTraceGraph: TraceGraph {
  let connection: Connection
  let lineage: LineageID
  let hasQuarantine: Bool

  init(_ connection: Connection, _ lineage: LineageID) throws(StoreError) {
    (self.connection, self.lineage) = (connection, lineage)
    hasQuarantine = try connection.first("SELECT 1 FROM quarantine LIMIT 1") { _ in true } ?? false
  }

  func openInstances(restingOn answer: AnswerID) throws(StoreError) -> [OpenInstance] {
    try connection.openCodeInstances(restingOn: answer, in: lineage)
  }

  func openSourceAnswer(of key: KeyRow) throws(StoreError) -> OpenAnswer? {
    guard let question = try connection.sourceQuestion(of: key),
      let answer = try connection.openAnswer(of: question, in: lineage)
    else { return nil }
    return OpenAnswer(question: question, answer: answer)
  }

  func revivableTraces(
    restingOn answer: AnswerID, _ holding: inout HoldingAnswers
  ) throws(StoreError) -> [RevivableTrace] {
    let found = try connection.revivableTraces(restingOn: answer, in: lineage, &holding)
    guard hasQuarantine else { return found }
    var free: [RevivableTrace] = []
    for revivable in found where try !connection.isQuarantined(revivable.key) { free.append(revivable) }
    return free
  }

  func sourceAnswer(of revivable: RevivableTrace) throws(StoreError) -> AnswerID? {
    guard let question = try connection.sourceQuestion(of: revivable.key) else { return nil }
    return try connection.intern(revivable.sourceAnswer, to: question)
  }

  func holds(_ answer: AnswerID) throws(StoreError) -> Bool {
    try connection.isOpen(answer, in: lineage)
  }
}

extension Connection {
  /// What questions about a trace's source are answered.
  func sourceAnswer(of trace: TraceRow) throws(StoreError) -> Answer {
    guard let source = trace.source else { return .none }
    let digest = try first("SELECT digest FROM source WHERE id = ?", source) { row throws(StoreError) in
      try row.digest(0)
    }
    guard let digest else { throw damaged("source \(source.number) has no row") }
    return .source(digest)
  }
}
