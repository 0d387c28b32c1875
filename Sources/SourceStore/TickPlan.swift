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
  func openInstances(restingOn answer: AnswerID) throws(StoreError) -> [CodeInstanceRow]
  /// The answer that an open code instance of this key gives to questions about its source; `nil` if nothing rests on any.
  func openSourceAnswer(of key: KeyRow) throws(StoreError) -> OpenAnswer?
  /// Traces that rest on an answer and may revive: not bounded, of a key that is not quarantined, and with bytes to serve.
  func revivableTraces(restingOn answer: AnswerID) throws(StoreError) -> [RevivableTrace]
  /// What questions about a trace's source are answered while it holds; `nil` if nothing rests on any.
  func sourceAnswer(of revivable: RevivableTrace) throws(StoreError) -> AnswerID?
  /// Whether an answer holds at the head.
  func holds(_ answer: AnswerID) throws(StoreError) -> Bool
}

/// A trace that may revive, with what it takes to decide and to do that.
struct RevivableTrace {
  var trace: TraceRow
  /// The trace of the key's open code instance.
  var open: TraceID?
  /// `nil` if the generator declined.
  var sourceDigest: Digest?

  /// What questions about its source are answered.
  var sourceAnswer: Answer { .source(sourceDigest) }
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
    var instance: CodeInstanceRow
    var answer: AnswerID
    var depth: Int
  }

  /// Closings, nearest first.
  var closings: [Closing] = []
  /// Questions about the sources of what closes: from now on they have no answer, until a source is there again.
  var endedSources: [QuestionID] = []
  /// Traces that hold in the new world and get a new range (W5), oldest first.
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
    var closed: Set<TraceID> = []
    var frontier = changed
    var depth = 1
    while !frontier.isEmpty {
      var next: [AnswerID] = []
      for answer in frontier {
        for instance in try graph.openInstances(restingOn: answer) where closed.insert(instance.trace).inserted {
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
    let closed = Set(closings.map(\.instance.trace))
    var holding = Set(begun)
    var ruledOut = ended.subtracting(holding)
    func holds(_ answer: AnswerID) throws(StoreError) -> Bool {
      if holding.contains(answer) { return true }
      if ruledOut.contains(answer) { return false }
      if try graph.holds(answer) { holding.insert(answer) } else { ruledOut.insert(answer) }
      return holding.contains(answer)
    }

    // Everything that could revive, taking for granted that sources which could revive do.
    var candidates = RevivalCandidates()
    var worklist = begun
    while let answer = worklist.popLast() {
      for revivable in try graph.revivableTraces(restingOn: answer) where !candidates.contains(revivable.trace.id) {
        if let open = revivable.open, !closed.contains(open) { continue }
        let source = try graph.sourceAnswer(of: revivable)
        candidates.add(revivable, source: source)
        if let source, try !holds(source) { worklist.append(source) }
      }
    }
    for answer in candidates.answers where try holds(answer) { candidates.assume(answer) }
    revivals = candidates.remaining()
  }
}

/// The greatest set of candidates in which each rests only on answers that hold or that the set itself gives.
private struct RevivalCandidates {
  private struct Candidate {
    var revivable: RevivableTrace
    var source: AnswerID?

    var trace: TraceRow { revivable.trace }
  }

  private var candidates: [TraceID: Candidate] = [:]
  private var restingOn: [AnswerID: [TraceID]] = [:]
  private var assumed: Set<AnswerID> = []

  func contains(_ trace: TraceID) -> Bool { candidates[trace] != nil }

  var answers: Dictionary<AnswerID, [TraceID]>.Keys { restingOn.keys }

  mutating func add(_ revivable: RevivableTrace, source: AnswerID?) {
    let trace = revivable.trace
    candidates[trace.id] = Candidate(revivable: revivable, source: source)
    for answer in trace.answers { restingOn[answer, default: []].append(trace.id) }
  }

  mutating func assume(_ answer: AnswerID) { assumed.insert(answer) }

  mutating func remaining() -> [RevivableTrace] {
    var givers: [AnswerID: Int] = [:]
    for candidate in candidates.values { if let source = candidate.source { givers[source, default: 0] += 1 } }
    func holds(_ answer: AnswerID) -> Bool { assumed.contains(answer) || givers[answer, default: 0] > 0 }

    var failing = candidates.filter { !$0.value.trace.answers.allSatisfy(holds) }.map(\.key)
    repeat {
      while let trace = failing.popLast() {
        guard let candidate = candidates.removeValue(forKey: trace), let source = candidate.source else { continue }
        givers[source, default: 0] -= 1
        if !holds(source) { failing += restingOn[source, default: []] }
      }
      // Two traces of one key can both hold only if a generator is impure; the newer one is served (W4).
      var newest: [KeyRow: TraceID] = [:]
      for (id, candidate) in candidates {
        newest[candidate.trace.key] = max(id, newest[candidate.trace.key] ?? id)
      }
      failing = candidates.filter { newest[$0.value.trace.key] != $0.key }.map(\.key)
    } while !failing.isEmpty
    return candidates.values.map(\.revivable).sorted { $0.trace.id < $1.trace.id }
  }
}
