import CacheIdentity
import SourceCodec
import Testing

@testable import SourceStore

/// One step of a random history. Its numbers are taken modulo whatever there is, so every subset of a history is one too.
enum Step: CustomStringConvertible {
  case request(process: Int, key: Int, declaring: UInt64)
  case requestInOldWorld(process: Int, world: Int, key: Int)
  /// `nil` deletes the answer.
  case redefine(process: Int, [(question: Int, answer: Int?)], isIncremental: Bool)
  case revert(process: Int, state: Int)
  case flush(process: Int, split: Int, order: UInt64)
  /// Starts anew: what was not written is lost.
  case restart(process: Int, lineage: Int)
  case prune(kind: Int, amount: Int)

  init(from random: inout SeededGenerator) {
    let process = Int.random(in: 0..<1000, using: &random)
    let choice = Int.random(in: 0..<100, using: &random)
    func number() -> Int { Int.random(in: 0..<1_000_000, using: &random) }
    switch choice {
    case 0..<48: self = .request(process: process, key: number(), declaring: random.next())
    case 48..<54: self = .requestInOldWorld(process: process, world: number(), key: number())
    case 54..<76:
      let changes = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        (number(), number() % 8 == 0 ? nil : number())
      }
      self = .redefine(process: process, changes, isIncremental: choice < 70)
    case 76..<84: self = .revert(process: process, state: number())
    case 84..<94: self = .flush(process: process, split: number(), order: random.next())
    case 94..<97: self = .prune(kind: number(), amount: number())
    default: self = .restart(process: process, lineage: number())
    }
  }

  var description: String {
    switch self {
    case .request(let process, let key, _): "process \(process) requests \(key)"
    case .requestInOldWorld(let process, let world, let key): "process \(process) requests \(key) in old world \(world)"
    case .redefine(let process, let changes, let isIncremental):
      "process \(process) redefines \(changes.map { "\($0.question)=\($0.answer ?? -1)" }), incremental \(isIncremental)"
    case .revert(let process, let state): "process \(process) goes back to state \(state)"
    case .flush(let process, let split, _): "process \(process) flushes, split \(split)"
    case .prune(let kind, let amount): "prune \(kind % 4) \(amount)"
    case .restart(let process, let lineage): "process \(process) restarts in lineage \(lineage)"
    }
  }
}

/// The store does what the model does not.
struct Mismatch: Error, CustomStringConvertible {
  var description: String
}

/// A store and its model, and the processes that use both.
struct History {
  static let lineageCount = 3

  struct Process {
    var lineage: Int
    var definitions: DefinitionVector
    /// `nil` before it attached.
    var world: Int?
    var evictions: Int64 = 0
    /// Generated, not yet written.
    var queue: [Model.Item] = []
  }

  let universe: Universe
  let store: SourceStore
  var model = Model()
  var processes: [Process] = []
  /// Ids of lineages, in the order of the model's.
  var lineages: [(name: Int, id: LineageID)] = []
  var states: [DefinitionVector] = []
  var generatorRuns = 0
  var hits = 0
  var revivals = 0
  private var texts: [Digest: String] = [:]

  init(seed: UInt64) throws {
    universe = Universe(seed: seed)
    store = try SourceStore(.memory)
    let initial: DefinitionVector = (0..<Universe.questionCount).map { _ in 0 }
    states = [initial]
    processes = (0..<4).map { Process(lineage: $0 % History.lineageCount, definitions: initial, world: nil) }
  }

  mutating func run(_ step: Step) throws {
    switch step {
    case .request(let process, let key, let declaring):
      let process = process % processes.count
      try attach(process)
      _ = try answer(
        key % Universe.keyCount, by: process, at: processes[process].world!, processes[process].definitions, declaring)
    case .requestInOldWorld(let process, let world, let key):
      let process = process % processes.count
      try attach(process)
      let lineage = model.lineages[position(of: process)]
      let world = world % lineage.head + 1
      _ = try answer(key % Universe.keyCount, by: process, at: world, lineage.states[world], 1)
    case .redefine(let process, let changes, let isIncremental):
      try redefine(process % processes.count, changes, isIncremental)
    case .revert(let process, let state):
      let process = process % processes.count
      processes[process].definitions = states[state % states.count]
      try advance(process, subjects: nil)
    case .flush(let process, let split, let order):
      try flush(process % processes.count, split: split, order: order)
    case .restart(let process, let lineage):
      let process = process % processes.count
      processes[process] = Process(
        lineage: lineage % History.lineageCount, definitions: processes[process].definitions, world: nil)
      try attach(process)
    case .prune(let kind, let amount): try prune(kind % 4, amount)
    }
  }

  private func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    if !condition { throw Mismatch(description: text()) }
  }

  /// Where the process's lineage is in the model.
  private func position(of process: Int) -> Int {
    lineages.firstIndex { $0.name == processes[process].lineage }!
  }

  // MARK: Ticks

  private mutating func attach(_ process: Int) throws {
    if processes[process].world == nil { try advance(process, subjects: nil) }
  }

  private mutating func redefine(
    _ process: Int, _ changes: [(question: Int, answer: Int?)], _ isIncremental: Bool
  ) throws {
    try attach(process)
    var subjects: Set<Subject> = []
    for (question, answer) in changes {
      let question = question % Universe.questionCount
      processes[process].definitions[question] = answer.map { $0 % universe.answerCount(question) }
      subjects.insert(Universe.questions[question].subject)
    }
    try advance(process, subjects: isIncremental ? subjects : nil)
  }

  private mutating func advance(_ process: Int, subjects: Set<Subject>?) throws {
    let (definitions, world) = (processes[process].definitions, processes[process].world)
    states.append(definitions)
    let attachment = try store.advance(
      lineage: "lineage \(processes[process].lineage)",
      to: DefinitionChange(
        state: Universe.state(definitions), from: world.map { WorldAge(Int64($0)) },
        evictions: processes[process].evictions, subjects: subjects, cause: "test")
    ) { question in
      let number = Universe.numbers[question]!
      return definitions[number].map { Universe.answer($0, to: number) }
    }
    let isNew = !lineages.contains { $0.name == processes[process].lineage }
    if isNew {
      lineages.append((processes[process].lineage, attachment.lineage))
      model.lineages.append(Model.Lineage())
    }
    let lineage = position(of: process)
    let head = model.lineages[lineage].head
    let evictions = processes[process].evictions
    processes[process].world = Int(attachment.world.number)
    processes[process].evictions = attachment.evictions
    try expect(lineages[lineage].id == attachment.lineage, "advance names another lineage")
    guard isNew || model.lineages[lineage].states[head] != definitions else {
      return try expect(
        !attachment.ticked && attachment.world.number == head, "W1: ticked though the head has the state")
    }
    let expected = model.tick(lineage, to: definitions, subjects: world == head ? subjects : nil)
    let found = Model.Tick(
      closed: Set(attachment.closed.map { Universe.keyNumbers[$0]! }), revived: attachment.revived,
      asked: attachment.asked)
    try expect(attachment.ticked && attachment.world.number == head + 1, "W1: no tick to \(head + 1)")
    try expect(
      attachment.isIncremental == (world == head && evictions == attachment.evictions),
      "incremental is \(attachment.isIncremental)")
    try expect(found == expected, "the tick did \(found) instead of \(expected)")
  }

  // MARK: Requests

  /// `nil` if the generator, or one that it asks, throws.
  private mutating func answer(
    _ key: Int, by process: Int, at world: Int, _ definitions: DefinitionVector, _ declaring: UInt64
  ) throws -> Digest? {
    do {
      return try request(key, by: process, at: world, definitions, declaring)
    } catch is Universe.Unanswerable {
      return nil
    }
  }

  /// What a session does: what it has itself, then the store, then revalidation, then the generator.
  private mutating func request(
    _ key: Int, by process: Int, at world: Int, _ definitions: DefinitionVector, _ declaring: UInt64
  ) throws -> Digest {
    let lineage = position(of: process)
    if let pending = processes[process].queue.first(where: { $0.trace.key == key && $0.world == world }) {
      return pending.trace.answer
    }
    let expected = model.lineages[lineage].row(key, at: world)
    let found = try store.lookup(Universe.keys[key], lineage: lineages[lineage].id, world: WorldAge(Int64(world)))
    let answer = found.map { $0.source?.digest ?? Answer.none.digest }
    let served = expected.flatMap { model.stripped.contains($0.trace.answer) ? nil : $0.trace.answer }
    try expect(
      answer == served, "lookup of \(key) at \(world) gives \(describe(answer)), not \(describe(served))")
    let truth = universe.truth(key, in: definitions)
    if let answer {
      hits += 1
      try expect(answer == truth?.answer, "W12: \(key) at \(world) served as in another state")
      return answer
    }
    if let revived = try revive(key, by: process, at: world, definitions) {
      revivals += 1
      try expect(revived == truth?.answer, "W3: \(key) revived at \(world) as in another state")
      return revived
    }
    let generation = try universe.generate(key, in: definitions) { inner throws in
      try request(inner, by: process, at: world, definitions, 1)
    }
    generatorRuns += 1
    try expect(generation == truth, "the store changed what the generator of \(key) sees at \(world)")
    let declared = declaredRange(declaring, around: world)
    let trace = Model.Trace(
      key: key, edges: generation.edges, answer: generation.answer, isBounded: !declared.isOpen)
    if let text = generation.text { texts[generation.answer] = text }
    processes[process].queue.append(Model.Item(world: world, trace: trace, declared: declared))
    return generation.answer
  }

  private func declaredRange(_ declaring: UInt64, around world: Int) -> WorldRange {
    guard declaring % 8 == 0 else { return .all }
    let low = max(1, world - Int(declaring >> 8 % 4))
    return WorldRange(WorldAge(Int64(low)), WorldAge(Int64(world + Int(declaring >> 16 % 3))))!
  }

  private mutating func revive(
    _ key: Int, by process: Int, at world: Int, _ definitions: DefinitionVector
  ) throws -> Digest? {
    let lineage = position(of: process)
    let (id, age) = (lineages[lineage].id, WorldAge(Int64(world)))
    // Its own generation of the key in another world may be what holds here.
    if processes[process].queue.contains(where: { $0.trace.key == key }) { try flush(process, split: 0, order: 0) }
    let candidates = try store.revivalCandidates(for: Universe.keys[key], lineage: id, world: age)
    let expected = model.candidates(key, in: lineage, at: world)
    let traces = try candidates.map { try trace($0.trace) }
    try expect(
      Dictionary(zip(traces, candidates.map(\.unanswered)), uniquingKeysWith: max) == expected,
      "candidates for \(key) at \(world) are \(traces), not \(expected)")
    try expect(candidates.map(\.unanswered).isSorted, "candidates are not in order")
    for (candidate, trace) in zip(candidates, traces) {
      let agrees = candidate.definitions.allSatisfy { edge in
        let number = Universe.numbers[edge.question]!
        return definitions[number].map { Universe.answer($0, to: number) } == edge.answer
      }
      guard agrees else { continue }
      var innerAgree = true
      for (edge, _) in candidate.sources where innerAgree {
        guard case .source(let inner, _) = edge.question else { continue }
        innerAgree =
          try answer(Universe.keyNumbers[inner]!, by: process, at: world, definitions, 1) == edge.answer.digest
      }
      guard innerAgree else { continue }
      try flush(process, split: 0, order: 0)
      // By now, what the inner sources brought with them may have revived it or shown that it does not hold.
      if let present = model.lineages[lineage].row(key, at: world) { return present.trace.answer }
      if model.stripped.contains(trace.answer) { continue }
      if trace.edges.contains(where: { model.lineages[lineage].isRecorded($0, at: world) == false }) { continue }
      if world < model.lineages[lineage].oldest {
        try expect(try store.revive(candidate, lineage: id, world: age) == nil, "W8: revived at \(world)")
        continue
      }
      let range = model.revive(trace, in: lineage, at: world)
      let found = try store.revive(candidate, lineage: id, world: age)
      try expect(
        found == WorldRange(range), "W3: \(key) revived at \(world) in \(describe(found)), not \(range)")
      return trace.answer
    }
    let truth = universe.truth(key, in: definitions)?.edges
    try expect(
      world < model.lineages[lineage].oldest || !expected.keys.contains { $0.edges == truth },
      "C11: \(key) must be generated at \(world) though a trace of it holds")
    return nil
  }

  // MARK: Writing

  private mutating func flush(_ process: Int, split: Int, order: UInt64) throws {
    guard !processes[process].queue.isEmpty else { return }
    var queue = processes[process].queue
    processes[process].queue = []
    var random = SeededGenerator(seed: order)
    if order != 0 { queue.shuffle(using: &random) }
    let first = split % 4 == 1 ? split % queue.count : queue.count
    for batch in [Array(queue[..<first]), Array(queue[first...])] where !batch.isEmpty {
      let lineage = position(of: process)
      let outcomes = try store.insert(batch.map(newTrace), into: lineages[lineage].id)
      let expected = model.insert(batch, into: lineage)
      for (position, outcome) in outcomes.enumerated() {
        let found: Model.Outcome =
          switch outcome {
          case .stored(_, let range):
            .stored(min: Int(range.min.number), max: range.isOpen ? nil : Int(range.max.number))
          case .refused(.unrecordedSource): .unrecordedSource
          case .refused(.historyPruned): .historyPruned
          case .refused(let refusal): .unexpected("\(refusal)")
          }
        try expect(
          found == expected[position],
          "W3: \(batch[position].trace.key) generated at \(batch[position].world) is \(found), not \(expected[position])"
        )
      }
    }
  }

  private func newTrace(_ item: Model.Item) -> NewTrace {
    let key = item.trace.key
    return NewTrace(
      key: Universe.keys[key],
      method: MethodDescription(
        module: "Main", table: "global", signature: Signature(function: "f\(key)", arguments: "()"), location: ""),
      generator: GeneratorFingerprint(generator: "test", version: "1"), owner: Universe.owner(key),
      specialization: "key \(key)", world: WorldAge(Int64(item.world)), declared: item.declared,
      edges: item.trace.edges.map { edge in
        switch edge {
        case .definition(let question, let answer):
          Edge(Universe.question(of: edge), Universe.answer(answer, to: question))
        case .source(_, let digest):
          Edge(
            Universe.question(of: edge),
            digest == Answer.none.digest ? .none : Answer(digest: digest, subject: "generated source"))
        }
      },
      source: texts[item.trace.answer].map { EncodedSource(TextSource($0)) },
      provenance: Provenance(process: .current, generatedAt: Int64(generatorRuns), generationNanoseconds: 1))
  }

  // MARK: Pruning

  /// What goes is the policy's business; here it matters that nothing is added or changed, and that what stays is whole.
  private mutating func prune(_ kind: Int, _ amount: Int) throws {
    var policy = PrunePolicy()
    switch kind {
    case 0: policy.closedOnly = true
    case 1: policy.generatedBefore = Int64(amount % (generatorRuns + 1))
    case 2: policy.keptWorlds = Int64(amount % 5 + 1)
    default:
      policy.generatedBefore = Int64(amount % (generatorRuns + 1))
      policy.keptWorlds = Int64(amount % 7 + 1)
    }
    _ = try store.prune(policy)
    for (lineage, rows) in try storedRows().enumerated() {
      let before = Set(model.lineages[lineage].rows.joined())
      try expect(rows.isSubset(of: before), "W12: pruning made \(rows.subtracting(before))")
      for key in 0..<Universe.keyCount { model.lineages[lineage].rows[key].removeAll { !rows.contains($0) } }
    }
    try readBack()
  }

  /// Takes over what pruning left of questions, answers and traces.
  private mutating func readBack() throws {
    typealias Recorded = (lineage: LineageID, question: [UInt8], range: WorldRange, answer: Digest, subject: String)
    let (questions, asked, recorded, traces, stripped) = try store.read { connection throws(StoreError) in
      (
        try connection.all("SELECT encoded FROM question") { $0.bytes(0) },
        try connection.all("SELECT q.encoded FROM source_question s JOIN question q ON q.id = s.question") {
          $0.bytes(0)
        },
        try connection.all(
          """
          SELECT r.lineage, q.encoded, r.min_world, r.max_world, a.digest, a.subject
          FROM answer_range r JOIN question q ON q.id = r.question JOIN answer a ON a.id = r.answer
          """
        ) { row throws(StoreError) -> Recorded in
          (row.id(0), row.bytes(1), try row.range(2, 3), try row.digest(4), row.text(5))
        },
        try connection.all("SELECT id FROM trace") { TraceID($0.int(0)) },
        try connection.all("SELECT digest FROM source WHERE bytes IS NULL") { row throws(StoreError) in
          try row.digest(0)
        }
      )
    }
    model.known = Set(try questions.compactMap { Universe.numbers[try Question(encoded: $0)] })
    model.askedSources = Set(
      try asked.compactMap { bytes in
        guard case .source(let key, _) = try Question(encoded: bytes) else { return nil }
        return Universe.keyNumbers[key]
      })
    model.stripped = Set(stripped)
    model.traces = Set(try traces.map(trace))
    for (position, (_, id)) in lineages.enumerated() {
      var lineage = Model.Lineage()
      let old = model.lineages[position]
      (lineage.states, lineage.rows) = (old.states, old.rows)
      lineage.recorded = Array(repeating: lineage.recorded[0], count: old.states.count)
      lineage.sources = Array(repeating: lineage.sources[0], count: old.states.count)
      lineage.oldest = Int(try store.read { connection throws(StoreError) in try connection.lineage(id).oldest }.number)
      for record in recorded where record.lineage == id {
        let question = try Question(encoded: record.question)
        for world in record.range.min.number...min(record.range.max.number, Int64(old.head)) {
          if case .source(let key, _) = question {
            lineage.sources[Int(world)][Universe.keyNumbers[key]!] = record.answer
            if record.range.isOpen { lineage.openSources.insert(Universe.keyNumbers[key]!) }
          } else {
            lineage.recorded[Int(world)][Universe.numbers[question]!] = Int(record.subject)!
          }
        }
      }
      try expect(
        zip(lineage.recorded, old.recorded).allSatisfy { new, old in zip(new, old).allSatisfy { $0 == nil || $0 == $1 }
        },
        "W12: pruning recorded answers")
      model.lineages[position] = lineage
    }
  }

  // MARK: Comparison

  /// Every row of the store is one of the model, and the other way round; every rule holds.
  func check() throws {
    let violations = try store.verify()
    try expect(violations.isEmpty, "\(violations.map(\.description))")
    for (lineage, rows) in zip(model.lineages, try storedRows()) {
      let expected = Set(lineage.rows.joined())
      try expect(
        rows == expected,
        "rows only in the store: \(rows.subtracting(expected)); only in the model: \(expected.subtracting(rows))")
    }
  }

  /// The code instances of each lineage.
  private func storedRows() throws -> [Set<Model.Row>] {
    let rows = try store.read { connection throws(StoreError) in
      try connection.all(
        """
        SELECT c.lineage, m.hash, c.instance, o.digest, c.min_world, c.max_world, c.trace, c.revived
        FROM code_instance c JOIN method m ON m.id = c.method JOIN owner o ON o.id = c.owner
        """
      ) { row throws(StoreError) -> (LineageID, SourceKey, WorldRange, TraceID, Bool) in
        (
          row.id(0), SourceKey(methodHash: try row.digest(1), instance: try row.digest(2), owner: try row.digest(3)),
          try row.range(4, 5), row.id(6), row.bool(7)
        )
      }
    }
    var found = lineages.map { _ in Set<Model.Row>() }
    for (id, key, range, traceID, isRevived) in rows {
      let trace = try trace(traceID)
      try expect(Universe.keyNumbers[key] == trace.key, "W6: a row of key \(key) leads to \(trace)")
      found[lineages.firstIndex { $0.id == id }!].insert(
        Model.Row(
          min: Int(range.min.number), max: range.isOpen ? nil : Int(range.max.number), trace: trace,
          isRevived: isRevived))
    }
    return found
  }

  /// Every key in every world of every lineage is served as in that world's state, or missed.
  func checkAllLookups() throws {
    for (lineage, (_, id)) in zip(model.lineages, lineages) {
      for world in 0...lineage.head + 1 {
        for key in 0..<Universe.keyCount {
          let found = try store.lookup(Universe.keys[key], lineage: id, world: WorldAge(Int64(world)))
          let present = world > 0 && world <= lineage.head ? lineage.row(key, at: world) : nil
          let row = present.flatMap { model.stripped.contains($0.trace.answer) ? nil : $0 }
          let answer = found.map { $0.source?.digest ?? Answer.none.digest }
          try expect(answer == row?.trace.answer, "lookup of \(key) at \(world) gives \(describe(answer))")
          guard let row else { continue }
          let truth = universe.truth(key, in: lineage.states[world])
          try expect(
            found?.range == WorldRange((row.min, row.max)) && found?.source?.text == truth?.text
              && answer == truth?.answer,
            "W12: \(key) at \(world) is not what that world's state gives")
        }
      }
    }
  }

  private func trace(_ id: TraceID) throws -> Model.Trace {
    try store.read { connection throws(StoreError) in
      let row = try connection.trace(id)
      let key = try connection.sourceKey(row.key)
      var edges: [Universe.Edge] = []
      for answer in try connection.answers(of: id) {
        let edge = try connection.edge(to: answer)
        if case .source(let inner, _) = edge.question {
          edges.append(.source(Universe.keyNumbers[inner]!, edge.answer.digest))
        } else {
          edges.append(.definition(Universe.numbers[edge.question]!, answer: Int(edge.answer.subject)!))
        }
      }
      return Model.Trace(
        key: Universe.keyNumbers[key]!, edges: edges, answer: try connection.sourceAnswer(of: row).digest,
        isBounded: row.isBounded)
    }
  }

  private func describe(_ digest: Digest?) -> String { digest.map { texts[$0] ?? "declined" } ?? "nothing" }
  private func describe(_ range: WorldRange?) -> String { range?.description ?? "no range" }
}

extension WorldRange {
  fileprivate init?(_ bounds: (min: Int, max: Int?)) {
    self.init(WorldAge(Int64(bounds.min)), bounds.max.map { WorldAge(Int64($0)) } ?? .open)
  }
}

extension [Int] {
  fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
