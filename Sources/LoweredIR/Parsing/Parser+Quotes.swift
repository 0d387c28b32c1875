// What begins with `:`, `::` and `$`.

extension Parser {
  /// `:name`, `:+`, or `:( … )`.
  mutating func parseColon() throws(SyntaxError) -> Node {
    try expect(.colon)
    switch token.kind {
    case .mark(.leftParenthesis): return try form("quote", [try parseQuotedParentheses()])
    default: return Node(syntax: .literal(.symbol(try parseSymbolName())))
    }
  }

  mutating func parseSymbolName() throws(SyntaxError) -> String {
    let symbol: String
    switch token.kind {
    case .name(let name), .quotedName(let name): symbol = name
    case .keyword(let keyword): symbol = keyword.rawValue
    case .mark(let mark):
      guard let function = mark.function else { throw unexpected("a symbol") }
      symbol = function
    default: throw unexpected("a symbol")
    }
    try advance()
    return symbol
  }

  /// The content of `:( … )`.
  mutating func parseQuotedParentheses() throws(SyntaxError) -> Node {
    quoteDepth += 1
    let content = try parseParenthesized()
    quoteDepth -= 1
    return content
  }

  /// The content of `quote … end`, a block.
  mutating func parseQuotedBlock() throws(SyntaxError) -> Node {
    quoteDepth += 1
    let outer = context
    let block = try parseBody(of: .quote)
    quoteDepth -= 1
    try close(restoring: outer)
    return block
  }

  /// What has no other notation: `::T` is a type, whatever local variables there are; `::0x…` a float given by its bits;
  /// `:::(…)` and `::quote … end` a constant that is syntax; `::"head"(parts…)` any form.
  mutating func parseConstant() throws(SyntaxError) -> Node {
    try expect(.doubleColon)
    switch token.kind {
    case .bits(let bits):
      try advance()
      return Node(syntax: .literal(.float(bits: bits)))
    case .mark(.colon):
      try advance()
      return try parseConstantSyntax { parser throws(SyntaxError) in try parser.parseQuotedParentheses() }
    case .keyword(.quote):
      return try parseConstantSyntax { parser throws(SyntaxError) in try parser.parseQuotedBlock() }
    case .string(let head):
      try advance()
      let outer = try open(.leftParenthesis)
      let parts = try list(to: .rightParenthesis, restoring: outer) { parser throws(SyntaxError) in
        try parser.parseStatement()
      }
      return try form(head, parts)
    default:
      let type = try parseType()
      return Node(syntax: .literal(.type(type)), depth: 1 + type.depth)
    }
  }

  private mutating func parseConstantSyntax(
    _ content: (inout Parser) throws(SyntaxError) -> Node
  ) throws(SyntaxError) -> Node {
    let outer = quoteDepth
    quoteDepth = 0
    let node = try content(&self)
    quoteDepth = outer
    guard node.depth < Nesting.limit else { throw error(.nestedTooDeeply(limit: Nesting.limit)) }
    return Node(syntax: .literal(.syntax(node.syntax)), depth: 1 + node.depth)
  }

  /// `$x` or `$(e)` or `$(e...)`.
  mutating func parseInterpolation() throws(SyntaxError) -> Node {
    guard quoteDepth > 0 else { throw error(.interpolationOutsideQuote) }
    try expect(.dollar)
    quoteDepth -= 1
    defer { quoteDepth += 1 }
    switch token.kind {
    case .name(let name), .quotedName(let name):
      try advance()
      return try form("$", [Node(syntax: .name(name))])
    case .mark(.dollar):
      try enter()
      defer { leave() }
      return try form("$", [try parseInterpolation()])
    default:
      let outer = try open(.leftParenthesis)
      var value = try parseStatement()
      if try accept(.ellipsis) { value = try form("...", [value]) }
      try close(.rightParenthesis, restoring: outer)
      return try form("$", [value])
    }
  }
}

extension TypeExpression {
  /// The number of levels.
  var depth: Int {
    switch self {
    case .integer: 1
    case .nominal(_, let parts), .union(let parts): 1 + parts.reduce(0) { Swift.max($0, $1.depth) }
    case .tuple(let parts, let tail): 1 + parts.reduce(tail?.depth ?? 0) { Swift.max($0, $1.depth) }
    }
  }
}
