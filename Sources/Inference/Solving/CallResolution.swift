import StagedHost

/// What a call of certain types can reach in the present world. Remembered for each combination of types.
final class ResolvedCall {
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
  let targets: [Target]
  let dependencies: [Dependency]
  /// The types of the callee and the arguments. Types live as long as the process, so an address is enough.
  fileprivate let identities: [ObjectIdentifier]

  init(_ types: CallTypes, _ targets: [Target], _ dependencies: [Dependency] = []) {
    self.types = types
    self.targets = targets
    self.dependencies = dependencies
    identities = [ObjectIdentifier(types.callee)] + types.arguments.map { ObjectIdentifier($0) }
  }
}

/// The calls that were resolved last, found without making a key: each call of types has one place, and the newest has it.
struct RecentCalls {
  private var calls = [ResolvedCall?](repeating: nil, count: size)
  private static let size = 1 << 12

  func find(_ callee: LatticeElement, _ arguments: [LatticeElement]) -> ResolvedCall? {
    var place = RecentCalls.place(after: 0, callee.typeIdentity)
    for argument in arguments { place = RecentCalls.place(after: place, argument.typeIdentity) }
    guard let call = calls[place & (RecentCalls.size - 1)], call.identities.count == arguments.count + 1,
      call.identities[0] == callee.typeIdentity
    else { return nil }
    for position in arguments.indices where arguments[position].typeIdentity != call.identities[position + 1] {
      return nil
    }
    return call
  }

  mutating func insert(_ call: ResolvedCall) {
    guard call.types.tail == nil else { return }
    var place = 0
    for identity in call.identities { place = RecentCalls.place(after: place, identity) }
    calls[place & (RecentCalls.size - 1)] = call
  }

  private static func place(after place: Int, _ type: ObjectIdentifier) -> Int {
    let address = UInt(bitPattern: type)
    return Int(bitPattern: (UInt(bitPattern: place) ^ (address >> 4)) &* 0x9e37_79b9_7f4a_7c15 >> 7)
  }
}

/// The types of a call.
struct CallTypes: Hashable {
  let callee: ResolvedType
  let arguments: [ResolvedType]
  /// The type of any number of further arguments.
  let tail: ResolvedType?

  /// Feeds one word, made of all types but the tail.
  func hash(into hasher: inout Hasher) {
    var word = UInt(bitPattern: ObjectIdentifier(callee))
    for type in arguments { word = word &* 0x9e37_79b9_7f4a_7c15 ^ UInt(bitPattern: ObjectIdentifier(type)) >> 4 }
    hasher.combine(word)
  }

  /// How many combinations of members the unions are split into (C8; Julia's `max_union_splitting`).
  static let splitLimit = 4

  /// Whether there is something to split.
  var hasUnion: Bool { callee.isUnion || arguments.contains(where: \.isUnion) }

  /// One for each choice of members of the unions, as far as they are few.
  var combinations: [CallTypes] {
    var all = [self]
    if case .union(let members) = callee.shape {
      all = members.map { CallTypes(callee: $0, arguments: arguments, tail: tail) }
    }
    for (position, argument) in arguments.enumerated() {
      guard case .union(let members) = argument.shape, all.count * members.count <= CallTypes.splitLimit else {
        continue
      }
      all = all.flatMap { types in
        members.map { member in
          var arguments = types.arguments
          arguments[position] = member
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

extension AbstractInterpreter {
  /// How many methods a call can reach before nothing is known of it (Julia's `max_methods`).
  static let methodLimit = 4

  func resolve(_ types: CallTypes) -> ResolvedCall {
    if let known = resolvedCalls[types] { return known }
    let made = makeResolvedCall(types)
    resolvedCalls[types] = made
    for dependency in made.dependencies {
      dependency.call = types
      track(dependency)
    }
    return made
  }

  private func makeResolvedCall(_ types: CallTypes) -> ResolvedCall {
    if let builtin = types.callee.builtin {
      return ResolvedCall(types, [builtin == .apply ? .anything : .builtin(builtin)])
    }
    if case .function(let name) = types.callee.shape, let native = view.natives[name] {
      guard let arguments = try? ResolvedType.tuple(types.arguments, tail: types.tail) else {
        return ResolvedCall(types, [.anything])
      }
      return ResolvedCall(types, [.instance(node(.native(native), arguments))])
    }
    guard let callee = Callee(types.callee) else {
      if case .singleton(let type) = types.callee.shape, type.isStruct {
        return ResolvedCall(types, [.construction(type)])
      }
      return ResolvedCall(types, types.callee.isConcrete ? [] : [.anything])
    }
    guard
      let arguments = try? ResolvedType.tuple(
        callee.argument.map { [$0] + types.arguments } ?? types.arguments, tail: types.tail)
    else { return ResolvedCall(types, [.anything]) }
    return arguments.isConcrete ? dispatch(callee, arguments, types) : lookup(callee, arguments, types)
  }

  /// A call of concrete types selects one method.
  private func dispatch(_ callee: Callee, _ arguments: ResolvedType, _ types: CallTypes) -> ResolvedCall {
    let dispatch = view.dispatchAsked(table: MethodTable.global, function: callee.function, arguments: arguments)
    let dependency = view.dependency(on: dispatch)
    switch dispatch.selection {
    case .method(let method): return ResolvedCall(types, [.instance(node(.method(method), arguments))], [dependency])
    case .ambiguous: return ResolvedCall(types, [], [dependency])
    case .none:
      if case .singleton(let type) = types.callee.shape, type.isStruct {
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
      arguments.signature(within: method.parameters).map { .instance(node(.method(method), $0)) }
    }
    var dependencies = [view.dependency(function: callee.function, arguments: arguments, matches: matches)]
    if !matches.contains(where: { arguments.isSubtype(of: $0.parameters) }) {
      if case .singleton(let type) = types.callee.shape, type.isStruct {
        targets.append(.construction(type))
      } else {
        // A function's name can become a type's, or without methods a constant's: no method's coming or going tells.
        dependencies.append(view.dependency(onBinding: callee.function))
      }
    }
    return ResolvedCall(types, targets, dependencies)
  }

  /// The node of an instance.
  func node(_ callable: InstanceNode.Callable, _ arguments: ResolvedType) -> InstanceNode {
    let key = NodeKey(callable: callable.identity, arguments: arguments)
    if let known = nodes[key] { return known }
    var state: MethodState?
    if case .method(let method) = callable {
      state = methods[ObjectIdentifier(method)] ?? MethodState(method)
      methods[ObjectIdentifier(method)] = state
      state?.instances.append(arguments)
    }
    let made = InstanceNode(callable, state, arguments: arguments)
    nodes[key] = made
    return made
  }
}

/// What identifies a node.
struct NodeKey: Hashable {
  let callable: ObjectIdentifier
  let arguments: ResolvedType
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
