// The text form of lowered code. A name is a slot if there is one of that name, else global; `@` makes it global.

extension Parser {
  private struct Slots {
    var arguments: [String] = []
    var isVararg = false
    var locals: [String] = []
    var numbers: [String: Int] = [:]
  }

  mutating func parseCode() throws(SyntaxError) -> LoweredCode {
    // What is quoted here was parsed before: all of it may stand where it does.
    loopDepth = nil
    let begun = location
    try skipNewlines()
    guard token.kind == .name("code") else { throw unexpected("code") }
    try advance()
    let slots = try parseSlots()
    let method = try parseMethodForLimits()
    var statements: [Statement] = []
    while true {
      try skipNewlines()
      if at(.end) { break }
      guard token.kind != .endOfInput else { throw error(.unterminated("code", begun: begun)) }
      statements.append(try parseStep(statements.count, slots))
      guard token.kind == .newline || at(.end) else { throw unexpected("end of line") }
    }
    try advance()
    try skipNewlines()
    guard token.kind == .endOfInput else { throw unexpected("end of text") }
    let code = LoweredCode(
      arguments: slots.arguments, isVararg: slots.isVararg, locals: slots.locals, statements: statements,
      methodForInferenceLimitHeuristics: method)
    do {
      try code.validate()
    } catch {
      throw SyntaxError(.invalidCode(error), at: begun)
    }
    return code
  }

  /// `(x, rest...; local)`
  private mutating func parseSlots() throws(SyntaxError) -> Slots {
    var slots = Slots()
    let outer = try open(.leftParenthesis)
    while !at(.semicolon), !at(.rightParenthesis), !slots.isVararg {
      try addSlot(to: &slots, \.arguments)
      slots.isVararg = try accept(.ellipsis)
      guard try accept(.comma) else { break }
    }
    if try accept(.semicolon) {
      while !at(.rightParenthesis) {
        try addSlot(to: &slots, \.locals)
        guard try accept(.comma) else { break }
      }
    }
    try close(.rightParenthesis, restoring: outer)
    return slots
  }

  private mutating func addSlot(
    to slots: inout Slots, _ names: WritableKeyPath<Slots, [String]>
  ) throws(SyntaxError) {
    guard let name else { throw unexpected("a name") }
    guard slots.numbers[name] == nil else { throw error(.duplicateName(name)) }
    slots.numbers[name] = slots.numbers.count
    slots[keyPath: names].append(name)
    try advance()
  }

  /// `limit as "global sin(Float64)"`, if it stands here.
  private mutating func parseMethodForLimits() throws(SyntaxError) -> String? {
    try skipNewlines()
    guard token.kind == .name("limit") else { return nil }
    try advance()
    guard token.kind == .name("as") else { throw unexpected("as") }
    try advance()
    guard case .string(let method) = token.kind else { throw unexpected("a method's table and signature") }
    try advance()
    guard token.kind == .newline else { throw unexpected("end of line") }
    return method
  }

  /// `%0 = …`, with the number that is next.
  private mutating func parseStep(_ number: Int, _ slots: Slots) throws(SyntaxError) -> Statement {
    let place = location
    guard try parseNumber() == number else { throw SyntaxError(.unexpected("%", expected: "%\(number)"), at: place) }
    try expect(.assign)
    switch token.kind {
    case .name("goto"):
      try advance()
      return .goto(try parseNumber())
    case .name("unless"):
      try advance()
      let condition = try parseOperand(slots)
      guard token.kind == .name("goto") else { throw unexpected("goto") }
      try advance()
      return .gotoIfNot(condition, try parseNumber())
    case .keyword(.return):
      try advance()
      return .return(try parseOperand(slots))
    default: break
    }
    if let name, try peek().kind == .mark(.define) {
      guard let slot = slots.numbers[name] else { throw error(.unknownSlot(name)) }
      try advance()
      try advance()
      return .assign(slot: slot, try parseStepExpression(slots))
    }
    return .value(try parseStepExpression(slots))
  }

  private mutating func parseStepExpression(_ slots: Slots) throws(SyntaxError) -> Expression {
    let operand = try parseOperand(slots)
    guard touches(.leftParenthesis) else { return .operand(operand) }
    let outer = try open(.leftParenthesis)
    let arguments = try list(to: .rightParenthesis, restoring: outer) { parser throws(SyntaxError) in
      try parser.parseOperand(slots)
    }
    return .call(operand, arguments)
  }

  private mutating func parseOperand(_ slots: Slots) throws(SyntaxError) -> Operand {
    switch token.kind {
    case .name(let name):
      try advance()
      return slots.numbers[name].map { .slot($0) } ?? .global(name)
    case .quotedName(let name):
      guard let slot = slots.numbers[name] else { throw error(.unknownSlot(name)) }
      try advance()
      return .slot(slot)
    case .mark(.at):
      try advance()
      return .global(try parseFunctionName())
    case .mark(.remainder):
      if case .integer = try peek().kind { return .ssa(try parseNumber()) }
      return .global(try parseFunctionName())
    case .mark(.minus):
      switch try peek().kind {
      case .integer: return .literal(.int(try parseSignedInteger()))
      case .float(let magnitude):
        try advance()
        try advance()
        return .literal(.float(-magnitude))
      default: return .global(try parseFunctionName())
      }
    case .mark(let mark) where mark.function != nil: return .global(try parseFunctionName())
    default: return .literal(try parseConstantOperand())
    }
  }

  private mutating func parseConstantOperand() throws(SyntaxError) -> Literal {
    switch token.kind {
    case .mark(.colon):
      try advance()
      return at(.leftParenthesis) ? .syntax(try parseQuotedParentheses().syntax) : .symbol(try parseSymbolName())
    case .keyword(.quote): return .syntax(try parseQuotedBlock().syntax)
    case .mark(.doubleColon), .keyword(.true), .keyword(.false), .keyword(.nothing):
      guard case .literal(let literal) = try parsePrimary().syntax else { throw unexpected("a constant") }
      return literal
    default: return try parsePlainLiteral()
    }
  }

  /// `%12`
  private mutating func parseNumber() throws(SyntaxError) -> Int {
    try expect(.remainder)
    guard case .integer(let magnitude) = token.kind else { throw unexpected("a number") }
    guard let number = Int(exactly: magnitude) else { throw error(.invalidNumber(String(magnitude))) }
    try advance()
    return number
  }
}
