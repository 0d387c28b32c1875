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
  var texts: [Digest: String] = [:]

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

  func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    if !condition { throw Mismatch(description: text()) }
  }

  /// Where the process's lineage is in the model.
  func position(of process: Int) -> Int {
    lineages.firstIndex { $0.name == processes[process].lineage }!
  }

  // MARK: Ticks

  mutating func attach(_ process: Int) throws {
    if processes[process].world == nil { try advance(process, subjects: nil) }
  }

  mutating func redefine(
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

  mutating func advance(_ process: Int, subjects: Set<Subject>?) throws {
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

  // MARK: Writing

  mutating func flush(_ process: Int, split: Int, order: UInt64) throws {
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

  func newTrace(_ item: Model.Item) -> NewTrace {
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
}

extension WorldRange {
  init?(_ bounds: (min: Int, max: Int?)) {
    self.init(WorldAge(Int64(bounds.min)), bounds.max.map { WorldAge(Int64($0)) } ?? .open)
  }
}

extension [Int] {
  var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
