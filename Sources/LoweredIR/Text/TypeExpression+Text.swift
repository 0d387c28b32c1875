extension TypeExpression: CustomStringConvertible {
  /// The type as programs write it, such as `Tuple{Int64, Array{Float64}...}`. Equal types, and only those, have equal texts,
  /// so this is the canonical text of a type in signatures; ``init(parsing:file:)`` reads it back.
  public var description: String {
    var text = ""
    write(to: &text, depth: Nesting.limit)
    return text
  }

  /// Parses a type. Linear in the length of the text.
  ///
  /// `file` names the text in the locations of errors.
  public init(parsing text: String, file: String = "type") throws(SyntaxError) {
    var parser = try Parser(text, file: file)
    self = try parser.parseType()
    guard parser.token.kind == .endOfInput else { throw parser.unexpected("end of text") }
  }

  /// Writes the type; deeper levels, which nothing reads back, as `…`.
  func write(to text: inout String, depth: Int) {
    guard depth > 0 else { return text += "…" }
    switch self {
    case .integer(let number): text += String(number)
    case .union(let members):
      text += "Union"
      TypeExpression.write(members, to: &text, depth: depth)
    case .tuple(let members, let tail):
      text += "Tuple"
      TypeExpression.write(members, tail: tail, to: &text, depth: depth)
    case .nominal(let name, let parameters):
      TypeExpression.write(name: name, isPlain: parameters.isEmpty, to: &text)
      if !parameters.isEmpty { TypeExpression.write(parameters, to: &text, depth: depth) }
    }
  }

  private static func write(
    _ members: [TypeExpression], tail: TypeExpression? = nil, to text: inout String, depth: Int
  ) {
    text += "{"
    for (index, member) in members.enumerated() {
      if index > 0 { text += ", " }
      member.write(to: &text, depth: depth - 1)
    }
    if let tail {
      if !members.isEmpty { text += ", " }
      tail.write(to: &text, depth: depth - 1)
      text += "..."
    }
    text += "}"
  }

  private static func write(name: String, isPlain: Bool, to text: inout String) {
    if name.utf8.count > "typeof()".utf8.count - 1, name.hasPrefix("typeof("), name.utf8.last == UInt8(ascii: ")") {
      text += "typeof(\(Name.spelledFunction(String(name.dropFirst("typeof(".count).dropLast()))))"
    } else if name == "typeof" || !isPlain && (name == "Union" || name == "Tuple") {
      text += "var\(quoted(name))"
    } else {
      text += Name.spelled(name)
    }
  }
}
