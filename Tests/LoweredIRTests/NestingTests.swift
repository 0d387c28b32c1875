import LoweredIR
import SourceCodec
import Testing

@Suite("What nests too deeply is an error, not a crash")
struct NestingTests {
  private static let deep = 100_000

  @Test(
    "The parser refuses deep nesting and long chains of any kind",
    arguments: [
      String(repeating: "(", count: deep), String(repeating: "[", count: deep), String(repeating: "f(", count: deep),
      String(repeating: "-", count: deep), String(repeating: "!", count: deep), String(repeating: "a ^ ", count: deep),
      String(repeating: "1 + ", count: deep) + "1", String(repeating: "a && ", count: deep) + "a",
      "a" + String(repeating: ".f", count: deep), "a" + String(repeating: "[1]", count: deep),
      "a" + String(repeating: "()", count: deep), String(repeating: "a ? ", count: deep),
      String(repeating: "a ? a : ", count: deep), String(repeating: ":(", count: deep),
      String(repeating: "quote ", count: deep), String(repeating: "begin ", count: deep),
      String(repeating: "while a; ", count: deep), String(repeating: "return ", count: deep),
      String(repeating: ":::(", count: deep), String(repeating: "::\"f\"(", count: deep),
      "::" + String(repeating: "A{", count: deep), ":(" + String(repeating: "$", count: deep),
      "if a" + String(repeating: " elseif a", count: deep) + " end", "begin " + String(repeating: "a = ", count: deep),
      String(repeating: "((1 + ", count: 150) + "1" + String(repeating: ") + 1)", count: 150),
      String(repeating: "(", count: 100) + "1"
        + String(repeating: String(repeating: " + 1", count: 150) + ")", count: 100),
    ])
  func parser(_ expression: String) {
    let error = #expect(throws: SyntaxError.self) { try Program.parse("f() = " + expression, file: "deep.ir") }
    switch error?.problem {
    case .nestedTooDeeply, .interpolationOutsideQuote: break
    default: Issue.record("\(String(describing: error))")
    }
  }

  @Test("Everything up to the limit is parsed, lowered, printed, and read back")
  func atTheLimit() throws {
    // The block around the body, and the leaf, are levels too.
    let text =
      String(repeating: "f(", count: Nesting.limit - 1) + "x" + String(repeating: ")", count: Nesting.limit - 1)
    let code = try method("g(x) = " + text).code
    #expect(code.statements.count == Nesting.limit)
    #expect(try LoweredCode(text: code.text) == code)

    for head in ["-", "f", "^", "+", "colon", "quote", "block", "if", "&&", "return", "=", "odd", "$"] {
      let syntax = nested(head, depth: Nesting.limit)
      let code = LoweredCode(arguments: [], statements: [.return(.literal(.syntax(syntax)))])
      try code.validate()
      #expect(try LoweredCode(text: code.text) == code, "\(head)")
      #expect(try EncodedSource(code).open() == code)
    }
  }

  @Test("Lowering, validation and the decoder refuse deeper syntax")
  func beyondTheLimit() {
    let syntax = nested("f", depth: Nesting.limit + 1)
    #expect(throws: LoweringError.nestedTooDeeply(limit: Nesting.limit)) {
      try Lowering.lower(body: syntax, arguments: [])
    }
    let code = LoweredCode(arguments: [], statements: [.return(.literal(.syntax(syntax)))])
    #expect(throws: InvalidCode(.nestedTooDeeply(limit: Nesting.limit), statement: 0)) { try code.validate() }
    #expect(throws: DecodingFailure.self) { try EncodedSource(code).open(LoweredCode.self) }
    #expect(throws: SyntaxError.self) { try LoweredCode(text: code.text) }
  }

  @Test("The printer ends at the limit")
  func printer() {
    #expect(nested("f", depth: 1_000).description.contains("…"))
    #expect(type(depth: 1_000).description.contains("…"))
  }

  @Test("Types have the same limit")
  func types() throws {
    let deepest = type(depth: Nesting.limit)
    #expect(try TypeExpression(parsing: deepest.description) == deepest)
    let code = LoweredCode(arguments: [], statements: [.return(.literal(.type(deepest)))])
    #expect(try EncodedSource(code).open() == code)
    #expect(throws: SyntaxError.self) {
      try TypeExpression(parsing: "A{\(deepest)}")
    }
  }

  private func type(depth: Int) -> TypeExpression {
    (1..<depth).reduce(.named("A")) { type, _ in .nominal("A", [type]) }
  }

  private func nested(_ head: String, depth: Int) -> Syntax {
    (1..<depth).reduce(.name("x")) { inner, _ in
      switch head {
      case "block", "quote", "return", "odd", "$": .form(head, [inner])
      case "=": .form("=", [.name("y"), inner])
      case "&&": .form("&&", [.name("y"), inner])
      case "if": .form("if", [.name("y"), inner, .name("y")])
      case "-": .form("call", [.name("-"), inner])
      case "f": .form("call", [.name("f"), inner])
      default: .form("call", [.name(head), .name("y"), inner])
      }
    }
  }
}
