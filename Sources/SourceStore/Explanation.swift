import CacheIdentity

/// Why a key is, or is not, served at the head of a lineage.
public struct Explanation: Hashable, Sendable {
  /// The key.
  public let key: SourceKey
  /// The method instance, owner and generator.
  public let label: TraceLabel
  /// The method.
  public let method: MethodDescription
  /// The lineage's name.
  public let lineage: String
  /// The lineage's head, at which this holds.
  public let head: WorldAge
  /// What a lookup there finds, and why.
  public let verdict: Verdict
}

/// What a lookup finds, and why.
public enum Verdict: Hashable, Sendable {
  /// It is served.
  case hit(ServedTrace)
  /// It was served until a tick closed it. `cause` is `nil` if the log of that tick was pruned, or if the generator had
  /// declared the end itself.
  case closed(WorldRange, cause: ClosingCause?, nearest: NearestTrace?)
  /// Nothing holds there, and nothing of this lineage was closed.
  case miss(nearest: NearestTrace?)
  /// Its row is there, but the source's bytes were pruned: the next request generates them.
  case pruned(WorldRange)
  /// Its row is damaged, and never served (W12).
  case damaged(WorldRange)
  /// Its generator gave two sources for the same answers (B11).
  case quarantined(stored: Digest, found: Digest)
}

/// A trace that is served.
public struct ServedTrace: Hashable, Sendable {
  /// The trace.
  public let trace: TraceID
  /// The worlds in which it holds.
  public let range: WorldRange
  /// Whether it got its range by revival, without a generation.
  public let isRevived: Bool
  /// Who generated it, when, and how long that took.
  public let provenance: Provenance
}

/// Which process committed a tick, when and why.
public struct TickRecord: Hashable, Sendable {
  /// The world that the tick began.
  public let world: WorldAge
  /// When: milliseconds since 1970, UTC.
  public let committedAt: Int64
  /// The process.
  public let process: ProcessIdentity
  /// What happened.
  public let cause: String
}

/// What closed a code instance.
public struct ClosingCause: Hashable, Sendable {
  /// The tick.
  public let tick: TickRecord
  /// From the code instance to the change of a definition: each step's question is about the source of the next.
  public let chain: [Closing]
}

/// The trace of a key that comes nearest to holding at the head.
public struct NearestTrace: Hashable, Sendable {
  /// The trace.
  public let trace: TraceID
  /// Who generated it, when, and how long that took.
  public let provenance: Provenance
  /// The number of answers that it rests on.
  public let edgeCount: Int
  /// How many of them have another answer at the head, or none.
  public let differing: Int
  /// The first of those, in the order in which they were asked; `nil` if all hold, so that it revives at the next request.
  public let first: Difference?
}

/// An edge whose answer is not the one recorded at the head.
public struct Difference: Hashable, Sendable {
  /// Its place among the trace's edges, from 0.
  public let position: Int
  /// The question.
  public let question: Question
  /// The answer on which the trace rests.
  public let expected: Answer
  /// The answer at the head; `nil` if none is recorded.
  public let present: Answer?
  /// The tick that changed it; `nil` if the lineage never had the expected answer, or its log was pruned.
  public let tick: TickRecord?
}

/// What a verdict is decided on: values, read before.
struct KeyHistory {
  /// A trace of the key and how its edges stand at the head.
  struct Trace {
    var id: TraceID
    var provenance: Provenance
    var edges: [EdgeState]
  }

  /// An edge, and what is recorded of its question at the head.
  struct EdgeState {
    var edge: Edge
    var present: Answer?
    var tick: TickRecord?
  }

  /// The newest code instance of the key in the lineage.
  struct Newest {
    var served: ServedTrace
    var isSealWhole: Bool
    var hasBytes: Bool
    var cause: ClosingCause?
  }

  var quarantine: (stored: Digest, found: Digest)?
  var newest: Newest?
  /// Newest first.
  var traces: [Trace]
}

extension Verdict {
  /// Decides what a lookup at the head finds.
  init(_ history: KeyHistory) {
    if let newest = history.newest, newest.served.range.isOpen {
      if !newest.isSealWhole {
        self = .damaged(newest.served.range)
      } else if !newest.hasBytes {
        self = .pruned(newest.served.range)
      } else {
        self = .hit(newest.served)
      }
    } else if let (stored, found) = history.quarantine {
      self = .quarantined(stored: stored, found: found)
    } else if let newest = history.newest {
      self = .closed(newest.served.range, cause: newest.cause, nearest: NearestTrace(among: history.traces))
    } else {
      self = .miss(nearest: NearestTrace(among: history.traces))
    }
  }
}

extension NearestTrace {
  /// The trace with the fewest differing answers; of equals the first, which is the newest.
  init?(among traces: [KeyHistory.Trace]) {
    let all = traces.map { trace in
      (trace, differing: trace.edges.indices.filter { trace.edges[$0].edge.answer != trace.edges[$0].present })
    }
    guard let (trace, differing) = all.min(by: { $0.differing.count < $1.differing.count }) else { return nil }
    self.trace = trace.id
    provenance = trace.provenance
    edgeCount = trace.edges.count
    self.differing = differing.count
    first = differing.first.map { position in
      let state = trace.edges[position]
      return Difference(
        position: position, question: state.edge.question, expected: state.edge.answer, present: state.present,
        tick: state.tick)
    }
  }
}
