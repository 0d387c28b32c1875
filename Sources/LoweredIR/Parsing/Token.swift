/// A word, number, text or mark of a program.
struct Token {
  enum Kind: Equatable {
    case name(String)
    /// `var"any text"`: a name that is not an identifier.
    case quotedName(String)
    case keyword(Keyword)
    /// The magnitude; a sign is a mark of its own.
    case integer(UInt64)
    /// `0x…`
    case bits(UInt64)
    case float(Double)
    case string(String)
    case mark(Mark)
    case newline
    case endOfInput
  }

  var kind: Kind
  var place: Place
  /// Whether white space stands before it: `f (x)` is no call.
  var isSpaced: Bool

  /// A place in the text, from which a ``SourceLocation`` is made when one is needed.
  struct Place {
    var offset: Int
    var line: Int
    var lineStart: Int
  }
}

/// Words that are not names.
enum Keyword: String, CaseIterable {
  case abstract, begin, `break`, const, `continue`, `else`, elseif, end, `false`, `for`, function, `if`, `in`, nothing,
    quote
  case `return`, `struct`, `true`, `while`

  static let table = [String: Keyword](uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}

/// Brackets, separators and operators.
enum Mark: String {
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
  case comma = ","
  case semicolon = ";"
  case dot = "."
  case ellipsis = "..."
  case colon = ":"
  case doubleColon = "::"
  case define = ":="
  case question = "?"
  case dollar = "$"
  case at = "@"
  case assign = "="
  case or = "||"
  case and = "&&"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case identical = "==="
  case notIdentical = "!=="
  case subtype = "<:"
  case plus = "+"
  case minus = "-"
  case times = "*"
  case over = "/"
  case quotient = "÷"
  case remainder = "%"
  case power = "^"
  case not = "!"
}

/// How tightly operators and other expressions bind, loosest first. Shared by the parser and the printer.
enum Precedence: Int, Comparable {
  case statement, conditional, or, and, comparison, range, sum, product, unary, power, postfix

  static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }

  /// The next tighter one.
  var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .postfix }

  /// Whether operators of this precedence cannot follow each other without parentheses.
  var isNonassociative: Bool { self == .comparison || self == .range }
}

extension Mark {
  /// The precedence of a left-associative or non-associative infix operator.
  var infixPrecedence: Precedence? {
    switch self {
    case .or: .or
    case .and: .and
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .identical, .notIdentical, .subtype:
      .comparison
    case .colon: .range
    case .plus, .minus: .sum
    case .times, .over, .quotient, .remainder: .product
    default: nil
    }
  }

  /// The function that the operator calls, if it stands for one: as a name, it may be passed on and have methods.
  var function: String? {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .identical, .notIdentical, .subtype, .plus,
      .minus, .times, .over, .quotient, .remainder, .power, .not:
      rawValue
    default: nil
    }
  }
}

/// What texts may stand for themselves.
enum Name {
  /// Whether the lexer reads the text as a name, or as a keyword.
  static func isWord(_ text: some StringProtocol) -> Bool {
    var isFirst = true
    var isEnded = false
    for scalar in text.unicodeScalars {
      guard !isEnded else { return false }
      if scalar == "!" {
        guard !isFirst else { return false }
        isEnded = true
      } else if !(isFirst ? beginsName(scalar) : continuesName(scalar)) {
        return false
      }
      isFirst = false
    }
    return !isFirst
  }

  /// Whether the lexer reads the text as a name.
  static func isIdentifier(_ text: String) -> Bool { isWord(text) && Keyword.table[text] == nil }

  /// Whether the text is an operator that stands for a function.
  static func isOperator(_ text: String) -> Bool { Mark(rawValue: text)?.function != nil }

  static func beginsName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "_": true
    default: scalar.value >= 0x80 && scalar.properties.isAlphabetic
    }
  }

  static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "0"..."9": true
    default: beginsName(scalar)
    }
  }
}
