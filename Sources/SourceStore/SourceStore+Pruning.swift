import CacheIdentity

extension SourceStore {
  /// What a policy would take, and about how many bytes that would free; nothing is written.
  public func previewPruning(_ policy: PrunePolicy) throws(StoreError) -> (summary: PruneSummary, bytes: Int64) {
    let plan = PrunePlan(policy, try read { connection throws(StoreError) in try connection.inventory() })
    return (plan.summary, min(plan.bytes, fileBytes))
  }

  /// Takes what a policy lets go, and gives the space back to the file system.
  ///
  /// Pruning is no change of definitions: it closes nothing, and turns hits into misses at most (W12). Writers wait no longer
  /// than one batch takes, except for the last step, which writes the file anew. Stopped at any point, it leaves a
  /// whole store. The file shrinks once no other process reads an older state of it.
  public func prune(
    _ policy: PrunePolicy, progress: (PruneProgress) -> Void = { _ in }
  ) throws(StoreError) -> PruneResult {
    var result = PruneResult(bytesBefore: fileBytes, bytesAfter: 0)
    if let maximum = policy.maximumBytes, try pages().all > maximum { try compact() }
    for _ in 0..<Pruning.mostRounds {
      let plan = PrunePlan(policy, try read { connection throws(StoreError) in try connection.inventory() })
      let taken = try carryOut(plan, progress)
      result.summary.add(taken)
      try compact()
      guard let maximum = policy.maximumBytes, !taken.isEmpty, try pages().all > maximum else { break }
    }
    result.bytesAfter = fileBytes
    return result
  }

  /// Takes what saves the least time a byte, until at most so many bytes of the file are in use (W12). Nothing is taken if no more
  /// are.
  ///
  /// The file keeps its size: what comes next goes where there is room, and writing it anew would make other processes wait.
  /// Readers never wait, writers no longer than one batch takes. O(rows of the store) if something is taken.
  public func evict(downTo maximum: Int64) throws(StoreError) -> PruneSummary {
    var policy = PrunePolicy()
    policy.maximumBytes = maximum
    var summary = PruneSummary()
    for _ in 0..<Pruning.mostRounds where try usedBytes > maximum {
      let taken = try carryOut(
        PrunePlan(policy, try read { connection throws(StoreError) in try connection.inventory() })
      ) { _ in }
      if taken.isEmpty { break }
      summary.add(taken)
    }
    return summary
  }

  /// The pages of the file that are in use, in bytes.
  public var usedBytes: Int64 {
    get throws(StoreError) { try read { connection throws(StoreError) in try connection.pageSizes() }.used }
  }

  /// The size of the store's files in bytes, what waits in the write-ahead log included.
  var fileBytes: Int64 {
    if case .memory = location { return (try? pages().all) ?? 0 }
    let sizes = StoreFile.sizes(path)
    return sizes.file + sizes.log
  }

  private func pages() throws(StoreError) -> (all: Int64, used: Int64) {
    try withWriter { connection throws(StoreError) in try connection.pageSizes() }
  }

  private func carryOut(
    _ plan: PrunePlan, _ progress: (PruneProgress) -> Void
  ) throws(StoreError) -> PruneSummary {
    let doomed = Set(plan.removals.lazy.filter(\.isWhole).map(\.trace))
    var summary = PruneSummary()
    if !plan.oldest.isEmpty {
      summary.worlds = try write { connection throws(StoreError) in try connection.trimWorlds(plan.oldest) }
    }
    var pinned: [TraceID] = []
    for start in stride(from: 0, to: plan.removals.count, by: Pruning.batch) {
      let end = min(start + Pruning.batch, plan.removals.count)
      let done = try write { connection throws(StoreError) in
        var pruning = Pruning(connection: connection, doomed: doomed)
        try pruning.run(plan.removals[start..<end])
        return (pruning.summary, pruning.pinned)
      }
      summary.add(done.0)
      pinned += done.1
      progress(PruneProgress(done: end, total: plan.removals.count))
    }
    summary.strippedSources = try write { connection throws(StoreError) in try connection.stripSources(of: pinned) }
    if !plan.oldest.isEmpty {
      try write { connection throws(StoreError) in try connection.trimAnswers(plan.oldest) }
    }
    var last: QuestionID? = QuestionID(0)
    while let start = last {
      last = try write { connection throws(StoreError) in try connection.deleteUnaskedQuestions(after: start) }
    }
    try write { connection throws(StoreError) in try connection.deleteUnreferencedRows() }
    return summary
  }

  /// Writes the file anew without its free pages, and empties the log.
  func compact() throws(StoreError) {
    try withWriter { connection throws(StoreError) in
      try connection.executeScript("VACUUM")
      // Another process may be reading what the log still has to keep; then a later checkpoint shrinks the file.
      _ = try connection.first("PRAGMA wal_checkpoint(TRUNCATE)") { $0.bool(0) }
    }
  }
}

extension PruneSummary {
  mutating func add(_ other: PruneSummary) {
    openInstances += other.openInstances
    closedInstances += other.closedInstances
    traces += other.traces
    strippedSources += other.strippedSources
    worlds += other.worlds
  }
}
