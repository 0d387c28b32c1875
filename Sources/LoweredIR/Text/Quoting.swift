/// A text between quotation marks, as the lexer reads it.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    case "\\", "\"", "$":
      result += "\\"
      result.unicodeScalars.append(scalar)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

extension Name {
  /// An identifier as it is, any other name between quotation marks.
  static func spelled(_ name: String) -> String { isIdentifier(name) ? name : "var\(quoted(name))" }

  /// The same, but operators stand for themselves.
  static func spelledFunction(_ name: String) -> String { isOperator(name) ? name : spelled(name) }

  /// A symbol without its colon: keywords stand for themselves too.
  static func spelledSymbol(_ name: String) -> String { isWord(name) || isOperator(name) ? name : "var\(quoted(name))" }
}
