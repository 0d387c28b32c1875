/// Writes syntax on one line, as a program could contain it, so that it parses back to the same syntax.
///
/// Forms that the parser never makes are written as `::"head"(parts…)`. Levels below ``Nesting/limit``, which nothing would
/// read back, are written as `…`.
struct SyntaxPrinter {
  var text = ""
  /// How many quotes there are around, less the interpolations.
  private var quoteDepth: Int
  private var depth = Nesting.limit

  init(quoteDepth: Int = 0) { self.quoteDepth = quoteDepth }

  /// Writes syntax where an expression of at least this precedence may stand; else, between parentheses.
  mutating func write(_ syntax: Syntax, _ minimum: Precedence = .statement) {
    guard depth > 0 else { return text += "…" }
    depth -= 1
    defer { depth += 1 }
    switch syntax {
    case .literal(let literal): write(literal, minimum)
    case .name(let name):
      let isOpen = !Name.isOperator(name) || minimum <= .conditional
      text += isOpen ? Name.spelledFunction(name) : "(\(name))"
    case .form(let head, let parts): write(head, parts, minimum)
    }
  }

  mutating func write(_ literal: Literal, _ minimum: Precedence = .statement) {
    switch literal {
    case .nothing: text += "nothing"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let number): write(number: String(number), minimum)
    case .float(let bits):
      let number = Double(bitPattern: bits)
      if number.isFinite {
        write(number: String(number), minimum)
      } else {
        text += "::0x" + String(bits, radix: 16)
      }
    case .string(let string): text += quoted(string)
    case .symbol(let name): text += ":" + Name.spelledSymbol(name)
    case .type(let type):
      text += "::"
      type.write(to: &text, depth: depth)
    case .syntax(let syntax):
      text += "::"
      let outer = quoteDepth
      quoteDepth = 0
      writeQuote(syntax)
      quoteDepth = outer
    }
  }

  /// Writes `:(…)`, or a block as `quote … end`.
  mutating func writeQuote(_ syntax: Syntax) {
    quoteDepth += 1
    if depth > 0, case .form("block", let statements) = syntax {
      depth -= 1
      text += "quote"
      writeStatements(statements)
      text += " end"
      depth += 1
    } else {
      text += ":("
      write(syntax)
      text += ")"
    }
    quoteDepth -= 1
  }

  private mutating func write(number: String, _ minimum: Precedence) {
    text += number.hasPrefix("-") && minimum > .unary ? "(\(number))" : number
  }

  // MARK: Forms

  private mutating func write(_ head: String, _ parts: [Syntax], _ minimum: Precedence) {
    switch (head, parts.count) {
    case ("call", 1...): writeCall(parts[0], Array(parts.dropFirst()), minimum)
    case ("=", 2) where isTarget(parts[0]):
      parenthesize(.statement, minimum) { printer in
        printer.writeTarget(parts[0])
        printer.text += " = "
        printer.write(parts[1])
      }
    case ("block", _):
      text += "begin"
      writeStatements(parts)
      text += " end"
    case ("if", 2), ("if", 3): writeIf(parts, minimum)
    case ("while", 2) where parts[1].isBlock:
      text += "while "
      write(parts[0], .conditional)
      writeBody(parts[1])
    case ("for", 3) where isTarget(parts[0]) && parts[2].isBlock:
      text += "for "
      writeTarget(parts[0])
      text += " in "
      write(parts[1], .conditional)
      writeBody(parts[2])
    case ("break", 0), ("continue", 0): parenthesize(.statement, minimum) { $0.text += head }
    case ("return", 0), ("return", 1):
      parenthesize(.statement, minimum) { printer in
        printer.text += "return"
        guard let value = parts.first else { return }
        printer.text += " "
        printer.write(value, .conditional)
      }
    case ("&&", 2): writeInfix(head, parts[0], parts[1], .and, minimum)
    case ("||", 2): writeInfix(head, parts[0], parts[1], .or, minimum)
    case ("quote", 1): writeQuote(parts[0])
    case ("$", 1) where quoteDepth > 0: writeInterpolation(parts[0])
    default:
      text += "::\(quoted(head))("
      writeList(parts, .statement, allowsSplats: false)
      text += ")"
    }
  }

  mutating func parenthesize(
    _ precedence: Precedence, _ minimum: Precedence, _ content: (inout SyntaxPrinter) -> Void
  ) {
    if precedence < minimum { text += "(" }
    content(&self)
    if precedence < minimum { text += ")" }
  }

  mutating func writeList(_ parts: [Syntax], _ minimum: Precedence, allowsSplats: Bool) {
    for (index, part) in parts.enumerated() {
      if index > 0 { text += ", " }
      if allowsSplats, case .form("...", let inner) = part, inner.count == 1 {
        write(inner[0], .conditional)
        text += "..."
      } else {
        write(part, minimum)
      }
    }
  }

  private mutating func writeStatements(_ statements: [Syntax]) {
    for (index, statement) in statements.enumerated() {
      text += index > 0 ? "; " : " "
      write(statement)
    }
  }

  private mutating func writeBody(_ block: Syntax) {
    text += ";"
    writeBlock(block)
    text += " end"
  }

  /// Writes the statements of a block.
  private mutating func writeBlock(_ block: Syntax) {
    guard case .form("block", let statements) = block else { return }
    writeStatements(statements)
  }

  private func isTarget(_ syntax: Syntax) -> Bool {
    switch syntax {
    case .name: true
    case .form("$", let parts): parts.count == 1 && quoteDepth > 0 && !parts[0].isSplat
    default: false
    }
  }

  private mutating func writeTarget(_ syntax: Syntax) {
    if case .name(let name) = syntax { text += Name.spelled(name) } else { write(syntax, .postfix) }
  }

  private mutating func writeInterpolation(_ syntax: Syntax) {
    quoteDepth -= 1
    defer { quoteDepth += 1 }
    text += "$"
    if case .name(let name) = syntax, Name.isIdentifier(name) { return text += name }
    text += "("
    if case .form("...", _) = syntax {
      writeList([syntax], .statement, allowsSplats: true)
    } else {
      write(syntax)
    }
    text += ")"
  }

  private mutating func writeIf(_ parts: [Syntax], _ minimum: Precedence) {
    if Syntax.isStatementIf(parts) {
      text += "if "
      writeBranches(parts)
      text += " end"
    } else if parts.count == 3 {
      parenthesize(.conditional, minimum) { printer in
        printer.write(parts[0], .or)
        printer.text += " ? "
        printer.write(parts[1], .sum)
        printer.text += " : "
        printer.write(parts[2], .sum)
      }
    } else {
      text += "::\"if\"("
      writeList(parts, .statement, allowsSplats: false)
      text += ")"
    }
  }

  private mutating func writeBranches(_ parts: [Syntax]) {
    write(parts[0], .conditional)
    text += ";"
    writeBlock(parts[1])
    guard parts.count == 3 else { return }
    if case .form("if", let others) = parts[2] {
      depth -= 1
      text += " elseif "
      writeBranches(others)
      depth += 1
    } else {
      text += " else"
      writeBlock(parts[2])
    }
  }
}

extension Syntax {
  /// Whether this is written as `::T`, after which braces belong to the type.
  var isType: Bool {
    if case .literal(.type) = self { true } else { false }
  }

  var isBlock: Bool {
    if case .form("block", _) = self { true } else { false }
  }

  /// Whether these parts of an `if` are written as `if … end`; others, as `c ? a : b`.
  static func isStatementIf(_ parts: [Syntax]) -> Bool {
    guard parts.count == 2 || parts.count == 3, parts[1].isBlock else { return false }
    guard parts.count == 3 else { return true }
    if case .form("if", let others) = parts[2] { return isStatementIf(others) }
    return parts[2].isBlock
  }
}

extension Syntax: CustomStringConvertible {
  /// The syntax on one line, as a program could contain it.
  public var description: String {
    var printer = SyntaxPrinter()
    printer.write(self)
    return printer.text
  }
}

extension Literal: CustomStringConvertible {
  /// The constant as lowered code contains it. Quoted syntax is written as `:(…)` or `quote … end`.
  public var description: String {
    var printer = SyntaxPrinter()
    if case .syntax(let syntax) = self { printer.writeQuote(syntax) } else { printer.write(self) }
    return printer.text
  }
}
