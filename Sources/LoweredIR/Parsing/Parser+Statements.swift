extension Parser {
  mutating func parseKeyword(_ keyword: Keyword) throws(SyntaxError) -> Node {
    switch keyword {
    case .begin, .for, .if, .while: try parseConstruct(keyword)
    case .quote: try form("quote", [try parseQuotedBlock()])
    case .return: try parseReturn()
    default: try parseWord(keyword)
    }
  }

  private mutating func parseConstruct(_ keyword: Keyword) throws(SyntaxError) -> Node {
    let outer = context
    let node: Node
    switch keyword {
    case .if: node = try parseIf()
    case .while: node = try parseWhile()
    case .for: node = try parseFor()
    default: node = try parseBody(of: .begin)
    }
    try close(restoring: outer)
    return node
  }

  private mutating func parseReturn() throws(SyntaxError) -> Node {
    try advance()
    return try form("return", endsStatement ? [] : [try parseExpression()])
  }

  private mutating func parseWord(_ keyword: Keyword) throws(SyntaxError) -> Node {
    switch keyword {
    case .true: return try parseConstant(.bool(true))
    case .false: return try parseConstant(.bool(false))
    case .nothing: return try parseConstant(.nothing)
    case .break, .continue:
      if quoteDepth == 0, loopDepth == 0 { throw error(.outsideLoop(keyword.rawValue)) }
      try advance()
      return try form(keyword.rawValue, [])
    default: throw unexpected("an expression")
    }
  }

  private mutating func parseConstant(_ literal: Literal) throws(SyntaxError) -> Node {
    try advance()
    return Node(syntax: .literal(literal))
  }

  /// Whether no value follows a `return`.
  private var endsStatement: Bool {
    switch token.kind {
    case .newline, .endOfInput, .keyword(.end), .keyword(.else), .keyword(.elseif): true
    case .mark(let mark):
      switch mark {
      case .semicolon, .comma, .rightParenthesis, .rightBracket, .rightBrace: true
      case .colon: context.colonEnds
      default: false
      }
    default: false
    }
  }

  /// Reads `end`, with which the context of a construct ends.
  mutating func close(restoring outer: Context) throws(SyntaxError) {
    guard at(.end) else { throw unexpected("end") }
    context = outer
    try advance()
  }

  /// Reads a construct's first word and its statements, up to the `end` or other word that ends them.
  mutating func parseBody(of keyword: Keyword) throws(SyntaxError) -> Node {
    let begun = location
    context = Context()
    try expect(keyword)
    return try parseStatements(of: keyword.rawValue, begun: begun)
  }

  /// Reads statements up to `end`, `else` or `elseif`.
  mutating func parseStatements(of construct: String, begun: SourceLocation) throws(SyntaxError) -> Node {
    var statements: [Node] = []
    while true {
      try skipSeparators()
      switch token.kind {
      case .keyword(.end), .keyword(.else), .keyword(.elseif): return try form("block", statements)
      case .endOfInput: throw error(.unterminated(construct, begun: begun))
      default: break
      }
      statements.append(try parseStatement())
      switch token.kind {
      case .newline, .mark(.semicolon), .keyword(.end), .keyword(.else), .keyword(.elseif), .endOfInput: break
      default: throw unexpected("end of line")
      }
    }
  }

  /// From `if` or `elseif` to before the last `end`.
  private mutating func parseIf() throws(SyntaxError) -> Node {
    let begun = location
    context = Context()
    try advance()
    let condition = try parseExpression()
    let first = try parseStatements(of: "if", begun: begun)
    switch token.kind {
    case .keyword(.elseif):
      try enter()
      defer { leave() }
      return try form("if", [condition, first, try parseIf()])
    case .keyword(.else):
      try advance()
      return try form("if", [condition, first, try parseStatements(of: "if", begun: begun)])
    default: return try form("if", [condition, first])
    }
  }

  private mutating func parseWhile() throws(SyntaxError) -> Node {
    let begun = location
    context = Context()
    try advance()
    let condition = try parseExpression()
    return try form("while", [condition, try parseLoopBody(of: .while, begun: begun)])
  }

  private mutating func parseFor() throws(SyntaxError) -> Node {
    let begun = location
    context = Context()
    try advance()
    let variable = at(.dollar) ? try parseInterpolation() : Node(syntax: .name(try expectName()))
    try expect(.in)
    let iterable = try parseExpression()
    return try form("for", [variable, iterable, try parseLoopBody(of: .for, begun: begun)])
  }

  private mutating func parseLoopBody(of keyword: Keyword, begun: SourceLocation) throws(SyntaxError) -> Node {
    let outer = loopDepth
    loopDepth = outer.map { $0 + 1 }
    defer { loopDepth = outer }
    let body = try parseStatements(of: keyword.rawValue, begun: begun)
    guard at(.end) else { throw unexpected("end") }
    return body
  }
}
