import LoweredIR

/// The only method of a program that defines just that.
func method(_ text: String) throws -> MethodDefinition {
  let definitions = try Program.parse(text, file: "test.ir")
  guard definitions.count == 1, case .method(let method) = definitions[0] else { throw NotAMethod() }
  return method
}

struct NotAMethod: Error {}

/// The text form of the code of a method `f(a, b, c, n, x)` with this body, without the lines around the statements.
func lowered(_ body: String) throws -> String {
  let text = try method("function f(a, b, c, n, x)\n\(body)\nend").code.text
  return text.split(separator: "\n").dropFirst().dropLast().map { $0.dropFirst(2) }.joined(separator: "\n")
}

/// The syntax of an expression.
func syntax(_ text: String) throws -> Syntax {
  guard case .literal(.syntax(let syntax)) = try quotedOperand(":(\(text))") else { throw NotAMethod() }
  return syntax
}

private func quotedOperand(_ text: String) throws -> Operand {
  guard case .return(let operand)? = try LoweredCode(text: "code()\n%0 = return \(text)\nend").statements.first else {
    throw NotAMethod()
  }
  return operand
}

extension CodeLayout {
  /// All that operands with negative numbers stand for, from -1 on.
  var constants: [Constant] { (0..<constantCount).map { constant(-1 - $0) } }
}
