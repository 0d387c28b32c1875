import CacheIdentity
import SourceCodec

/// A trace that could be served in a world if some answers that are not recorded there came out as it expects.
public struct RevivalCandidate: Hashable, Sendable {
  /// The trace.
  public let trace: TraceID
  /// Definitions to ask the host about, with the answers that the trace rests on.
  public let definitions: [Edge]
  /// Inner sources to request, with the answers that the trace rests on.
  public let sources: [(edge: Edge, inner: StoredInstance)]

  /// How much there is to ask.
  public var unanswered: Int { definitions.count + sources.count }

  /// Same trace and questions.
  public static func == (left: RevivalCandidate, right: RevivalCandidate) -> Bool {
    left.trace == right.trace && left.definitions == right.definitions
      && left.sources.map(\.edge) == right.sources.map(\.edge)
  }
  /// Feeds the trace.
  public func hash(into hasher: inout Hasher) { hasher.combine(trace) }
}

/// What the store knows of a method instance: enough for a host to find it again.
public struct StoredInstance: Hashable, Sendable {
  /// The method.
  public let method: MethodDescription
  /// The specialization's text.
  public let specialization: String
  /// The generator.
  public let generator: GeneratorFingerprint
  /// The owner's name.
  public let owner: String
}

extension SourceStore {
  /// The traces of a key that nothing recorded in this world speaks against, those with the least to ask first.
  ///
  /// What a session tries before it runs a generator: each edge of such a trace is recorded to hold, or not recorded at all
  /// (C7; `docs/decisions/0005-revival.md`). One trace of the key after the other, O(edges).
  public func revivalCandidates(
    for key: SourceKey, lineage: LineageID, world: WorldAge
  ) throws(StoreError) -> [RevivalCandidate] {
    try readRecent { connection throws(StoreError) in
      guard let row = try connection.keyRow(key), try !connection.isQuarantined(row) else { return [] }
      var candidates: [RevivalCandidate] = []
      for trace in try connection.traces(of: row) where !trace.isBounded {
        if let candidate = try connection.candidate(trace, lineage, world) { candidates.append(candidate) }
      }
      return candidates.sorted { $0.unanswered < $1.unanswered }
    }
  }

  /// Gives a trace a new range around a world, once all of its edges were found to hold there; `nil` if by now something
  /// recorded speaks against it.
  public func revive(
    _ candidate: RevivalCandidate, lineage id: LineageID, world: WorldAge
  ) throws(StoreError) -> WorldRange? {
    try write { connection throws(StoreError) in
      let lineage = try connection.lineage(id)
      // It may have been pruned since it was found.
      guard let trace = try connection.traceIfPresent(candidate.trace), world >= lineage.oldest,
        world <= lineage.head, !trace.isBounded, try !connection.isQuarantined(trace.key)
      else { return nil }
      for edge in candidate.definitions {
        guard let (ids, _) = try connection.interning(edge) else { return nil }
        _ = try connection.recording(ids.answer, to: ids.question, in: id, at: world, head: lineage.head)
      }
      guard let range = try connection.recordedRange(of: trace, in: id, at: world) else { return nil }
      let others = try connection.codeInstances(of: trace.key).filter { $0.lineage == id }
      if let present = others.first(where: { $0.range.contains(world) }) {
        return present.trace == trace.id ? present.range : nil
      }
      guard let clear = range.clipped(around: world, avoiding: others.map(\.range)) else { return nil }
      try connection.open(
        trace.id, trace.key, in: id, range: clear, source: trace.source,
        sourceAnswer: try connection.sourceAnswer(of: trace), revived: true)
      return clear
    }
  }
}

extension Connection {
  /// The widest interval around a world in which all edges of a trace are recorded to hold; `nil` if some are not.
  func recordedRange(
    of trace: TraceRow, in lineage: LineageID, at world: WorldAge
  ) throws(StoreError) -> WorldRange? {
    guard trace.isWhole else { return nil }
    var range = WorldRange.all
    for answer in trace.answers {
      let question = try self.question(of: answer)
      guard case .holds(let holding) = try recorded(answer, to: question, in: lineage, at: world),
        let narrowed = range.intersection(holding)
      else { return nil }
      range = narrowed
    }
    return range
  }

  fileprivate func candidate(
    _ trace: TraceRow, _ lineage: LineageID, _ world: WorldAge
  ) throws(StoreError) -> RevivalCandidate? {
    guard trace.isWhole, try hasContent(trace) else { return nil }
    var definitions: [Edge] = []
    var sources: [(edge: Edge, inner: StoredInstance)] = []
    for id in trace.answers {
      switch try recorded(id, to: try question(of: id), in: lineage, at: world) {
      case .holds: continue
      case .differs: return nil
      case .unknown:
        let edge = try edge(to: id)
        if case .source(let key, _) = edge.question {
          guard let inner = try storedInstance(of: key) else { return nil }
          sources.append((edge, inner))
        } else {
          definitions.append(edge)
        }
      }
    }
    return RevivalCandidate(trace: trace.id, definitions: definitions, sources: sources)
  }

  private func hasContent(_ trace: TraceRow) throws(StoreError) -> Bool {
    guard let source = trace.source else { return true }
    return try first("SELECT bytes IS NOT NULL FROM source WHERE id = ?", source) { $0.bool(0) } ?? false
  }

  private func storedInstance(of key: SourceKey) throws(StoreError) -> StoredInstance? {
    guard let row = try keyRow(key), let trace = try traces(of: row).first else { return nil }
    return try first(
      """
      SELECT m.module, m.table_name, m.function, m.arguments, m.location, n.specialization, g.name, g.fingerprint, o.name
      FROM trace t JOIN generation n ON n.trace = t.id JOIN method m ON m.id = t.method
      JOIN generator g ON g.id = m.generator JOIN owner o ON o.id = t.owner WHERE t.id = ?
      """, trace.id
    ) { row in
      StoredInstance(
        method: MethodDescription(
          module: row.text(0), table: row.text(1),
          signature: Signature(function: row.text(2), arguments: row.text(3)), location: row.text(4)),
        specialization: row.text(5), generator: GeneratorFingerprint(generator: row.text(6), version: row.text(7)),
        owner: row.text(8))
    }
  }
}
