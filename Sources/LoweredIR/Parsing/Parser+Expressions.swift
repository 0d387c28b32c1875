extension Parser {
  // Each level of nesting passes several of the functions below, so what is rare stands in functions of its own: it would
  // take stack from every level.

  /// An expression, or an assignment.
  mutating func parseStatement() throws(SyntaxError) -> Node {
    let start = token.place
    let target = try parseExpression()
    return at(.assign) ? try parseAssignment(to: target, at: start) : target
  }

  private mutating func parseAssignment(to target: Node, at start: Token.Place) throws(SyntaxError) -> Node {
    try enter()
    defer { leave() }
    try advance()
    try skipNewlines()
    let value = try parseStatement()
    switch target.syntax {
    case .name, .form("$", _): return try form("=", [target, value])
    case .form("call", let parts) where parts.first == .name("getindex") && parts.count > 1:
      let element = parts.dropFirst().map { Node(syntax: $0, depth: target.depth) }
      return try call("setindex!", [element[0], value] + element.dropFirst())
    default: throw SyntaxError(.notAssignable, at: lexer.location(of: start))
    }
  }

  /// Anything but an assignment: `c ? a : b` binds loosest.
  mutating func parseExpression() throws(SyntaxError) -> Node {
    try enter()
    defer { leave() }
    let expression = try parseInfix(.or)
    return at(.question) ? try parseConditional(expression) : expression
  }

  private mutating func parseConditional(_ condition: Node) throws(SyntaxError) -> Node {
    try advance()
    try skipNewlines()
    let colonEnds = context.colonEnds
    context.colonEnds = true
    let first = try parseExpression()
    try skipNewlines()
    context.colonEnds = colonEnds
    try expect(.colon)
    try skipNewlines()
    return try form("if", [condition, first, try parseExpression()])
  }

  private mutating func parseInfix(_ minimum: Precedence) throws(SyntaxError) -> Node {
    var left = try parseUnary()
    while let (mark, precedence) = infix, precedence >= minimum {
      try advance()
      try skipNewlines()
      left = try join(left, mark, try parseInfix(precedence.tighter))
      if precedence.isNonassociative, infix?.precedence == precedence { throw error(.chainedOperators) }
    }
    return left
  }

  /// The infix operator that stands here.
  private var infix: (mark: Mark, precedence: Precedence)? {
    guard case .mark(let mark) = token.kind, !(mark == .colon && context.colonEnds) else { return nil }
    return mark.infixPrecedence.map { (mark, $0) }
  }

  private func join(_ left: Node, _ mark: Mark, _ right: Node) throws(SyntaxError) -> Node {
    switch mark {
    case .and, .or: try form(mark.rawValue, [left, right])
    case .colon: try call("colon", [left, right])
    default: try call(mark.rawValue, [left, right])
    }
  }

  private mutating func parseUnary() throws(SyntaxError) -> Node {
    if at(.minus) { return try parsePrefixed(.minus) }
    if at(.not) { return try parsePrefixed(.not) }
    return try parseOperand()
  }

  private mutating func parseOperand() throws(SyntaxError) -> Node {
    let operand = try parsePostfix(of: try parsePrimary())
    return at(.power) ? try parsePower(of: operand) : operand
  }

  private mutating func parsePrefixed(_ mark: Mark) throws(SyntaxError) -> Node {
    if mark == .minus, let number = try parseNegativeNumber() { return number }
    try advance()
    if endsOperand { return Node(syntax: .name(mark.rawValue)) }
    guard touches(.leftParenthesis) else {
      try enter()
      defer { leave() }
      return try call(mark.rawValue, [try parseUnary()])
    }
    // `-(a, b)` calls; `-(a)^2` negates the power, as `-a^2` does.
    let arguments = try parseArguments()
    let isCall = arguments.count != 1 || arguments[0].isSplat
    let operand = try parsePostfix(of: isCall ? try call(mark.rawValue, arguments) : arguments[0])
    let power = at(.power) ? try parsePower(of: operand) : operand
    return isCall ? power : try call(mark.rawValue, [power])
  }

  /// `-1` is a literal, but `-1^2` negates the power.
  private mutating func parseNegativeNumber() throws(SyntaxError) -> Node? {
    var ahead = lexer
    let number = try ahead.next()
    guard !number.isSpaced else { return nil }
    let after = try ahead.next()
    if case .mark(let mark) = after.kind {
      if mark == .power { return nil }
      if !after.isSpaced, [.leftParenthesis, .leftBracket, .leftBrace, .dot].contains(mark) { return nil }
    }
    let literal: Literal
    switch number.kind {
    case .integer(let magnitude): literal = .int(try integer(magnitude, isNegative: true))
    case .float(let magnitude): literal = .float(-magnitude)
    default: return nil
    }
    try advance()
    try advance()
    return Node(syntax: .literal(literal))
  }

  private mutating func parsePower(of base: Node) throws(SyntaxError) -> Node {
    try enter()
    defer { leave() }
    try advance()
    try skipNewlines()
    return try call("^", [base, try parseUnary()])
  }

  private mutating func parsePostfix(of base: Node) throws(SyntaxError) -> Node {
    var node = base
    while case .mark(let mark) = token.kind {
      switch mark {
      case .leftParenthesis where !token.isSpaced: node = try form("call", [node] + (try parseArguments()))
      case .leftBracket where !token.isSpaced:
        let outer = try open(.leftBracket)
        node = try call("getindex", [node] + (try parseArguments(to: .rightBracket, restoring: outer)))
      case .leftBrace where !token.isSpaced:
        let outer = try open(.leftBrace)
        node = try call("apply_type", [node] + (try parseArguments(to: .rightBrace, restoring: outer)))
      case .dot:
        try advance()
        node = try call("getfield", [node, Node(syntax: .literal(.symbol(try expectName())))])
      default: return node
      }
    }
    return node
  }

  private mutating func parseArguments() throws(SyntaxError) -> [Node] {
    let outer = try open(.leftParenthesis)
    return try parseArguments(to: .rightParenthesis, restoring: outer)
  }

  private mutating func parseArguments(to mark: Mark, restoring outer: Context) throws(SyntaxError) -> [Node] {
    try list(to: mark, restoring: outer) { parser throws(SyntaxError) in
      let value = try parser.parseExpression()
      return try parser.accept(.ellipsis) ? try parser.form("...", [value]) : value
    }
  }

  /// Whether no operand begins here, so that an operator before is a name.
  private var endsOperand: Bool {
    switch token.kind {
    case .newline, .endOfInput: true
    case .keyword(let keyword): keyword == .end || keyword == .else || keyword == .elseif
    case .mark(let mark):
      switch mark {
      case .comma, .semicolon, .rightParenthesis, .rightBracket, .rightBrace, .ellipsis: true
      case .colon: context.colonEnds
      default: false
      }
    default: false
    }
  }

  mutating func parsePrimary() throws(SyntaxError) -> Node {
    switch token.kind {
    case .name(let name), .quotedName(let name):
      try advance()
      return Node(syntax: .name(name))
    case .mark(.leftParenthesis): return try parseParenthesized()
    case .mark(let mark): return try parseMarked(mark)
    case .keyword(let keyword): return try parseKeyword(keyword)
    default: return Node(syntax: .literal(try parsePlainLiteral()))
    }
  }

  /// A number without a sign, or a string.
  mutating func parsePlainLiteral() throws(SyntaxError) -> Literal {
    let literal: Literal
    switch token.kind {
    case .integer(let magnitude): literal = .int(try integer(magnitude, isNegative: false))
    case .float(let number): literal = .float(number)
    case .string(let text): literal = .string(text)
    default: throw unexpected("an expression")
    }
    try advance()
    return literal
  }

  private mutating func parseMarked(_ mark: Mark) throws(SyntaxError) -> Node {
    switch mark {
    case .leftBracket:
      let outer = try open(.leftBracket)
      return try call("vector", try parseArguments(to: .rightBracket, restoring: outer))
    case .colon: return try parseColon()
    case .doubleColon: return try parseConstant()
    case .dollar: return try parseInterpolation()
    default:
      guard let function = mark.function else { throw unexpected("an expression") }
      let start = token
      try advance()
      guard endsOperand || touches(.leftParenthesis) else {
        throw SyntaxError(
          .unexpected(start.kind.text, expected: "an expression"), at: lexer.location(of: start.place))
      }
      return Node(syntax: .name(function))
    }
  }

  /// `(e)`, `(x = e)`, or a tuple.
  mutating func parseParenthesized() throws(SyntaxError) -> Node {
    let outer = try open(.leftParenthesis)
    guard !at(.rightParenthesis) else { return try parseTuple(from: [], restoring: outer) }
    let first = try parseStatement()
    guard at(.rightParenthesis) else { return try parseTuple(from: [first], restoring: outer) }
    try close(.rightParenthesis, restoring: outer)
    return first
  }

  private mutating func parseTuple(from first: [Node], restoring outer: Context) throws(SyntaxError) -> Node {
    var elements = first
    let splat = location
    let isSplat = try accept(.ellipsis)
    if isSplat { elements = [try form("...", elements)] }
    if !elements.isEmpty, !(try accept(.comma)) {
      throw isSplat ? SyntaxError(.misplacedSplat, at: splat) : unexpected(")")
    }
    return try call("tuple", elements + (try parseArguments(to: .rightParenthesis, restoring: outer)))
  }
}

extension Parser.Node {
  var isSplat: Bool {
    if case .form("...", _) = syntax { true } else { false }
  }
}
