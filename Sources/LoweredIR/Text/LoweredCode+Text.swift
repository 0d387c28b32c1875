extension LoweredCode {
  /// The text form that `docs/language.md` describes. Equal codes have equal texts; for valid code, ``init(text:file:)`` reads
  /// the same code back.
  public var text: String {
    var writer = CodeWriter(self)
    return writer.write()
  }

  /// Parses the text form and validates the code.
  ///
  /// `file` names the text in the locations of errors.
  public init(text: String, file: String = "code") throws(SyntaxError) {
    var parser = try Parser(text, file: file, mode: .code)
    self = try parser.parseCode()
  }
}

private struct CodeWriter {
  private let code: LoweredCode
  private let slots: [String]
  private let slotNames: Set<String>
  private var text = ""

  /// Words that begin a statement, and so name neither slots nor globals there.
  private static let words: Set<String> = ["goto", "unless"]

  init(_ code: LoweredCode) {
    self.code = code
    slots = (code.arguments + code.locals).map(CodeWriter.spelledSlot)
    slotNames = Set(code.arguments + code.locals)
  }

  mutating func write() -> String {
    text = "code(" + slots.prefix(code.arguments.count).joined(separator: ", ")
    if code.isVararg { text += "..." }
    if !code.locals.isEmpty { text += "; " + slots.dropFirst(code.arguments.count).joined(separator: ", ") }
    text += ")\n"
    if let method = code.methodForInferenceLimitHeuristics { text += "  limit as \(quoted(method))\n" }
    for (number, statement) in code.statements.enumerated() {
      text += "  %\(number) = "
      write(statement)
      text += "\n"
    }
    return text + "end\n"
  }

  private mutating func write(_ statement: Statement) {
    switch statement {
    case .value(let expression): write(expression)
    case .assign(let slot, let expression):
      write(.slot(slot))
      text += " := "
      write(expression)
    case .goto(let target): text += "goto %\(target)"
    case .gotoIfNot(let condition, let target):
      text += "unless "
      write(condition)
      text += " goto %\(target)"
    case .return(let operand):
      text += "return "
      write(operand)
    }
  }

  private mutating func write(_ expression: Expression) {
    switch expression {
    case .operand(let operand): write(operand)
    case .call(let callee, let arguments):
      write(callee)
      text += "("
      for (index, argument) in arguments.enumerated() {
        if index > 0 { text += ", " }
        write(argument)
      }
      text += ")"
    }
  }

  private mutating func write(_ operand: Operand) {
    switch operand {
    case .ssa(let number): text += "%\(number)"
    case .slot(let slot): text += slots.indices.contains(slot) ? slots[slot] : "var\"slot \(slot)\""
    case .literal(let literal): text += literal.description
    case .global(let name):
      let isPlain = Name.isIdentifier(name) && !slotNames.contains(name) && !CodeWriter.words.contains(name)
      text += isPlain || Name.isOperator(name) ? name : "@" + Name.spelled(name)
    }
  }

  /// The slots that lowering adds are written as they are: `#1`.
  private static func spelledSlot(_ name: String) -> String {
    if name.utf8.first == UInt8(ascii: "#"), Name.isWord("_" + name.dropFirst()) { return name }
    return words.contains(name) ? "var\(quoted(name))" : Name.spelled(name)
  }
}
