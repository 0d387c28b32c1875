/// Parses the notations of this module by recursive descent over one token.
///
/// What it parses is at most ``Nesting/limit`` deep. Its own recursion is bounded by twice that, for parentheses can take
/// a level of their own: enough for all that the printer writes. Every recursion passes ``parseExpression()``,
/// ``parseType()`` or another function that counts.
struct Parser {
  /// What the surroundings say about how tokens are read.
  struct Context {
    /// Inside brackets, new lines are white space.
    var skipsNewlines = false
    /// Between `?` and `:`, a colon ends the expression.
    var colonEnds = false
  }

  /// Syntax with its depth, so that long chains of operators, which need no recursion to parse, are bounded too.
  struct Node {
    var syntax: Syntax
    var depth = 1
  }

  private(set) var lexer: Lexer
  private(set) var token: Token
  var context = Context()
  /// How many quotes there are around, less the interpolations.
  var quoteDepth = 0
  /// How many loops there are around; `nil` if anything may stand here.
  var loopDepth: Int? = 0
  private var nesting = 0

  init(_ text: String, file: String, mode: Lexer.Mode = .program) throws(SyntaxError) {
    lexer = Lexer(text, file: file, mode: mode)
    token = try lexer.next()
  }

  var location: SourceLocation { lexer.location(of: token.place) }

  func error(_ problem: SyntaxError.Problem) -> SyntaxError { SyntaxError(problem, at: location) }

  func unexpected(_ expected: String) -> SyntaxError { error(.unexpected(token.kind.text, expected: expected)) }

  // MARK: Tokens

  mutating func advance() throws(SyntaxError) {
    repeat { token = try lexer.next() } while context.skipsNewlines && token.kind == .newline
  }

  mutating func skipNewlines() throws(SyntaxError) {
    while token.kind == .newline { try advance() }
  }

  mutating func skipSeparators() throws(SyntaxError) {
    while token.kind == .newline || at(.semicolon) { try advance() }
  }

  func at(_ mark: Mark) -> Bool { token.kind == .mark(mark) }

  func at(_ keyword: Keyword) -> Bool { token.kind == .keyword(keyword) }

  /// Whether the mark stands here, directly after what was read before.
  func touches(_ mark: Mark) -> Bool { at(mark) && !token.isSpaced }

  /// The token after this one.
  func peek() throws(SyntaxError) -> Token {
    var ahead = lexer
    return try ahead.next()
  }

  /// Reads the mark if it stands here.
  mutating func accept(_ mark: Mark) throws(SyntaxError) -> Bool {
    guard at(mark) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ mark: Mark) throws(SyntaxError) {
    guard try accept(mark) else { throw unexpected(mark.rawValue) }
  }

  mutating func expect(_ keyword: Keyword) throws(SyntaxError) {
    guard at(keyword) else { throw unexpected(keyword.rawValue) }
    try advance()
  }

  /// The name that stands here, if one does.
  var name: String? {
    switch token.kind {
    case .name(let name), .quotedName(let name): name
    default: nil
    }
  }

  mutating func expectName() throws(SyntaxError) -> String {
    guard let name else { throw unexpected("a name") }
    try advance()
    return name
  }

  // MARK: Brackets and nesting

  /// Reads an opening bracket; gives the context to return to.
  mutating func open(_ mark: Mark) throws(SyntaxError) -> Context {
    let outer = context
    guard at(mark) else { throw unexpected(mark.rawValue) }
    context = Context(skipsNewlines: true)
    try advance()
    return outer
  }

  mutating func close(_ mark: Mark, restoring outer: Context) throws(SyntaxError) {
    guard at(mark) else { throw unexpected(mark.rawValue) }
    context = outer
    try advance()
  }

  /// Reads a list up to a closing bracket; a comma may stand before that.
  mutating func list<Element>(
    to mark: Mark, restoring outer: Context, _ element: (inout Parser) throws(SyntaxError) -> Element
  ) throws(SyntaxError) -> [Element] {
    var elements: [Element] = []
    while !at(mark) {
      elements.append(try element(&self))
      guard try accept(.comma) else { break }
    }
    try close(mark, restoring: outer)
    return elements
  }

  mutating func enter() throws(SyntaxError) {
    nesting += 1
    guard nesting <= 2 * Nesting.limit + 2 else { throw error(.nestedTooDeeply(limit: Nesting.limit)) }
  }

  mutating func leave() { nesting -= 1 }

  func form(_ head: String, _ parts: [Node]) throws(SyntaxError) -> Node {
    let depth = 1 + parts.reduce(0) { Swift.max($0, $1.depth) }
    guard depth <= Nesting.limit else { throw error(.nestedTooDeeply(limit: Nesting.limit)) }
    return Node(syntax: .form(head, parts.map(\.syntax)), depth: depth)
  }

  func call(_ function: String, _ arguments: [Node]) throws(SyntaxError) -> Node {
    try form("call", [Node(syntax: .name(function))] + arguments)
  }
}

extension Token.Kind {
  /// The token as errors name it.
  var text: String {
    switch self {
    case .name(let name): name
    case .quotedName(let name): "var\(quoted(name))"
    case .keyword(let keyword): keyword.rawValue
    case .integer(let number): String(number)
    case .bits(let number): "0x" + String(number, radix: 16)
    case .float(let number): String(number)
    case .string(let text): quoted(text)
    case .mark(let mark): mark.rawValue
    case .newline: "end of line"
    case .endOfInput: "end of text"
    }
  }
}
