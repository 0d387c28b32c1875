import StagedHost

/// What a call of certain types can reach in the present world. Remembered for each combination of types.
final class ResolvedCall: Traced {
  enum Target {
    /// A method instance or a native generated function's.
    case instance(InstanceNode)
    /// A value of a struct type is made.
    case construction(ResolvedType)
    /// A builtin, one of several things that are called.
    case builtin(Builtin)
    /// Too many things, or nobody knows what: the call may give anything.
    case anything
  }

  /// For which types.
  let types: CallTypes
  /// The instance, if nothing else is reached: mostly it is so, and there is no list.
  let onlyInstance: InstanceNode?
  /// What is reached otherwise.
  let targets: [Target]
  let dependencies: [Dependency]
  /// The mark of the frame that was last known to rest on it.
  @exclusivity(unchecked) var mark = 0
  /// Made of the types: they live as long as the process.
  let trace: UInt

  init(_ types: CallTypes, _ targets: [Target], _ dependencies: [Dependency] = []) {
    self.types = types
    if targets.count == 1, case .instance(let node) = targets[0] {
      (onlyInstance, self.targets) = (node, [])
    } else {
      (onlyInstance, self.targets) = (nil, targets)
    }
    self.dependencies = dependencies
    trace = types.trace
  }

  /// That of a call that reaches one instance.
  init(_ types: CallTypes, _ node: InstanceNode, _ dependencies: [Dependency] = []) {
    self.types = types
    onlyInstance = node
    targets = []
    self.dependencies = dependencies
    trace = types.trace
  }

  /// All that is reached.
  var allTargets: [Target] { onlyInstance.map { [.instance($0)] } ?? targets }

  /// Whether it is the call of the types that are these objects.
  @inline(__always)
  func isOf(_ callee: UInt, _ count: Int, tail: ResolvedType?, _ argument: (Int) -> UInt) -> Bool {
    guard types.callee.identity == callee, types.arguments.count == count, types.tail === tail else { return false }
    for position in 0..<count where argument(position) != types.arguments[position].identity { return false }
    return true
  }
}

/// The types of a call. Nothing is counted for them, the tail excepted: they live as long as the process.
struct CallTypes {
  let callee: Unmanaged<ResolvedType>
  let arguments: [Unmanaged<ResolvedType>]
  /// The type of any number of further arguments.
  let tail: ResolvedType?

  var trace: UInt {
    var trace = UInt(0).traced(callee.identity)
    for type in arguments { trace = trace.traced(type.identity) }
    return trace
  }

  /// How many combinations of members the unions are split into (C8; Julia's `max_union_splitting`).
  static let splitLimit = 4

  /// Whether there is something to split.
  var hasUnion: Bool {
    callee._withUnsafeGuaranteedRef(\.isUnion) || arguments.contains { $0._withUnsafeGuaranteedRef(\.isUnion) }
  }

  /// One for each choice of members of the unions, as far as they are few.
  var combinations: [CallTypes] {
    var all = [self]
    if case .union(let members) = callee.takeUnretainedValue().shape {
      all = members.map { CallTypes(callee: .passUnretained($0), arguments: arguments, tail: tail) }
    }
    for (position, argument) in arguments.enumerated() {
      guard case .union(let members) = argument.takeUnretainedValue().shape,
        all.count * members.count <= CallTypes.splitLimit
      else { continue }
      all = all.flatMap { types in
        members.map { member in
          var arguments = types.arguments
          arguments[position] = .passUnretained(member)
          return CallTypes(callee: types.callee, arguments: arguments, tail: tail)
        }
      }
    }
    return all
  }
}

extension ResolvedType {
  fileprivate var isUnion: Bool {
    if case .union = shape { true } else { false }
  }
}

extension Unmanaged<ResolvedType> {
  /// Which object it is.
  fileprivate var identity: UInt { UInt(bitPattern: toOpaque()) }
}

extension AbstractInterpreter {
  /// How many methods a call can reach before nothing is known of it (Julia's `max_methods`).
  static let methodLimit = 4

  func resolve(_ types: CallTypes) -> ResolvedCall {
    knownCall(types) ?? resolveNew(types)
  }

  /// Resolves a call that was not resolved yet.
  func resolveNew(_ types: CallTypes) -> ResolvedCall {
    let made = makeResolvedCall(types)
    resolvedCalls.insert(made)
    for dependency in made.dependencies {
      dependency.call = types
      track(dependency)
    }
    return made
  }

  /// The call of certain types, if it is resolved.
  func knownCall(_ types: CallTypes) -> ResolvedCall? {
    let trace = types.trace
    return resolvedCalls.find(trace) { call in
      call.isOf(types.callee.identity, types.arguments.count, tail: types.tail) { types.arguments[$0].identity }
    }
  }

  /// The same for arguments that are given by the objects that their types are, and no further ones.
  @inline(__always)
  func knownCall(_ callee: UInt, _ count: Int, _ argument: (Int) -> UInt) -> ResolvedCall? {
    var trace = UInt(0).traced(callee)
    for position in 0..<count { trace = trace.traced(argument(position)) }
    return resolvedCalls.find(trace) { $0.isOf(callee, count, tail: nil, argument) }
  }

  private func makeResolvedCall(_ types: CallTypes) -> ResolvedCall {
    let called = types.callee.takeUnretainedValue()
    if let builtin = called.builtin {
      return ResolvedCall(types, [builtin == .apply ? .anything : .builtin(builtin)])
    }
    if let native = view.native(called) {
      guard let arguments = try? ResolvedType.tuple(of: types.arguments, tail: types.tail) else {
        return ResolvedCall(types, [.anything])
      }
      return ResolvedCall(types, node(.native(native), ObjectIdentifier(called), arguments))
    }
    guard let callee = Callee(called) else {
      if case .singleton(let type) = called.shape, type.isStruct { return ResolvedCall(types, [.construction(type)]) }
      return ResolvedCall(types, called.isConcrete ? [] : [.anything])
    }
    guard let arguments = try? callee.arguments(of: types.arguments, tail: types.tail) else {
      return ResolvedCall(types, [.anything])
    }
    return arguments.isConcrete ? dispatch(callee, arguments, types) : lookup(callee, arguments, types)
  }

  /// A call of concrete types selects one method.
  private func dispatch(_ callee: Callee, _ arguments: ResolvedType, _ types: CallTypes) -> ResolvedCall {
    let dispatch = view.dispatchAsked(table: MethodTable.global, function: callee.function, arguments: arguments)
    let dependency = view.dependency(on: dispatch)
    switch dispatch.selection {
    case .method(let method):
      return ResolvedCall(types, node(.method(method), ObjectIdentifier(method), arguments), [dependency])
    case .ambiguous: return ResolvedCall(types, [], [dependency])
    case .none:
      if case .singleton(let type) = types.callee.takeUnretainedValue().shape, type.isStruct {
        return ResolvedCall(types, [.construction(type)], [dependency])
      }
      return ResolvedCall(types, [], [dependency, view.dependency(onBinding: callee.function)])
    }
  }

  /// A call of abstract types can reach each method that matches (C8).
  private func lookup(_ callee: Callee, _ arguments: ResolvedType, _ types: CallTypes) -> ResolvedCall {
    let limit = AbstractInterpreter.methodLimit
    guard
      let matches = view.matches(
        table: MethodTable.global, function: callee.function, arguments: arguments, atMost: limit)
    else { return ResolvedCall(types, [.anything]) }
    var targets: [ResolvedCall.Target] = matches.compactMap { method in
      arguments.signature(within: method.parameters).map {
        .instance(node(.method(method), ObjectIdentifier(method), $0))
      }
    }
    var dependencies = [view.dependency(function: callee.function, arguments: arguments, matches: matches)]
    if !matches.contains(where: { arguments.isSubtype(of: $0.parameters) }) {
      if case .singleton(let type) = types.callee.takeUnretainedValue().shape, type.isStruct {
        targets.append(.construction(type))
      } else {
        // A function's name can become a type's, or without methods a constant's: no method's coming or going tells.
        dependencies.append(view.dependency(onBinding: callee.function))
      }
    }
    return ResolvedCall(types, targets, dependencies)
  }

  /// The node of an instance.
  func node(
    _ callable: InstanceNode.Callable, _ identity: ObjectIdentifier, _ arguments: ResolvedType
  ) -> InstanceNode {
    if let known = knownNode(identity, arguments) { return known }
    var state: MethodState?
    if case .method(let method) = callable {
      let made = knownState(identity) ?? MethodState(method)
      if made.instances.isEmpty { methods.insert(made) }
      made.instances.append(arguments)
      state = made
    }
    let made = InstanceNode(callable, identity, state, arguments: arguments, TupleElements.of(arguments))
    nodes.insert(made)
    return made
  }

  /// The node of an instance, if there is one.
  func knownNode(_ identity: ObjectIdentifier, _ arguments: ResolvedType) -> InstanceNode? {
    nodes.find(InstanceNode.trace(identity, arguments)) { $0.identity == identity && $0.arguments === arguments }
  }

  /// What is known of a method, if it has a node.
  func knownState(_ identity: ObjectIdentifier) -> MethodState? {
    methods.find(.trace(of: identity)) { ObjectIdentifier($0.method) == identity }
  }
}

extension ResolvedType {
  /// The part of a call's argument types that a method with these parameters accepts, no smaller than it is; `nil` if there is
  /// none.
  func signature(within parameters: ResolvedType) -> ResolvedType? {
    guard case .tuple(let own, let ownTail) = shape, case .tuple(let theirs, let theirTail) = parameters.shape else {
      return nil
    }
    let count = ownTail == nil ? own.count : max(own.count, theirs.count)
    guard count >= theirs.count, theirTail != nil || count == theirs.count else { return nil }
    var parts: [ResolvedType] = []
    for position in 0..<count {
      guard let mine = position < own.count ? own[position] : ownTail,
        let other = position < theirs.count ? theirs[position] : theirTail
      else { return nil }
      let met = LatticeElement(mine).meet(other)
      if met.isBottom { return nil }
      parts.append(met.type)
    }
    var tail: ResolvedType?
    if let ownTail, let theirTail {
      let met = LatticeElement(ownTail).meet(theirTail)
      if !met.isBottom { tail = met.type }
    }
    return (try? ResolvedType.tuple(parts, tail: tail)) ?? parameters
  }
}
