import CacheIdentity
import SourceCodec

extension SourceStore {
  /// Records generations in one transaction, and says what became of each, in order.
  ///
  /// Each gets the widest range that its edges allow around its world (W3), clear of other ranges of its key (W4). Two
  /// records of a batch may rest on each other's sources, in any order and in cycles (C6). What was generated elsewhere keeps
  /// its provenance.
  public func insert(_ batch: [NewTrace], into lineage: LineageID) throws(StoreError) -> [InsertOutcome] {
    try write { connection throws(StoreError) in
      try solitude.check(connection)
      var insertion = try Insertion(
        connection: connection, lineage: try connection.lineage(lineage), batch: batch)
      return try insertion.run()
    }
  }
}

/// One batch on its way into the store.
private struct Insertion {
  let connection: Connection
  let lineage: LineageState
  let batch: [NewTrace]
  /// Whether any key is quarantined.
  let hasQuarantine: Bool
  private var outcomes: [InsertOutcome?]
  /// The records' keys, in order.
  private var keys: [KeyRow] = []
  private var backedges = Backedges()
  /// What was found or recorded of definitions so far: the records of a batch ask much the same. Of each only in the world of
  /// the last look, for what is recorded in one world joins what was found in its neighbours (W3).
  private var definitions: [Edge: DefinitionLook] = [:]

  private struct DefinitionLook {
    var world: WorldAge
    var answer: AnswerID
    var recorded: RecordedAnswer
  }

  init(connection: Connection, lineage: LineageState, batch: [NewTrace]) throws(StoreError) {
    self.connection = connection
    self.lineage = lineage
    self.batch = batch
    hasQuarantine = try connection.first("SELECT 1 FROM quarantine LIMIT 1") { _ in true } ?? false
    outcomes = Array(repeating: nil, count: batch.count)
  }

  /// What a record's own edges allow, and the records of the batch on which it waits.
  private struct Prepared {
    var key: KeyRow
    var answers: [AnswerID]
    var range: WorldRange
    var siblings: [Int] = []
    /// Whether the key has no code instance in any lineage, and so no trace.
    var isNew = false
  }

  private enum Preparation {
    case ready(Prepared)
    case done(InsertOutcome)
  }

  mutating func run() throws(StoreError) -> [InsertOutcome] {
    // Questions about a key's source link to the key's rows, so those come first, for all of the batch.
    for item in batch { keys.append(try keyRow(item)) }
    var waiting = Array(batch.indices)
    var progress = true
    while progress, !waiting.isEmpty {
      progress = false
      var still: [Int] = []
      for position in waiting {
        switch try prepare(position) {
        case .done(let outcome): outcomes[position] = outcome
        case .ready(let prepared) where prepared.siblings.isEmpty:
          outcomes[position] = try place(position, prepared)
        case .ready:
          still.append(position)
          continue
        }
        progress = true
      }
      waiting = still
    }
    try placeCycles(waiting)
    try backedges.write(to: connection)
    return batch.indices.map { outcomes[$0] ?? .refused(.unrecordedSource(firstSourceQuestion(of: $0))) }
  }

  private mutating func prepare(_ position: Int) throws(StoreError) -> Preparation {
    let item = batch[position]
    let world = item.world
    guard world >= lineage.oldest else { return .done(.refused(.historyPruned(oldest: lineage.oldest))) }
    guard world <= lineage.head else { return .done(.refused(.beyondHead(lineage.head))) }
    let key = keys[position]
    if hasQuarantine, try connection.isQuarantined(key) { return .done(.refused(.quarantined)) }

    guard item.declared.contains(world) else { return .done(.refused(.outsideDeclaredRange(item.declared))) }
    var prepared = Prepared(key: key, answers: [], range: reached(item.declared))
    for edge in item.edges {
      guard let (answer, recorded) = try look(up: edge, at: world) else {
        return .done(.refused(.unrecordedSource(edge.question)))
      }
      prepared.answers.append(answer)
      if recorded == .unknown, case .source(let inner, _) = edge.question {
        guard let sibling = sibling(generating: inner, as: edge.answer, in: world) else {
          return .done(.refused(.unrecordedSource(edge.question)))
        }
        if sibling != position { prepared.siblings.append(sibling) }
        continue
      }
      guard case .holds(let range) = recorded, let narrowed = prepared.range.intersection(range) else {
        return .done(.refused(.contradiction(edge.question)))
      }
      prepared.range = narrowed
    }
    return try avoidingOthers(prepared, position)
  }

  /// What is recorded of an edge; of a definition, recorded now if nothing was. `nil` for the source of an unknown key.
  private mutating func look(
    up edge: Edge, at world: WorldAge
  ) throws(StoreError) -> (answer: AnswerID, recorded: RecordedAnswer)? {
    if let known = definitions[edge], known.world == world { return (known.answer, known.recorded) }
    let range = WorldRange.first(at: world, head: lineage.head)
    guard let (ids, isNew) = try connection.interning(edge, holding: (lineage.id, range)) else { return nil }
    if edge.question.kind == .source {
      return (ids.answer, try connection.recorded(ids.answer, to: ids.question, in: lineage.id, at: world))
    }
    let recorded: RecordedAnswer
    if isNew {
      recorded = .holds(range)
    } else {
      recorded = try connection.recording(
        ids.answer, to: ids.question, in: lineage.id, at: world, head: lineage.head)
    }
    definitions[edge] = DefinitionLook(world: world, answer: ids.answer, recorded: recorded)
    return (ids.answer, recorded)
  }

  /// A declared end beyond the head is cut there: the worlds to come may change an answer, and only what is open is closed
  /// then.
  private func reached(_ declared: WorldRange) -> WorldRange {
    declared.isOpen ? declared : WorldRange(declared.min, min(declared.max, lineage.head)) ?? declared
  }

  private func keyRow(_ item: NewTrace) throws(StoreError) -> KeyRow {
    let owner = try connection.intern(item.owner)
    let method = try connection.intern(method: item.key.methodHash, item.method, by: item.generator)
    return KeyRow(method: method, instance: item.key.instance, owner: owner)
  }

  /// Keeps clear of the key's other code instances (W4); one that holds in this world already settles the matter.
  private mutating func avoidingOthers(_ prepared: Prepared, _ position: Int) throws(StoreError) -> Preparation {
    let item = batch[position]
    var occupied: [WorldRange] = []
    let others = try connection.codeInstances(of: prepared.key)
    for other in others where other.lineage == lineage.id {
      if !other.isSealWhole {
        try backedges.write(to: connection)
        try connection.condemn(prepared.key)
        return try prepare(position)
      } else if !other.range.contains(item.world) {
        occupied.append(other.range)
      } else if other.answer != item.sourceAnswer {
        return .done(
          .refused(.conflict(stored: other.answer.digest, found: item.sourceAnswer.digest)))
      } else {
        // Generated twice, by two processes or after its bytes were pruned: the bytes are wanted, the row is there.
        if let source = item.source { _ = try connection.intern(source) }
        return .done(.stored(other.trace, other.range))
      }
    }
    guard let range = prepared.range.clipped(around: item.world, avoiding: occupied) else {
      return .done(.refused(.outsideDeclaredRange(prepared.range)))
    }
    var clear = prepared
    clear.range = range
    clear.isNew = others.isEmpty
    return .ready(clear)
  }

  private func sibling(generating key: SourceKey, as answer: Answer, in world: WorldAge) -> Int? {
    batch.indices.first {
      batch[$0].key == key && batch[$0].sourceAnswer == answer && batch[$0].world == world
        && (outcomes[$0].map { if case .stored = $0 { true } else { false } } ?? true)
    }
  }

  /// What a record without an outcome waited for in vain: only source questions make one wait.
  private func firstSourceQuestion(of position: Int) -> Question {
    let item = batch[position]
    return item.edges.lazy.map(\.question).first { $0.kind == .source }
      ?? .source(item.key, specialization: item.specialization)
  }

  /// Places records that rest on each other in circles. A circle is of one world and has one record of a key; a second one
  /// finds the first one's row.
  private mutating func placeCycles(_ waiting: [Int]) throws(StoreError) {
    var rest = waiting
    while let world = rest.first.map({ batch[$0].world }) {
      var keys: Set<SourceKey> = []
      let group = rest.filter { batch[$0].world == world && keys.insert(batch[$0].key).inserted }
      rest.removeAll(where: group.contains)
      try placeCycle(group)
    }
  }

  /// Each holds where all that it reaches hold.
  private mutating func placeCycle(_ waiting: [Int]) throws(StoreError) {
    var members: [Int: Prepared] = [:]
    for position in waiting {
      switch try prepare(position) {
      case .ready(let prepared): members[position] = prepared
      case .done(let outcome): outcomes[position] = outcome
      }
    }
    var changed = true
    while changed {
      changed = false
      for (position, prepared) in members {
        var range: WorldRange? = prepared.range
        for sibling in prepared.siblings {
          range = members[sibling].flatMap { other in range?.intersection(other.range) }
        }
        guard range != prepared.range else { continue }
        changed = true
        if let range { members[position]?.range = range } else { members[position] = nil }
      }
    }
    for (position, prepared) in members.sorted(by: { $0.key < $1.key }) {
      outcomes[position] = try place(position, prepared)
    }
  }

  private mutating func place(_ position: Int, _ prepared: Prepared) throws(StoreError) -> InsertOutcome {
    let item = batch[position]
    let source = try item.source.map { source throws(StoreError) in try connection.intern(source) }
    let isBounded = !item.declared.isOpen
    let trace: TraceID
    if !prepared.isNew,
      let known = try connection.trace(
        of: prepared.key, source: source, answers: prepared.answers, isBounded: isBounded)
    {
      trace = known
    } else {
      trace = try record(item, prepared, source, isBounded)
    }
    try connection.open(
      trace, prepared.key, in: lineage.id, range: prepared.range, source: source,
      sourceAnswer: item.sourceAnswer, revived: false)
    return .stored(trace, prepared.range)
  }

  private mutating func record(
    _ item: NewTrace, _ prepared: Prepared, _ source: SourceID?, _ isBounded: Bool
  ) throws(StoreError) -> TraceID {
    // Whoever generated it, not whoever puts it here, if it was loaded from elsewhere.
    let process = try connection.intern(item.provenance.process)
    let trace = try connection.add(
      prepared.key, source: source, isBounded: isBounded, answers: prepared.answers, process: process,
      TraceLabels(
        specialization: item.specialization, function: item.method.signature.function, provenance: item.provenance))
    backedges.add(trace, restingOn: prepared.answers)
    return trace
  }
}

extension Connection {
  /// A trace of the key that says just the same, from this lineage or another.
  fileprivate func trace(
    of key: KeyRow, source: SourceID?, answers: [AnswerID], isBounded: Bool
  ) throws(StoreError) -> TraceID? {
    try traces(of: key).first {
      $0.isWhole && $0.source == source && $0.isBounded == isBounded && $0.answers == answers
    }?.id
  }

  func isQuarantined(_ key: KeyRow) throws(StoreError) -> Bool {
    try first(
      "SELECT 1 FROM quarantine WHERE method = ? AND instance = ? AND owner = ?", key.method, key.firstHalf,
      key.owner
    ) { _ in true } ?? false
  }
}
