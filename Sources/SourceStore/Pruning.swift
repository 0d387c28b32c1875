import CacheIdentity

/// One batch of removals, in its transaction. The store may have changed since the plan was made, so ``PrunePlan``'s invariant
/// is checked again on what is there now.
struct Pruning {
  /// The number of removals in one transaction.
  static let batch = 1_000
  /// Sizes of rows are estimates, so a limit may need more than one round; each takes something or is the last.
  static let mostRounds = 8

  let connection: Connection
  /// All traces that go with this plan, in this batch or another.
  let doomed: Set<TraceID>
  /// What went so far.
  private(set) var summary = PruneSummary()
  /// Traces that were to go as far as possible and stay because of what was built from them.
  private(set) var pinned: [TraceID] = []
  private var deleted: Set<TraceID> = []
  private var unasked: Set<QuestionID> = []

  init(connection: Connection, doomed: Set<TraceID>) {
    self.connection = connection
    self.doomed = doomed
  }

  mutating func run(_ removals: ArraySlice<PrunePlan.Removal>) throws(StoreError) {
    for removal in removals where !deleted.contains(removal.trace) {
      // The trace may have been pruned by another process, and its id may name another one by now.
      guard let trace = try connection.traceIfPresent(removal.trace), trace.key == removal.key else { continue }
      if removal.isWhole, let group = try group(around: trace) {
        try delete(group)
        continue
      }
      for (lineage, min) in removal.closed {
        summary.closedInstances += try connection.deleteClosedInstance(of: trace, in: lineage, from: min)
      }
      if removal.isStripped || removal.isWhole { pinned.append(trace.id) }
    }
    try connection.deleteClosings(of: deleted)
    try connection.delete(Array(unasked))
  }

  /// The traces that must go together with one: all that was built from its source if it is open, and so on from theirs.
  /// `nil` if one of them is to stay.
  private func group(around trace: TraceRow) throws(StoreError) -> [TraceRow]? {
    var group = [trace]
    var known: Set<TraceID> = [trace.id]
    var position = 0
    while position < group.count {
      let member = group[position]
      position += 1
      guard try isOpen(member), let question = try connection.sourceQuestion(of: member.key) else { continue }
      for outer in try connection.traces(restingOnAnswersTo: question) where known.insert(outer).inserted {
        guard doomed.contains(outer) else { return nil }
        group.append(try connection.trace(outer))
      }
    }
    return group
  }

  private func isOpen(_ trace: TraceRow) throws(StoreError) -> Bool {
    try connection.codeInstances(of: trace.key).contains { $0.trace == trace.id && $0.range.isOpen }
  }

  private mutating func delete(_ group: [TraceRow]) throws(StoreError) {
    for trace in group {
      for instance in try connection.codeInstances(of: trace.key) where instance.trace == trace.id {
        try connection.delete(instance)
        if instance.range.isOpen { summary.openInstances += 1 } else { summary.closedInstances += 1 }
      }
      try connection.execute("DELETE FROM usage WHERE trace = ?", trace.id)
      try connection.deleteBackedges(of: trace)
      try connection.execute("DELETE FROM trace WHERE id = ?", trace.id)
      deleted.insert(trace.id)
    }
    summary.traces += group.count
    // No tick would close the answers that the group gave. Asked again, the question gets those that are true then.
    for trace in group {
      guard let question = try connection.sourceQuestion(of: trace.key) else { continue }
      if try connection.traces(restingOnAnswersTo: question).isEmpty { unasked.insert(question) }
    }
  }
}

extension Connection {
  /// Deletes a code instance unless it is open. Returns the number of rows.
  fileprivate func deleteClosedInstance(
    of trace: TraceRow, in lineage: LineageID, from min: WorldAge
  ) throws(StoreError) -> Int {
    try execute(
      """
      DELETE FROM code_instance WHERE method = ? AND instance = ? AND owner = ? AND lineage = ? AND min_world = ?
        AND trace = ? AND last_world IS NOT NULL
      """, trace.key.method, trace.key.firstHalf, trace.key.owner, lineage, min, trace.id)
    return changes
  }

  /// Takes the bytes of the traces' sources, except those that a code instance of another trace serves too. Returns the
  /// number of sources.
  func stripSources(of traces: [TraceID]) throws(StoreError) -> Int {
    guard !traces.isEmpty else { return 0 }
    try execute(
      """
      UPDATE source SET bytes = NULL WHERE bytes IS NOT NULL
        AND id IN (SELECT source FROM trace WHERE id IN (SELECT value FROM json_each(?1)))
        AND id NOT IN (SELECT source FROM code_instance
          WHERE source IS NOT NULL AND trace NOT IN (SELECT value FROM json_each(?1)))
      """, traces.jsonText())
    return changes
  }

  /// Deletes the worlds before a lineage's new oldest one, with what they closed (W8). Returns the number of worlds.
  func trimWorlds(_ oldest: [LineageID: WorldAge]) throws(StoreError) -> Int {
    var worlds = 0
    for (lineage, cut) in oldest {
      try execute("UPDATE lineage SET oldest = max(oldest, ?) WHERE id = ? AND head >= ?", cut, lineage, cut)
      try execute("DELETE FROM closing WHERE lineage = ? AND world < ?", lineage, cut)
      try execute("DELETE FROM world WHERE lineage = ? AND world < ?", lineage, cut)
      worlds += changes
    }
    return worlds
  }

  /// Deletes what is recorded of answers that ended before a lineage's new oldest world.
  func trimAnswers(_ oldest: [LineageID: WorldAge]) throws(StoreError) {
    for (lineage, cut) in oldest {
      try execute(
        "UPDATE answer SET lineage = NULL, min_world = NULL, last_world = NULL WHERE lineage = ? AND last_world < ?",
        lineage, cut)
      try execute("DELETE FROM further_range WHERE lineage = ? AND last_world < ?", lineage, cut)
    }
  }
}
