import CacheIdentity

/// One question whose answer is another in the new world than at the head.
struct AnswerChange: Hashable {
  var question: QuestionID
  /// What held at the head; `nil` if nothing did.
  var old: AnswerID?
  /// What holds in the new world; `nil` if the question cannot be answered there.
  var new: AnswerID?
}

/// What planning must know of traces and answers, as they stand before the tick.
protocol TraceGraph {
  /// Open code instances whose traces rest on an answer.
  func openInstances(restingOn answer: AnswerID) throws(StoreError) -> [OpenInstance]
  /// The answer that an open code instance of this key gives to questions about its source; `nil` if nothing rests on any.
  func openSourceAnswer(of key: KeyRow) throws(StoreError) -> OpenAnswer?
  /// Traces that rest on an answer and may revive: not bounded, of a key that is not quarantined, and with bytes to serve.
  func revivableTraces(
    restingOn answer: AnswerID, _ holding: inout HoldingAnswers
  ) throws(StoreError) -> [RevivableTrace]
  /// What questions about a trace's source are answered while it holds; `nil` if nothing rests on any.
  func sourceAnswer(of revivable: RevivableTrace) throws(StoreError) -> AnswerID?
  /// Whether an answer holds at the head.
  func holds(_ answer: AnswerID) throws(StoreError) -> Bool
}

/// A trace that may revive, with what it takes to decide and to do that. There may be very many, so it holds nothing that is allocated
/// unless it must.
struct RevivableTrace {
  var id: TraceID
  var key: KeyRow
  /// `nil` if the generator declined, and so the digest.
  var source: SourceID?
  var sourceDigest: Digest?
  /// The answers it rests on that do not hold unless something revives that gives them; seldom any.
  var unmet: [AnswerID]
  /// The trace of the key's open code instance.
  var open: TraceID?

  /// What questions about its source are answered.
  var sourceAnswer: Answer { .source(sourceDigest) }
}

/// Which answers hold in the new world, as far as that is known before anything revives.
struct HoldingAnswers {
  private var known = RowTable<Table.Answer, Bool>()

  init(ended: Set<AnswerID>, begun: [AnswerID]) {
    for answer in ended { known.set(answer, to: false) }
    for answer in begun { known.set(answer, to: true) }
  }

  /// Whether an answer holds. About one that neither ended nor began, `isOpen` is asked, once.
  mutating func contain(
    _ answer: AnswerID, _ isOpen: (AnswerID) throws(StoreError) -> Bool
  ) throws(StoreError) -> Bool {
    if let known = known[answer] { return known }
    let found = try isOpen(answer)
    known.set(answer, to: found)
    return found
  }
}

/// The answer that a question has at the head.
struct OpenAnswer: Hashable {
  var question: QuestionID
  var answer: AnswerID
}

/// What a tick does to code instances: a function of the changed answers and the graph, apart from any effect.
struct TickPlan {
  /// A code instance to close, the answer that no longer holds, and how many sources lie between it and the change (C12).
  struct Closing {
    var instance: OpenInstance
    var answer: AnswerID
    var depth: Int
  }

  /// Closings, nearest first.
  var closings: [Closing] = []
  /// Questions about the sources of what closes: from now on they have no answer, until a source is there again.
  var endedSources: [QuestionID] = []
  /// Traces that hold in the new world and get a new range (W5), in the order of their keys.
  var revivals: [RevivableTrace] = []

  /// Plans a tick.
  ///
  /// Closing is the least fixed point: whatever rests on an answer that ended, directly or through sources (C6). Reviving is
  /// the greatest: traces that rest on each other revive together if nothing else speaks against them (E2). Linear in the
  /// edges of what is affected.
  init(changes: [AnswerChange], graph: some TraceGraph) throws(StoreError) {
    let ended = try planClosings(changes.compactMap(\.old), graph)
    try planRevivals(changes.compactMap(\.new), ended: ended, graph)
  }

  /// Returns all answers that end, those of closed sources included.
  private mutating func planClosings(
    _ changed: [AnswerID], _ graph: some TraceGraph
  ) throws(StoreError) -> Set<AnswerID> {
    var ended = Set(changed)
    var closed = RowTable<Table.Trace, Void>()
    var frontier = changed
    var depth = 1
    while !frontier.isEmpty {
      var next: [AnswerID] = []
      for answer in frontier {
        for instance in try graph.openInstances(restingOn: answer) where closed.set(instance.trace, to: ()) {
          closings.append(Closing(instance: instance, answer: answer, depth: depth))
          guard let source = try graph.openSourceAnswer(of: instance.key) else { continue }
          endedSources.append(source.question)
          if ended.insert(source.answer).inserted { next.append(source.answer) }
        }
      }
      frontier = next
      depth += 1
    }
    return ended
  }

  private mutating func planRevivals(
    _ begun: [AnswerID], ended: Set<AnswerID>, _ graph: some TraceGraph
  ) throws(StoreError) {
    if begun.isEmpty { return }
    var closed = RowTable<Table.Trace, Void>()
    for closing in closings { closed.set(closing.instance.trace, to: ()) }
    var holding = HoldingAnswers(ended: ended, begun: begun)

    // Everything that could revive, taking for granted that sources which could revive do.
    var seen = RowTable<Table.Trace, Void>()
    var candidates: [PossibleRevival] = []
    var worklist = begun
    while let answer = worklist.popLast() {
      for revivable in try graph.revivableTraces(restingOn: answer, &holding)
      where seen.set(revivable.id, to: ()) {
        if let open = revivable.open, closed[open] == nil { continue }
        let source = try graph.sourceAnswer(of: revivable)
        candidates.append(PossibleRevival(revivable: revivable, source: source))
        if let source, try !holding.contain(source, graph.holds) { worklist.append(source) }
      }
    }
    var set = RevivalSet(candidates)
    for position in set.candidates.indices {
      for answer in set.candidates[position].revivable.unmet { set.require(answer, for: position) }
    }
    revivals = set.remaining()
  }
}

private struct PossibleRevival {
  var revivable: RevivableTrace
  /// What it answers questions about its source.
  var source: AnswerID?

  var key: KeyRow { revivable.key }
}

/// The greatest set of candidates in which each rests only on answers that hold or that the set itself gives.
private struct RevivalSet {
  /// In the order of their keys; of one key, the newest last.
  let candidates: [PossibleRevival]
  /// How many of the set give an answer.
  private var givers = RowTable<Table.Answer, Int>()
  /// Who rests on an answer that only the set may give.
  private var requiring: [AnswerID: [Int]] = [:]
  private var isOut: [Bool]
  private var failing: [Int] = []

  init(_ candidates: [PossibleRevival]) {
    self.candidates = candidates.sorted { left, right in
      if left.key.isBefore(right.key) { return true }
      return left.revivable.id < right.revivable.id && !right.key.isBefore(left.key)
    }
    isOut = Array(repeating: false, count: candidates.count)
    for case let source? in candidates.lazy.map(\.source) { givers.set(source, to: (givers[source] ?? 0) + 1) }
  }

  /// A candidate rests on an answer that does not hold.
  mutating func require(_ answer: AnswerID, for position: Int) {
    if givers[answer] == nil { failing.append(position) } else { requiring[answer, default: []].append(position) }
  }

  mutating func remaining() -> [RevivableTrace] {
    repeat {
      while let position = failing.popLast() {
        if isOut[position] { continue }
        isOut[position] = true
        guard let source = candidates[position].source, let count = givers[source] else { continue }
        givers.set(source, to: count - 1)
        if count == 1 { failing += requiring[source] ?? [] }
      }
      // Two traces of one key can both hold only if a generator is impure; the newer one is served (W4).
      var before: Int?
      for position in candidates.indices where !isOut[position] {
        if let before, candidates[before].key == candidates[position].key { failing.append(before) }
        before = position
      }
    } while !failing.isEmpty
    return candidates.indices.lazy.filter { [isOut] in !isOut[$0] }.map { [candidates] in candidates[$0].revivable }
  }
}
