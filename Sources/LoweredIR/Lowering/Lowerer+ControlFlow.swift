extension Lowerer {
  /// Lowers syntax for what the whole code returns.
  mutating func lowerResult(_ syntax: Syntax) throws(LoweringError) {
    if case .form(let head, let parts) = syntax {
      switch head {
      case "block" where !parts.isEmpty:
        for statement in parts.dropLast() { try lowerEffect(statement) }
        return try lowerResult(parts[parts.count - 1])
      case "if":
        return try lowerIf(parts) { lowerer, branch throws(LoweringError) in
          try lowerer.lowerResult(branch ?? .literal(.nothing))
        }
      case "return": return try lowerReturn(parts)
      default: break
      }
    }
    emitReturn(try lowerValue(syntax))
  }

  /// Lowers syntax for its effect only.
  mutating func lowerEffect(_ syntax: Syntax) throws(LoweringError) {
    guard case .form(let head, let parts) = syntax else {
      // A name may stand for nothing: then evaluating it is an error.
      if case .name(let name) = syntax { emit(.value(.operand(operand(name)))) }
      return
    }
    switch head {
    case "call", "=", "quote", "$", "...": _ = try lowerValue(syntax)
    case "block": for statement in parts { try lowerEffect(statement) }
    case "if" where parts.count == 2:
      let end = makeLabel()
      try lowerCondition(parts[0], otherwise: end)
      try lowerEffect(parts[1])
      place(end)
    case "if":
      try lowerIf(parts) { lowerer, branch throws(LoweringError) in
        if let branch { try lowerer.lowerEffect(branch) }
      }
    case "while": try lowerWhile(parts)
    case "for": try lowerFor(parts)
    case "return": try lowerReturn(parts)
    case "break", "continue":
      guard parts.isEmpty else { throw .wrongPartCount(head: head, found: parts.count) }
      guard let loop = loops.last else { throw .outsideLoop(head) }
      jump(to: head == "break" ? loop.exit : loop.next)
    case "&&", "||": try lowerShortCircuitEffect(head, parts)
    default: throw .unknownHead(head)
    }
  }

  private mutating func lowerReturn(_ parts: [Syntax]) throws(LoweringError) {
    guard parts.count <= 1 else { throw .wrongPartCount(head: "return", found: parts.count) }
    try lowerResult(parts.first ?? .literal(.nothing))
  }

  private mutating func lowerShortCircuitEffect(_ head: String, _ parts: [Syntax]) throws(LoweringError) {
    guard parts.count == 2 else { throw .wrongPartCount(head: head, found: parts.count) }
    let end = makeLabel()
    if head == "&&" {
      try lowerCondition(parts[0], otherwise: end)
      try lowerEffect(parts[1])
    } else {
      let right = makeLabel()
      try lowerCondition(parts[0], otherwise: right)
      jump(to: end)
      place(right)
      try lowerEffect(parts[1])
    }
    place(end)
  }

  /// Lowers a condition; control goes on if it is true.
  mutating func lowerCondition(_ syntax: Syntax, otherwise label: Label) throws(LoweringError) {
    switch syntax {
    case .form("&&", let parts) where parts.count == 2:
      try lowerCondition(parts[0], otherwise: label)
      try lowerCondition(parts[1], otherwise: label)
    case .form("||", let parts) where parts.count == 2:
      let right = makeLabel()
      let holds = makeLabel()
      try lowerCondition(parts[0], otherwise: right)
      jump(to: holds)
      place(right)
      try lowerCondition(parts[1], otherwise: label)
      place(holds)
    case .literal(.bool(true)): break
    case .literal(.bool(false)): jump(to: label)
    default: jump(to: label, ifNot: try lowerValue(syntax))
    }
  }

  /// Lowers both branches by `lower`, which gets `nil` for an `else` that is not there.
  mutating func lowerIf(
    _ parts: [Syntax], _ lower: (inout Lowerer, Syntax?) throws(LoweringError) -> Void
  ) throws(LoweringError) {
    guard parts.count == 2 || parts.count == 3 else { throw .wrongPartCount(head: "if", found: parts.count) }
    let otherwise = makeLabel()
    let end = makeLabel()
    try lowerCondition(parts[0], otherwise: otherwise)
    try lower(&self, parts[1])
    jump(to: end)
    place(otherwise)
    try lower(&self, parts.count == 3 ? parts[2] : nil)
    place(end)
  }

  private mutating func lowerWhile(_ parts: [Syntax]) throws(LoweringError) {
    guard parts.count == 2 else { throw .wrongPartCount(head: "while", found: parts.count) }
    let loop = Loop(next: makeLabel(), exit: makeLabel())
    place(loop.next)
    try lowerCondition(parts[0], otherwise: loop.exit)
    try lowerBody(parts[1], of: loop)
    jump(to: loop.next)
    place(loop.exit)
  }

  private mutating func lowerFor(_ parts: [Syntax]) throws(LoweringError) {
    guard parts.count == 3 else { throw .wrongPartCount(head: "for", found: parts.count) }
    let variable = try slot(parts[0])
    // The iterable is used again in each round: what the body assigns must not change it.
    let iterable = hold(try lowerValue(parts[1]), if: true)
    let state = makeTemporary()
    let start = makeLabel()
    let loop = Loop(next: makeLabel(), exit: makeLabel())
    emit(.assign(slot: state, .call(.global("iterate"), [iterable])))
    place(start)
    let goesOn = emit(.value(.call(.global("!=="), [.slot(state), .literal(.nothing)])))
    jump(to: loop.exit, ifNot: goesOn)
    emit(.assign(slot: variable, .call(.global("tuple_get"), [.slot(state), .literal(.int(1))])))
    try lowerBody(parts[2], of: loop)
    place(loop.next)
    let position = emit(.value(.call(.global("tuple_get"), [.slot(state), .literal(.int(2))])))
    emit(.assign(slot: state, .call(.global("iterate"), [iterable, position])))
    jump(to: start)
    place(loop.exit)
  }

  private mutating func lowerBody(_ body: Syntax, of loop: Loop) throws(LoweringError) {
    loops.append(loop)
    try lowerEffect(body)
    loops.removeLast()
  }
}
