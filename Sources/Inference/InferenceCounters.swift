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

  /// Where requests for it are counted.
  fileprivate var count: WritableKeyPath<InferenceCounters, Int> {
    switch self {
    case .inference: \.inferenceRequests
    case .limitHeuristics: \.limitRequests
    case .constantPropagation: \.constantRequests
    case .revalidation: \.revalidationRequests
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
    Dictionary(uniqueKeysWithValues: SourcePurpose.allCases.map { ($0, self[keyPath: $0.count]) })
      .filter { $0.value > 0 }
  }
  fileprivate var inferenceRequests = 0
  fileprivate var limitRequests = 0
  fileprivate var constantRequests = 0
  fileprivate var revalidationRequests = 0
  /// Instances whose source was requested.
  public var requestedInstances = 0

  /// Nothing was done yet.
  public init() {}

  /// Counts a request.
  mutating func count(_ purpose: SourcePurpose) {
    switch purpose {
    case .inference: inferenceRequests += 1
    case .limitHeuristics: limitRequests += 1
    case .constantPropagation: constantRequests += 1
    case .revalidation: revalidationRequests += 1
    }
  }

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
    for purpose in SourcePurpose.allCases { counters[keyPath: purpose.count] -= earlier[keyPath: purpose.count] }
    return counters
  }
}
