import LoweredIR
import Testing

@Suite("Code, syntax and types have readable texts")
struct TextFormTests {
  @Test("The text form shows slots, statements and targets by number")
  func example() throws {
    let text = """
      code(x, n, rest...; acc, #1, var"a b")
        %0 = *(x, 2)
        %1 = acc := %0
        %2 = <(#1, n)
        %3 = unless %2 goto %6
        %4 = @x(@acc, @var"if", f, -1, :sym, "s", ::Array{Int64}, :(x + $y), quote a = 1; a end)
        %5 = goto %2
        %6 = var"a b" := @goto
        %7 = return acc
      end

      """
    #expect(try LoweredCode(text: text).text == text)
  }

  @Test("The method for inference's limits is a line of its own (F1)")
  func limit() throws {
    let text = "code(limit)\n  limit as \"global sin(Float64)\"\n  %0 = return limit\nend\n"
    let code = try LoweredCode(text: text)
    #expect(code.methodForInferenceLimitHeuristics == "global sin(Float64)")
    #expect(code.text == text)
  }

  @Test(
    "Syntax is printed as a program would have it",
    arguments: [
      "a + b * c", "(a + b) * c", "a - (b - c)", "a ^ b ^ c", "(a ^ b) ^ c", "-(a ^ b)", "(-(a)) ^ b", "(-1) ^ b",
      "!(a) == b",
      "(a < b) < c", "a : b", "a ? b : c", "(a ? b : c) + 1", "a && b || c", "a && (b || c)", "f(a, b...)", "a[1, 2]",
      "a.b.c", "(a, b)", "(a,)", "()", "[a, b]", "A{B{3}, C...}", "::A{B}", "x = y = 3", "f((x = 3))", "f(+, -)",
      "if a; b elseif c; d else e end", "while a; b; break end", "for x in 1 : n; continue end", "a || (return b)",
      "begin a; b end", "quote a; $b; $(c + d) end", "::0x7ff0000000000000", ":::(a)",
      "::\"odd\"(a, b)",
      "var\"a b\" + 1", ":var\"a b\"", "-(1)", "f(x)(y)", "(f + g)(x)", "-1.5", "\"a\\n\"", "push!(a, b)", "(+).f",
    ])
  func syntaxText(_ text: String) throws {
    #expect(try syntax(text).description == text)
  }

  @Test(
    "Types are printed canonically",
    arguments: [
      ("Int64", "Int64"), ("Array{ Float64 }", "Array{Float64}"), ("Union{}", "Union{}"), ("Tuple{}", "Tuple{}"),
      ("Tuple{A,B...}", "Tuple{A, B...}"), ("Tuple{B...}", "Tuple{B...}"), ("Val{-3}", "Val{-3}"), ("A{}", "A"),
      ("typeof(+)", "typeof(+)"), ("Type{typeof(sin)}", "Type{typeof(sin)}"), ("Union", "Union"), ("Tuple", "Tuple"),
      ("A{\n  B,\n  C,\n}", "A{B, C}"),
    ])
  func typeText(_ text: String, _ canonical: String) throws {
    #expect(try TypeExpression(parsing: text).description == canonical)
  }

  @Test("Tails stand last, in tuples only")
  func tails() {
    for text in ["Tuple{A..., B}", "Array{A...}", "Union{A...}", "A B", "A...", "", "{", "A{B", "typeof(1)", "\"A\""] {
      #expect(throws: SyntaxError.self, "\(text)") { try TypeExpression(parsing: text) }
    }
  }

  @Test(
    "An error in the text form says what and where",
    arguments: [
      ("cod()", .unexpected("cod", expected: "code"), 1, 1),
      ("code(x, x)\nend", .duplicateName("x"), 1, 9),
      ("code()\n%1 = return 1\nend", .unexpected("%", expected: "%0"), 2, 1),
      ("code()\nlimit \"f\"\n%0 = return 1\nend", .unexpected("\"f\"", expected: "as"), 2, 7),
      ("code()\nlimit as f\nend", .unexpected("f", expected: "a method's table and signature"), 2, 10),
      ("code()\nlimit as \"f\" %0 = return 1\nend", .unexpected("%", expected: "end of line"), 2, 14),
      ("code()\n%0 = y := 1\nend", .unknownSlot("y"), 2, 6),
      ("code()\n%0 = var\"y\"\nend", .unknownSlot("y"), 2, 6),
      ("code()\n%0 = return 1 2\nend", .unexpected("2", expected: "end of line"), 2, 15),
      ("code()\n%0 = unless 1 %2\nend", .unexpected("%", expected: "goto"), 2, 15),
      ("code()\n%0 = return 1\n", .unterminated("code", begun: SourceLocation(file: "t", line: 1, column: 1)), 3, 1),
      ("code()\n%0 = return 1\nend x", .unexpected("x", expected: "end of text"), 3, 5),
      ("code()\nend", .invalidCode(InvalidCode(.empty)), 1, 1),
      ("code()\n%0 = return %99999999999999999999\nend", .invalidNumber("99999999999999999999"), 2, 14),
      ("code()\n%0 = return if\nend", .unexpected("if", expected: "an expression"), 2, 13),
      ("code()\n%0 = goto %7\nend", .invalidCode(InvalidCode(.unknownTarget(7), statement: 0)), 1, 1),
    ] as [(String, SyntaxError.Problem, Int, Int)])
  func errors(_ text: String, _ problem: SyntaxError.Problem, _ line: Int, _ column: Int) {
    #expect(throws: SyntaxError(problem, at: SourceLocation(file: "t", line: line, column: column))) {
      try LoweredCode(text: text, file: "t")
    }
  }

  @Test("Invalid code has a text too")
  func invalid() {
    let code = LoweredCode(arguments: [], statements: [.assign(slot: 3, .operand(.ssa(-1))), .goto(-2)])
    #expect(code.text == "code()\n  %0 = var\"slot 3\" := %-1\n  %1 = goto %-2\nend\n")
  }
}
