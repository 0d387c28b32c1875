/// Why inference needs the source of a generated function's instance (F1 to F3).
public enum SourcePurpose: String, CaseIterable, Sendable {
  /// To infer the instance.
  case inference
  /// To learn at each call which method to take for it when recursion is limited, also if the instance is inferred already (F1).
  case limitHeuristics
  /// To infer a call again with its constant arguments, when the source is long gone (F2).
  case constantPropagation
  /// To learn, after a change of definitions, whether a result still rests on the same source.
  case revalidation

  /// The place among all.
  fileprivate var place: Int {
    switch self {
    case .inference: 0
    case .limitHeuristics: 1
    case .constantPropagation: 2
    case .revalidation: 3
    }
  }
}

/// What an interpreter did.
public struct InferenceCounters: Hashable, Sendable {
  /// Instances inferred, again after a redefinition included.
  public var instances = 0
  /// Calls inferred again with constant arguments.
  public var constantCalls = 0
  /// Statements interpreted, each time that they were.
  public var statements = 0
  /// Results that were found in cycles of calls, and finished together.
  public var cyclicResults = 0
  /// Calls for which recursion was limited.
  public var limitedCalls = 0
  /// Results that changes of definitions closed.
  public var closed = 0
  /// Requests for generated sources, by who asked.
  public var requests: [SourcePurpose: Int] {
    Dictionary(uniqueKeysWithValues: zip(SourcePurpose.allCases, requestCounts)).filter { $0.value > 0 }
  }
  private var requestCounts = [Int](repeating: 0, count: SourcePurpose.allCases.count)
  /// Instances whose source was requested.
  public var requestedInstances = 0

  /// Nothing was done yet.
  public init() {}

  mutating func count(_ purpose: SourcePurpose) { requestCounts[purpose.place] += 1 }

  /// What was done after `earlier`.
  public func since(_ earlier: InferenceCounters) -> InferenceCounters {
    var counters = self
    counters.instances -= earlier.instances
    counters.constantCalls -= earlier.constantCalls
    counters.statements -= earlier.statements
    counters.cyclicResults -= earlier.cyclicResults
    counters.limitedCalls -= earlier.limitedCalls
    counters.closed -= earlier.closed
    counters.requestedInstances -= earlier.requestedInstances
    counters.requestCounts = zip(requestCounts, earlier.requestCounts).map { $0 - $1 }
    return counters
  }
}
