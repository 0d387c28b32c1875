extension Parser {
  mutating func parseDefinitions() throws(SyntaxError) -> [Definition] {
    var definitions: [Definition] = []
    while true {
      try skipSeparators()
      guard token.kind != .endOfInput else { return definitions }
      definitions.append(try parseDefinition())
      guard token.kind == .newline || token.kind == .endOfInput || at(.semicolon) else {
        throw unexpected("end of line")
      }
    }
  }

  private mutating func parseDefinition() throws(SyntaxError) -> Definition {
    let begun = location
    switch token.kind {
    case .keyword(.abstract):
      try advance()
      return .abstractType(name: try expectName(), supertype: try parseSupertype())
    case .keyword(.struct): return .structType(try parseStruct())
    case .keyword(.const):
      try advance()
      let name = try expectName()
      return .constant(name: name, value: try lower(try parseDefinedValue(), arguments: [], begun: begun))
    case .name("table"):
      if case .name = try peek().kind {
        try advance()
        return .table(name: try expectName())
      }
    default: break
    }
    return .method(try parseMethod())
  }

  private mutating func parseSupertype() throws(SyntaxError) -> TypeExpression {
    try accept(.subtype) ? try parseType() : .any
  }

  private mutating func parseStruct() throws(SyntaxError) -> StructDefinition {
    let begun = location
    try expect(.struct)
    let name = try expectName()
    var parameters: [String] = []
    if at(.leftBrace) {
      let outer = try open(.leftBrace)
      parameters = try list(to: .rightBrace, restoring: outer) { parser throws(SyntaxError) in try parser.expectName() }
    }
    if let name = parameters.firstRepeated { throw SyntaxError(.duplicateName(name), at: begun) }
    let supertype = try parseSupertype()
    var fields: [StructDefinition.Field] = []
    try skipSeparators()
    while !at(.end) {
      guard token.kind != .endOfInput else { throw error(.unterminated("struct", begun: begun)) }
      let place = location
      let field = try expectName()
      if fields.contains(where: { $0.name == field }) { throw SyntaxError(.duplicateName(field), at: place) }
      fields.append(.init(name: field, type: try accept(.doubleColon) ? try parseType() : .any))
      guard at(.end) || token.kind == .newline || at(.semicolon) else { throw unexpected("end of line") }
      try skipSeparators()
    }
    try advance()
    return StructDefinition(name: name, parameters: parameters, supertype: supertype, fields: fields)
  }

  private mutating func parseMethod() throws(SyntaxError) -> MethodDefinition {
    let begun = location
    var table: String?
    var kind = MethodDefinition.Kind.plain
    if try acceptPrefix("overlay") { table = try expectName() }
    if try acceptPrefix("cached") {
      guard token.kind == .name("generated") else { throw unexpected("generated") }
      try advance()
      kind = .cachedGenerated
    } else if try acceptPrefix("generated") {
      kind = .generated
    }
    let isLong = at(.function)
    let start = location
    if isLong { try advance() }
    let signature = try parseSignature()
    let body: Node
    if isLong {
      body = try parseStatements(of: "function", begun: start)
      try close(restoring: Context())
    } else {
      body = try parseDefinedValue()
    }
    return MethodDefinition(
      table: table, callee: signature.callee, calleeName: signature.calleeName, parameterTypes: signature.types,
      kind: kind,
      code: try lower(body, arguments: signature.arguments, isVararg: signature.isVararg, begun: begun), location: begun
    )
  }

  /// Reads a word before a definition; the same word may also be the name of what is defined.
  private mutating func acceptPrefix(_ word: String) throws(SyntaxError) -> Bool {
    guard token.kind == .name(word) else { return false }
    switch try peek().kind {
    case .name, .quotedName, .keyword(.function): break
    case .mark(let mark) where mark.function != nil: break
    default: return false
    }
    try advance()
    return true
  }

  /// `= value`
  private mutating func parseDefinedValue() throws(SyntaxError) -> Node {
    try expect(.assign)
    try skipNewlines()
    return try parseExpression()
  }

  private struct MethodSignature {
    var callee: TypeExpression
    var calleeName: String?
    var arguments: [String] = []
    var types: [TypeExpression] = []
    var isVararg = false
  }

  private mutating func parseSignature() throws(SyntaxError) -> MethodSignature {
    var signature: MethodSignature
    if at(.leftParenthesis) {
      let outer = try open(.leftParenthesis)
      let name = name == nil ? "#callee" : try expectName()
      try expect(.doubleColon)
      signature = MethodSignature(callee: try parseType(), calleeName: name, arguments: [name])
      try close(.rightParenthesis, restoring: outer)
    } else {
      guard name != nil || isOperator else { throw unexpected("a definition") }
      signature = MethodSignature(callee: .function(try parseFunctionName()))
    }
    let outer = try open(.leftParenthesis)
    while !at(.rightParenthesis), !signature.isVararg {
      let place = location
      let name = at(.doubleColon) ? "#\(signature.types.count + 1)" : try expectName()
      if signature.arguments.contains(name) { throw SyntaxError(.duplicateName(name), at: place) }
      signature.arguments.append(name)
      signature.types.append(try accept(.doubleColon) ? try parseType() : .any)
      signature.isVararg = try accept(.ellipsis)
      guard try accept(.comma) else { break }
    }
    try close(.rightParenthesis, restoring: outer)
    return signature
  }

  private var isOperator: Bool {
    if case .mark(let mark) = token.kind { mark.function != nil } else { false }
  }

  private func lower(
    _ body: Node, arguments: [String], isVararg: Bool = false, begun: SourceLocation
  ) throws(SyntaxError) -> LoweredCode {
    do {
      return try Lowering.lower(body: body.syntax, arguments: arguments, isVararg: isVararg)
    } catch {
      throw SyntaxError(.lowering(error), at: begun)
    }
  }
}

extension [String] {
  /// The first element that stands before already.
  var firstRepeated: String? {
    if count <= 8 {
      return indices.first { index in self[..<index].contains(self[index]) }.map { self[$0] }
    }
    var seen = Set<String>(minimumCapacity: count)
    return first { !seen.insert($0).inserted }
  }
}
