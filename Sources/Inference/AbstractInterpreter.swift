import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost

/// Infers what calls give, by abstract interpretation of everything that they can reach (after Julia's
/// `Compiler/src/abstractinterpretation.jl` and `typeinfer.jl`).
///
/// Results are kept for each method instance, with the worlds in which they hold. Generated functions are inferred through
/// their sources, which are requested from a ``CacheSession`` again and again: see ``SourcePurpose``.
///
///     let interpreter = AbstractInterpreter(view: host.view, session: session)
///     print(try interpreter.infer("sin", [.int]).type)
///
/// Not to be used from several threads at once. Its memory grows with the instances that it has inferred.
public final class AbstractInterpreter {
  /// The world in which calls are inferred.
  @exclusivity(unchecked) public internal(set) var view: WorldView
  let session: CacheSession<LoweredCode>
  let options: InferenceOptions
  /// What was done so far.
  @exclusivity(unchecked) public internal(set) var counters = InferenceCounters()

  // Hardly a statement is interpreted without these. Checking at each use that nobody else uses them at the same time cost a tenth of
  // inference. Nobody does: an interpreter belongs to one thread, and no access to one of these lasts longer than a call of a method of
  // the standard library that calls nothing of ours.

  @exclusivity(unchecked) var meanings: Meanings
  /// The worlds around the present one in which types are the same: no result is claimed to hold beyond.
  var rangeOfTypes: ClosedRange<HostWorld>
  @exclusivity(unchecked) var nodes = TraceTable<InstanceNode>()
  @exclusivity(unchecked) var resolvedCalls = TraceTable<ResolvedCall>()
  @exclusivity(unchecked) var recentCode = RecentCode()
  /// What results rest on since earlier worlds: those that were first asked in the present one are with the names' meanings.
  @exclusivity(unchecked) var bindings: [String: Dependency] = [:]
  /// What generators asked whose sources are not cached.
  var edges: [Edge: Dependency] = [:]
  @exclusivity(unchecked) var methods = TraceTable<MethodState>()
  /// Every result that has a node.
  @exclusivity(unchecked) var results = ResultList()
  /// How many of the last ones what they rest on does not know yet; much is inferred before the first definition changes. None of them
  /// is closed, so all are there.
  @exclusivity(unchecked) var unconnectedCount = 0
  /// What a change of definitions makes worth asking again, and what is not filed there yet.
  var dependencies: [Subject: [Dependency]] = [:]
  @exclusivity(unchecked) var newDependencies: [Dependency] = []
  /// The generated sources that results rest on.
  @exclusivity(unchecked) var sourceDependencies: [Dependency] = []

  // The frames of the call that is inferred.
  @exclusivity(unchecked) var stack: [Frame] = []
  @exclusivity(unchecked) var frameCount = 0
  /// Frames without work that wait for the end of their cycle.
  @exclusivity(unchecked) var cycle: [Frame] = []
  /// Objects for the next frames and calls.
  @exclusivity(unchecked) var spareFrames: [Frame] = []
  @exclusivity(unchecked) var spareCalls: [PendingCall] = []
  @exclusivity(unchecked) var limitGroups = TraceTable<LimitGroup>()
  /// What the builtin is called with that is looked at.
  @exclusivity(unchecked) var operands: [LatticeElement] = []
  /// What the newest frame or list without repetitions marks things with.
  @exclusivity(unchecked) var mark = 0
  /// Nodes that have results with constants, which live as long as the call from outside.
  @exclusivity(unchecked) var nodesWithConstants: [InstanceNode] = []

  /// Makes an interpreter for a world of a host.
  public init(view: WorldView, session: CacheSession<LoweredCode>, options: InferenceOptions = InferenceOptions()) {
    self.view = view
    self.session = session
    self.options = options
    meanings = Meanings(in: view)
    rangeOfTypes = view.rangeOfTypes
  }

  deinit {
    for result in results.all { result.disconnect() }
    for node in nodes.all { node.result = nil }
    for method in methods.all { method.disconnect() }
  }

  /// Infers what a call of the function with this global name gives for arguments of some types, which may be abstract.
  ///
  /// Asks for each instance that is not inferred yet, and for the sources of generated functions that are called. Generators that throw
  /// make calls that can give anything (B3).
  ///
  /// - Throws: ``InferenceError`` if the name has no value.
  public func infer(_ function: String, _ arguments: [ResolvedType]) throws(InferenceError) -> InferredCall {
    if view.global(function) == nil { throw .unbound(name: function) }
    let slots = arguments.indices
    let code = FlowCode(
      CodeLayout.wellFormed(
        LoweredCode(
          arguments: slots.map { "#\($0)" },
          statements: [.value(.call(.global(function), slots.map { .slot($0) })), .return(.ssa(0))])),
      meanings)
    let frame = newFrame(code, of: nil, slots: arguments.map { LatticeElement($0) })
    for meaning in code.bindings { frame.add(binding(meaning)) }
    let result = solve(frame)
    for node in nodesWithConstants { node.constantResults = [] }
    nodesWithConstants = []
    spareFrames = []
    return InferredCall(function: function, arguments: arguments, world: view.world, root: result)
  }

  /// A mark that nothing has.
  func newMark() -> Int {
    mark += 1
    return mark
  }
}

/// How an interpreter behaves.
public struct InferenceOptions: Sendable {
  /// Keeps each generated source at its instance, and asks for it once only. What could be saved by a cache at most: the ceiling
  /// that benchmarks compare with. Real compilers let sources go, for they are large.
  public var remembersSources = false

  /// The defaults.
  public init() {}
}

/// What cannot be inferred.
public enum InferenceError: Error, Hashable, Sendable {
  /// Nothing is bound to this name.
  case unbound(name: String)
}

extension InferenceError: CustomStringConvertible {
  /// The problem in one line.
  public var description: String {
    switch self {
    case .unbound(let name): "\(name) is not defined"
    }
  }
}
