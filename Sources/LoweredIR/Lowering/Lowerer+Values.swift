extension Lowerer {
  /// Lowers syntax for its value.
  mutating func lowerValue(_ syntax: Syntax) throws(LoweringError) -> Operand {
    switch syntax {
    case .literal(let literal): return .literal(literal)
    case .name(let name): return operand(name)
    case .form(let head, let parts):
      switch head {
      case "call": return try lowerCallValue(parts)
      case "block":
        guard let last = parts.last else { return .literal(.nothing) }
        for statement in parts.dropLast() { try lowerEffect(statement) }
        return try lowerValue(last)
      case "=": return try lowerAssignment(parts)
      case "if", "&&", "||":
        let slot = makeTemporary()
        return try lower(syntax, into: slot)
      case "quote":
        guard parts.count == 1 else { throw .wrongPartCount(head: head, found: parts.count) }
        return try lowerQuoted(parts[0], quotes: 1) ?? .literal(.syntax(parts[0]))
      case "$": throw .interpolationOutsideQuote
      case "...": throw .misplacedSplat
      default:
        try lowerEffect(syntax)
        return .literal(.nothing)
      }
    }
  }

  func operand(_ name: String) -> Operand { variables.slot(name).map { .slot($0) } ?? .global(name) }

  private mutating func lowerCallValue(_ parts: [Syntax]) throws(LoweringError) -> Operand {
    if let type = literalType(parts) { return .literal(.type(type)) }
    return emit(.value(try lowerCall(parts)))
  }

  /// Lowers syntax to what one statement evaluates.
  private mutating func lowerExpression(_ syntax: Syntax) throws(LoweringError) -> Expression {
    if case .form("call", let parts) = syntax, literalType(parts) == nil { return try lowerCall(parts) }
    return .operand(try lowerValue(syntax))
  }

  // MARK: Assignment

  mutating func lowerAssignment(_ parts: [Syntax]) throws(LoweringError) -> Operand {
    guard parts.count == 2 else { throw .wrongPartCount(head: "=", found: parts.count) }
    return try lower(parts[1], into: try slot(parts[0]))
  }

  /// The slot of an assigned name; ``Variables`` has collected it.
  func slot(_ target: Syntax) throws(LoweringError) -> Int {
    guard case .name(let name) = target, let slot = variables.slot(name) else { throw .notAssignable(target) }
    return slot
  }

  /// Stores the value of syntax in a slot; gives an operand for the value.
  @discardableResult
  mutating func lower(_ syntax: Syntax, into slot: Int) throws(LoweringError) -> Operand {
    if case .form(let head, let parts) = syntax {
      switch head {
      case "block" where !parts.isEmpty:
        for statement in parts.dropLast() { try lowerEffect(statement) }
        return try lower(parts[parts.count - 1], into: slot)
      case "if":
        try lowerIf(parts) { lowerer, branch throws(LoweringError) in
          try lowerer.lower(branch ?? .literal(.nothing), into: slot)
        }
        return .slot(slot)
      case "&&", "||":
        try lowerShortCircuit(head, parts, into: slot)
        return .slot(slot)
      default: break
      }
    }
    return emit(.assign(slot: slot, try lowerExpression(syntax)))
  }

  /// The slot gets the right side's value, or what the left side decides. It is written once, after both were evaluated.
  private mutating func lowerShortCircuit(
    _ head: String, _ parts: [Syntax], into slot: Int
  ) throws(LoweringError) {
    guard parts.count == 2 else { throw .wrongPartCount(head: head, found: parts.count) }
    let decided = makeLabel()
    let end = makeLabel()
    if head == "&&" {
      try lowerCondition(parts[0], otherwise: decided)
      try lower(parts[1], into: slot)
      jump(to: end)
      place(decided)
      emit(.assign(slot: slot, .operand(.literal(.bool(false)))))
    } else {
      try lowerCondition(parts[0], otherwise: decided)
      emit(.assign(slot: slot, .operand(.literal(.bool(true)))))
      jump(to: end)
      place(decided)
      try lower(parts[1], into: slot)
    }
    place(end)
  }

  // MARK: Calls

  private mutating func lowerCall(_ parts: [Syntax]) throws(LoweringError) -> Expression {
    guard let callee = parts.first else { throw .wrongPartCount(head: "call", found: 0) }
    let lastForm = variables.assignsWithinOperands ? parts.lastIndex(where: \.isForm) ?? 0 : 0
    let function = hold(try lowerValue(callee), if: lastForm > 0)
    guard parts.contains(where: \.isSplat) else {
      var arguments: [Operand] = []
      arguments.reserveCapacity(parts.count - 1)
      for index in parts.indices.dropFirst() {
        arguments.append(hold(try lowerValue(parts[index]), if: lastForm > index))
      }
      return .call(function, arguments)
    }
    var splatted = SplattedArguments()
    for index in parts.indices.dropFirst() {
      let (part, isSplat) = try parts[index].splatted()
      splatted.add(hold(try lowerValue(part), if: lastForm > index), isSplat: isSplat)
    }
    return emitApply(function, splatted)
  }

  /// `_apply(f, tuple(a), xs)` for `f(a, xs...)`.
  mutating func emitApply(_ function: Operand, _ arguments: SplattedArguments) -> Expression {
    let groups = arguments.groups.map { group in
      switch group {
      case .splat(let operand): operand
      case .plain(let operands): emit(.value(.call(.global("tuple"), operands)))
      }
    }
    return .call(.global("_apply"), [function] + groups)
  }

  /// Reads a slot now if it could be assigned before it is used.
  mutating func hold(_ operand: Operand, if isAssignable: Bool) -> Operand {
    if isAssignable, case .slot = operand { emit(.value(.operand(operand))) } else { operand }
  }

  /// What `Complex{Float64}` means if all names in it are global: a type as a constant.
  private func literalType(_ parts: [Syntax]) -> TypeExpression? {
    guard parts.first == .name("apply_type"), parts.count >= 2, variables.slot("apply_type") == nil,
      case .name(let name) = parts[1], variables.slot(name) == nil
    else { return nil }
    var parameters: [TypeExpression] = []
    var tail: TypeExpression?
    for (index, part) in parts.enumerated().dropFirst(2) {
      if name == "Tuple", index == parts.count - 1, case .form("...", let inner) = part, inner.count == 1 {
        guard let type = typeParameter(inner[0]) else { return nil }
        tail = type
      } else {
        guard let type = typeParameter(part) else { return nil }
        parameters.append(type)
      }
    }
    return switch name {
    case "Tuple": .tuple(parameters, tail: tail)
    case "Union": .union(parameters)
    default: .nominal(name, parameters)
    }
  }

  private func typeParameter(_ syntax: Syntax) -> TypeExpression? {
    switch syntax {
    case .name(let name): variables.slot(name) == nil ? .named(name) : nil
    case .literal(.int(let number)): .integer(number)
    case .literal(.type(let type)): type
    case .form("call", let parts): literalType(parts)
    default: nil
    }
  }
}

/// The arguments of a call with splats, as `_apply` takes them.
struct SplattedArguments {
  enum Group {
    case plain([Operand])
    case splat(Operand)
  }

  private(set) var groups: [Group] = []

  mutating func add(_ operand: Operand, isSplat: Bool) {
    if isSplat {
      groups.append(.splat(operand))
    } else if case .plain(let operands)? = groups.last {
      groups[groups.count - 1] = .plain(operands + [operand])
    } else {
      groups.append(.plain([operand]))
    }
  }
}

extension Syntax {
  var isForm: Bool {
    if case .form = self { true } else { false }
  }

  var isSplat: Bool {
    if case .form("...", _) = self { true } else { false }
  }

  /// What is splatted, if this is a splat, or else the syntax itself.
  func splatted() throws(LoweringError) -> (Syntax, isSplat: Bool) {
    guard case .form("...", let parts) = self else { return (self, false) }
    guard parts.count == 1 else { throw .wrongPartCount(head: "...", found: parts.count) }
    return (parts[0], true)
  }
}
