import StagedHost

/// What is known of the arguments of a call: each, and the type of any number of further ones.
struct CallArguments {
  var elements: [LatticeElement]
  var tail: ResolvedType?
}

extension AbstractInterpreter {
  enum CallOutcome {
    case value(LatticeElement)
    /// Another frame must be interpreted first; then the call goes on.
    case needs(Frame)
  }

  /// Begins a call of which it is not known what it can reach.
  ///
  /// - Parameter isNew: Whether it is known that the call of just these types was not resolved yet.
  func call(_ frame: Frame, _ pending: PendingCall, isNew: Bool) -> CallOutcome {
    if let value = valueWithoutTargets(pending) {
      reuse(pending)
      return .value(value)
    }
    pending.resolved = resolved(frame, pending.callee, pending.arguments, isNew: isNew)
    return proceed(frame, pending)
  }

  /// What a call gives that no method is looked for; `nil` for others, and then builtins that call back are gone.
  private func valueWithoutTargets(_ pending: PendingCall) -> LatticeElement? {
    for element in pending.arguments.elements where element.isBottom { return .bottom }
    while let builtin = pending.callee.builtin {
      guard builtin == .apply else { return transfer(builtin, pending.arguments) }
      guard let applied = pending.arguments.elements.first else {
        return pending.arguments.tail == nil ? .bottom : .any
      }
      guard let spread = spread(pending.arguments) else { return .bottom }
      pending.callee = applied
      pending.arguments = spread
    }
    return pending.callee.isBottom ? .bottom : nil
  }

  /// What a call can reach; what that was found by becomes something that the frame rests on.
  private func resolved(
    _ frame: Frame, _ callee: LatticeElement, _ arguments: CallArguments, isNew: Bool
  ) -> ResolvedCall {
    let types = CallTypes(
      callee: callee.uncountedType, arguments: arguments.elements.map(\.uncountedType), tail: arguments.tail)
    guard types.hasUnion else {
      let resolved = isNew ? resolveNew(types) : resolve(types)
      frame.add(resolved)
      return resolved
    }
    let targets = types.combinations.flatMap { combination in
      let resolved = resolve(combination)
      frame.add(resolved)
      return resolved.allTargets
    }
    return ResolvedCall(types, targets)
  }

  /// What a builtin gives; not `_apply`, which calls back.
  func transfer(_ builtin: Builtin, _ arguments: CallArguments) -> LatticeElement {
    guard let tail = arguments.tail else { return builtin.transfer(arguments.elements, in: view) }
    switch builtin {
    case .tuple:
      let type = try? ResolvedType.tuple(of: arguments.elements.map(\.uncountedType), tail: tail)
      return .type(type?.limited ?? .anyTuple)
    case .vector: return .type(.anyArray)
    case .string: return .type(.string)
    case .print, .printLine: return LatticeElement(.nothing)
    case .error, .raise: return .bottom
    default: return .any
    }
  }

  // MARK: Arguments

  /// The arguments of `_apply(f, groups…)` for `f`; `nil` if a group cannot be taken apart.
  private func spread(_ arguments: CallArguments) -> CallArguments? {
    var spread = CallArguments(elements: [])
    for group in arguments.elements.dropFirst() {
      guard let parts = parts(of: group) else { return nil }
      if spread.elements.isEmpty, spread.tail == nil {
        spread = parts
      } else if let tail = spread.tail {
        // What follows a tail of unknown length may stand anywhere in it.
        spread.tail = parts.elements.reduce(tail) { $0.join($1.type) }
        if let more = parts.tail { spread.tail = spread.tail?.join(more) }
      } else {
        spread.elements += parts.elements
        spread.tail = parts.tail
      }
    }
    if arguments.tail != nil { spread.tail = .any }
    if spread.elements.count > AbstractInterpreter.argumentLimit {
      let rest = spread.elements[AbstractInterpreter.argumentLimit...]
      spread.tail = rest.reduce(spread.tail ?? .never) { $0.join($1.type) }
      spread.elements.removeLast(rest.count)
    }
    return spread
  }

  private static let argumentLimit = 256

  private func parts(of group: LatticeElement) -> CallArguments? {
    if let parts = group.parts, case .tuple = group.type.shape { return CallArguments(elements: parts) }
    if let element = group.type.arrayElement { return CallArguments(elements: [], tail: element) }
    switch group.type.shape {
    case .tuple(_, let tail): return CallArguments(elements: TupleElements.of(group.type), tail: tail)
    case .union(let members):
      let all = members.compactMap { parts(of: LatticeElement($0)) }
      guard let first = all.first else { return nil }
      if all.allSatisfy({ $0.tail == nil && $0.elements.count == first.elements.count }) {
        return all.dropFirst().reduce(first) { joined, next in
          CallArguments(elements: zip(joined.elements, next.elements).map { $0.join($1) })
        }
      }
      return CallArguments(
        elements: [],
        tail: all.reduce(.never) { joined, next in
          next.elements.reduce(next.tail.map { joined.join($0) } ?? joined) { $0.join($1.type) }
        })
    default:
      return group.type.intersects(.anyTuple) || group.type.intersects(.anyArray)
        ? CallArguments(elements: [], tail: .any) : nil
    }
  }

  // MARK: Construction

  /// The value of a struct type made from arguments.
  func construct(_ type: ResolvedType, _ arguments: CallArguments) -> LatticeElement {
    guard let declaration = type.declaration, var fields = try? view.types.fields(of: type) else { return .any }
    let count = declaration.fields.count
    guard arguments.elements.count <= count, arguments.tail != nil || arguments.elements.count == count else {
      return .bottom
    }
    var elements = arguments.elements
    while elements.count < count { elements.append(LatticeElement(arguments.tail ?? .any)) }
    var concrete = type
    if case .anyInstance = type.shape {
      guard let inferred = parameters(of: declaration, from: elements) else {
        return .type(type)
      }
      guard let made = try? ResolvedType.nominal(declaration, inferred), let types = try? view.types.fields(of: made)
      else {
        return .type(type)
      }
      (concrete, fields) = (made, types)
    }
    var parts: [LatticeElement] = []
    for (element, field) in zip(elements, fields) {
      let part = element.meet(field)
      if part.isBottom { return .bottom }
      parts.append(part)
    }
    if !parts.isEmpty, let values = parts.constants, let made = try? Value.construct(type, values, in: view) {
      return LatticeElement(value: made)
    }
    return concrete.limited === concrete ? LatticeElement(concrete, parts: parts) : .type(concrete.limited)
  }

  /// The parameters that the fields' values give; `nil` if they are not known.
  private func parameters(of declaration: TypeDeclaration, from elements: [LatticeElement]) -> [ResolvedType]? {
    var parameters: [ResolvedType] = []
    for position in declaration.fieldsOfParameters {
      guard let position, elements[position].type.isConcrete else { return nil }
      parameters.append(elements[position].type)
    }
    return parameters
  }
}

extension [LatticeElement] {
  /// The values, if each is known and none can change.
  fileprivate var constants: [Value]? {
    var values: [Value] = []
    for element in self {
      guard let constant = element.known, !constant.isMutable else { return nil }
      values.append(constant.value)
    }
    return values
  }
}
