import CacheIdentity

/// What may go from a store. All conditions that are set hold together; worlds are trimmed besides.
public struct PrunePolicy: Hashable, Sendable {
  /// Only code instances whose range is closed.
  public var closedOnly = false
  /// Only what was generated before: milliseconds since 1970, UTC.
  public var generatedBefore: Int64?
  /// Only what was not served since, nor generated: milliseconds since 1970, UTC.
  public var unusedSince: Int64?
  /// Only what this generator made: its name, or `name@version`.
  public var generator: String?
  /// Only what took no longer to generate, in nanoseconds.
  public var generatedWithin: Int64?
  /// Only until the file has at most this size in bytes; what saves the least time a byte goes first.
  public var maximumBytes: Int64?
  /// The number of newest worlds of each lineage whose history stays; whatever ended before goes (W8).
  public var keptWorlds: Int64?

  /// Makes a policy under which nothing goes.
  public init() {}

  /// Whether it selects traces, not just history.
  var selectsTraces: Bool {
    closedOnly || generatedBefore != nil || unusedSince != nil || generator != nil || generatedWithin != nil
      || maximumBytes != nil
  }

  func selects(_ trace: StoreInventory.Trace, by generator: GeneratorFingerprint?) -> Bool {
    if let generatedBefore, trace.generatedAt >= generatedBefore { return false }
    if let unusedSince, max(trace.lastUsed ?? trace.generatedAt, trace.generatedAt) >= unusedSince { return false }
    if let generatedWithin, trace.generationNanoseconds > generatedWithin { return false }
    guard let wanted = self.generator else { return true }
    return generator.map { $0.generator == wanted || "\($0.generator)@\($0.version)" == wanted } ?? false
  }
}

/// What a pruning takes, or would take.
public struct PruneSummary: Hashable, Sendable {
  /// Code instances with an open range.
  public var openInstances: Int
  /// Code instances with a closed range.
  public var closedInstances: Int
  /// Traces, with their edges.
  public var traces: Int
  /// Sources that lose their bytes, while their traces stay because of what was built from them.
  public var strippedSources: Int
  /// Worlds of the history.
  public var worlds: Int

  /// Makes a summary.
  public init(
    openInstances: Int = 0, closedInstances: Int = 0, traces: Int = 0, strippedSources: Int = 0, worlds: Int = 0
  ) {
    self.openInstances = openInstances
    self.closedInstances = closedInstances
    self.traces = traces
    self.strippedSources = strippedSources
    self.worlds = worlds
  }

  /// Whether nothing goes.
  public var isEmpty: Bool { self == PruneSummary() }
}

/// What a pruning did.
public struct PruneResult: Hashable, Sendable {
  /// What went.
  public var summary = PruneSummary()
  /// The size of the store's files before, in bytes.
  public var bytesBefore: Int64
  /// The size afterwards, in bytes.
  public var bytesAfter: Int64
}

/// How far a pruning is.
public struct PruneProgress: Hashable, Sendable {
  /// The number of traces that were looked at.
  public let done: Int
  /// The number of traces to look at.
  public let total: Int
}
