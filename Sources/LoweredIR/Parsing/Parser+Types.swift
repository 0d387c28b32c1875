extension Parser {
  mutating func parseType() throws(SyntaxError) -> TypeExpression {
    let type = try parseTypeLevel()
    guard type.isNested() else { throw error(.nestedTooDeeply(limit: Nesting.limit)) }
    return type
  }

  private mutating func parseTypeLevel() throws(SyntaxError) -> TypeExpression {
    try enter()
    defer { leave() }
    switch token.kind {
    case .integer, .mark(.minus): return .integer(try parseSignedInteger())
    case .quotedName(let name):
      try advance()
      return .nominal(name, try parseTypeParameters())
    case .name("Union"):
      try advance()
      return at(.leftBrace) ? .union(try parseTypeParameters()) : .named("Union")
    case .name("Tuple"):
      try advance()
      return at(.leftBrace) ? try parseTupleType() : .named("Tuple")
    case .name("typeof"):
      try advance()
      guard at(.leftParenthesis) else { return .nominal("typeof", try parseTypeParameters()) }
      let outer = try open(.leftParenthesis)
      let function = try parseFunctionName()
      try close(.rightParenthesis, restoring: outer)
      return .nominal("typeof(\(function))", try parseTypeParameters())
    case .name(let name):
      try advance()
      return .nominal(name, try parseTypeParameters())
    default: throw unexpected("a type")
    }
  }

  /// A name, or an operator as a name.
  mutating func parseFunctionName() throws(SyntaxError) -> String {
    if case .mark(let mark) = token.kind, let function = mark.function {
      try advance()
      return function
    }
    guard let name else { throw unexpected("the name of a function") }
    try advance()
    return name
  }

  private mutating func parseTypeParameters() throws(SyntaxError) -> [TypeExpression] {
    guard at(.leftBrace) else { return [] }
    let outer = try open(.leftBrace)
    return try list(to: .rightBrace, restoring: outer) { parser throws(SyntaxError) in try parser.parseTypeLevel() }
  }

  private mutating func parseTupleType() throws(SyntaxError) -> TypeExpression {
    let outer = try open(.leftBrace)
    var members: [TypeExpression] = []
    var tail: TypeExpression?
    while !at(.rightBrace), tail == nil {
      let member = try parseTypeLevel()
      if try accept(.ellipsis) { tail = member } else { members.append(member) }
      guard try accept(.comma) else { break }
    }
    try close(.rightBrace, restoring: outer)
    return .tuple(members, tail: tail)
  }

  mutating func parseSignedInteger() throws(SyntaxError) -> Int64 {
    let isNegative = try accept(.minus)
    guard case .integer(let magnitude) = token.kind else { throw unexpected("an integer") }
    let number = try integer(magnitude, isNegative: isNegative)
    try advance()
    return number
  }

  func integer(_ magnitude: UInt64, isNegative: Bool) throws(SyntaxError) -> Int64 {
    if isNegative, magnitude == Int64.min.magnitude { return .min }
    guard let number = Int64(exactly: magnitude) else { throw error(.invalidNumber(String(magnitude))) }
    return isNegative ? -number : number
  }
}
