import LoweredIR
import StagedHost

/// What is limited together when calls recur: a method, or the method that a generated source stands for (F1). All calls through an
/// overlay pass are calls of one generated function; only by the second can they be told apart.
final class LimitGroup: Traced {
  let trace: UInt
  /// Which object the method or the type of the native function is.
  let callable: ObjectIdentifier
  /// The method for limits that sources name; `nil` for plain methods.
  let method: CodeLayout.Name?
  /// The innermost of the active frames: each knows the next one outside of it.
  @exclusivity(unchecked) private(set) var innermost: Frame?
  @exclusivity(unchecked) private(set) var depth = 0
  /// How many instances were inferred.
  @exclusivity(unchecked) var instances = 0

  init(_ callable: ObjectIdentifier, _ method: CodeLayout.Name?, _ trace: UInt) {
    self.callable = callable
    self.method = method
    self.trace = trace
  }

  /// A frame of the group begins, or goes on.
  func push(_ frame: Frame) {
    frame.outer = innermost
    innermost = frame
    depth += 1
  }

  /// The innermost frame stops.
  func pop() {
    innermost = innermost?.outer.take()
    depth -= 1
  }

  /// Whether a frame of this instance is active; linear in the frames.
  func isActive(_ node: InstanceNode) -> Bool {
    var next = innermost
    while let frame = next {
      if frame.node === node { return true }
      next = frame.outer
    }
    return false
  }

  /// That of a group by its key.
  static func trace(_ callable: ObjectIdentifier, _ method: CodeLayout.Name?) -> UInt {
    UInt.trace(of: callable).traced(method?.trace ?? 0)
  }
}

extension AbstractInterpreter {
  enum Limit {
    case none
    /// A wider instance is to be inferred instead.
    case instance(InstanceNode)
    case anything
  }

  /// How many frames of one method may be active with different types.
  private static let recursionLimit = 8
  /// How many instances of one method are inferred before further calls are those of its declared types.
  private static let instanceLimit = 1_000

  /// Whether a call must be taken for a wider one, so that inference ends: methods that call themselves with ever larger types have
  /// no last instance (Julia's `abstract_call_method` and `limit_type_size`).
  func limit(_ node: InstanceNode, as method: CodeLayout.Name?) -> Limit {
    let group = group(of: node, as: method)
    let isSpent = group.instances >= AbstractInterpreter.instanceLimit
    if group.depth == 0, node.result != nil || !isSpent { return .none }
    if group.isActive(node) { return .none }
    let last = group.innermost?.node
    let grows = last.map { node.arguments.size > $0.arguments.size } ?? false
    let isDeep = group.depth >= AbstractInterpreter.recursionLimit
    guard grows || isDeep || isSpent else { return .none }
    counters.limitedCalls += 1
    guard case .method(let declared) = node.callable, method == nil else { return .anything }
    var wider = declared.parameters
    if !isDeep, let last { wider = node.arguments.limited(by: last.arguments, within: wider) }
    let instance = self.node(node.callable, node.identity, wider)
    instance.limitGroup = group
    guard instance.isPlain || instance.request(in: view) != nil else { return .anything }
    return .instance(instance)
  }

  /// The group that a node belongs to, by what its source says.
  private func group(of node: InstanceNode, as method: CodeLayout.Name?) -> LimitGroup {
    if let known = node.limitGroup, known.method == method { return known }
    if method == nil, let own = node.method?.limitGroup {
      node.limitGroup = own
      return own
    }
    let trace = LimitGroup.trace(node.identity, method)
    let known = limitGroups.find(trace) { $0.callable == node.identity && $0.method == method }
    let group = known ?? LimitGroup(node.identity, method, trace)
    if known == nil { limitGroups.insert(group) }
    node.limitGroup = group
    return group
  }
}

extension ResolvedType {
  /// The argument types, with the declared one wherever they are larger than in an active call.
  fileprivate func limited(by active: ResolvedType, within declared: ResolvedType) -> ResolvedType {
    guard case .tuple(let own, nil) = shape, case .tuple(let others, nil) = active.shape, own.count == others.count,
      case .tuple(let types, let tail) = declared.shape
    else { return declared }
    var parts: [ResolvedType] = []
    for (position, part) in own.enumerated() {
      let isSmall = part.size <= others[position].size
      parts.append(isSmall ? part : position < types.count ? types[position] : tail ?? .any)
    }
    return (try? .tuple(parts)) ?? declared
  }
}
