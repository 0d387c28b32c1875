import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost

/// One method instance, or one instance of a native generated function, and what inference knows of it.
///
/// A class, for the call graph has cycles; nodes belong to one ``AbstractInterpreter``, and so to one thread.
final class InstanceNode: Traced {
  /// What is specialized.
  enum Callable {
    case method(Method)
    case native(NativeFunction)
  }

  let callable: Callable
  /// Which object the method is, or the type of the native function.
  let identity: ObjectIdentifier
  /// The argument types as a tuple type, possibly abstract; the first is the callee's if values of a struct are called.
  let arguments: ResolvedType
  let trace: UInt
  /// What the types say of each argument.
  let elements: [LatticeElement]
  /// The type of any number of further arguments.
  let tail: ResolvedType?
  /// What all instances of the method share; `nil` for a native function's.
  let method: MethodState?
  /// Whether it has a plain method's code, and no generator.
  let isPlain: Bool
  /// Whether the types begin with that of a value that is called.
  let startsWithCallee: Bool
  /// Whether the code does not take that value.
  let dropsCallee: Bool
  /// The result in the present world.
  @exclusivity(unchecked) var result: InferenceResult?
  /// The frame that infers it now.
  @exclusivity(unchecked) var frame: Frame?
  /// With which it is limited, as of the last call.
  @exclusivity(unchecked) var limitGroup: LimitGroup?
  /// How many frames infer it with constants now.
  @exclusivity(unchecked) var constantFrames = 0
  /// What constant arguments gave, while one call from outside is inferred.
  @exclusivity(unchecked) var constantResults: [InferenceResult] = []
  /// Whether its source was ever requested.
  @exclusivity(unchecked) var isRequested = false
  /// The request for its source, prepared for one world at a time.
  @exclusivity(unchecked) private var request: PreparedRequest<LoweredCode>?
  @exclusivity(unchecked) private var viewOfRequest: WorldView?
  /// See ``InferenceOptions/remembersSources``.
  @exclusivity(unchecked) var remembered: (source: LoweredCode?, basis: SourceBasis)?

  init(
    _ callable: Callable, _ identity: ObjectIdentifier, _ method: MethodState?, arguments: ResolvedType,
    _ elements: [LatticeElement]
  ) {
    self.callable = callable
    self.identity = identity
    trace = InstanceNode.trace(identity, arguments)
    self.method = method
    self.arguments = arguments
    switch callable {
    case .method(let method):
      isPlain = method.definition.kind == .plain
      startsWithCallee = method.startsWithCallee
      dropsCallee = method.startsWithCallee && method.definition.calleeName == nil
    case .native: (isPlain, startsWithCallee, dropsCallee) = (false, false, false)
    }
    self.elements = elements
    tail = if case .tuple(_, let tail) = arguments.shape { tail } else { .any }
  }

  /// That of a node by its key.
  static func trace(_ identity: ObjectIdentifier, _ arguments: ResolvedType) -> UInt {
    .trace(of: identity).traced(ObjectIdentifier(arguments))
  }

  /// The request for the source in a world; `nil` if the generator may not run for such types (B10).
  func request(in view: WorldView) -> PreparedRequest<LoweredCode>? {
    if viewOfRequest === view { return request }
    request = makeRequest(in: view)
    viewOfRequest = view
    return request
  }

  private func makeRequest(in view: WorldView) -> PreparedRequest<LoweredCode>? {
    switch callable {
    case .native(let native):
      guard arguments.isConcrete, case .tuple(let types, nil) = arguments.shape else { return nil }
      return try? native.generator.request(for: NativeInstance(native, types, as: arguments, in: view))
    case .method(let method):
      let instance = StagedInstance(method, arguments: arguments, in: view)
      guard instance.mayGenerate else { return nil }
      return method.definition.kind == .cachedGenerated
        ? PreparedRequest(for: instance, generator: StagedGenerator())
        : PreparedRequest(for: instance, generator: UncachedStagedGenerator())
    }
  }
}

/// What all instances of a method share.
final class MethodState: Traced {
  let method: Method
  let trace: UInt
  /// For which argument types it has nodes.
  @exclusivity(unchecked) var instances: [ResolvedType] = []
  /// A plain method's code, prepared for the present world.
  @exclusivity(unchecked) var code: FlowCode?
  /// That the method is in force: what each of its results rests on.
  @exclusivity(unchecked) var dependency: Dependency?
  /// With which calls of a plain method are limited.
  let limitGroup: LimitGroup

  init(_ method: Method) {
    self.method = method
    trace = .trace(of: ObjectIdentifier(method))
    limitGroup = LimitGroup(ObjectIdentifier(method), nil, trace)
  }

  /// Lets go of what refers to its results, and these to it.
  func disconnect() {
    code = nil
    dependency = nil
  }
}

extension InstanceNode: CustomStringConvertible {
  /// The function with the argument types, as the cache names specializations.
  var description: String {
    switch callable {
    case .method(let method): method.function + arguments.argumentText
    case .native(let native): native.name + arguments.argumentText
    }
  }
}
