import LoweredIR
import Testing

@Suite("Control flow becomes jumps")
struct StatementLoweringTests {
  @Test("while tests before each round; break leaves it and continue begins the next round")
  func whileLoop() throws {
    #expect(
      try lowered("while x < n\n  if a break end\n  if b continue end\n  x = x + 1\nend") == """
        %0 = <(x, n)
        %1 = unless %0 goto %8
        %2 = unless a goto %4
        %3 = goto %8
        %4 = unless b goto %6
        %5 = goto %0
        %6 = x := +(x, 1)
        %7 = goto %0
        %8 = return nothing
        """)
  }

  @Test("for goes through what iterate returns, over the iterable that was there at the start")
  func forLoop() throws {
    #expect(
      try lowered("for i in x\n  x = f(i)\nend\nx") == """
        %0 = x
        %1 = #1 := iterate(%0)
        %2 = !==(#1, nothing)
        %3 = unless %2 goto %9
        %4 = i := tuple_get(#1, 1)
        %5 = x := f(i)
        %6 = tuple_get(#1, 2)
        %7 = #1 := iterate(%0, %6)
        %8 = goto %2
        %9 = return x
        """)
  }

  @Test("elseif and else are tested in order")
  func branches() throws {
    #expect(
      try lowered("if a\n f(1)\nelseif b\n f(2)\nelse\n f(3)\nend\nc") == """
        %0 = unless a goto %3
        %1 = f(1)
        %2 = goto %7
        %3 = unless b goto %6
        %4 = f(2)
        %5 = goto %7
        %6 = f(3)
        %7 = return c
        """)
  }

  @Test("Conditions with && and || jump without a slot")
  func conditions() throws {
    #expect(
      try lowered("if a && (b || c)\n  f()\nend\na") == """
        %0 = unless a goto %5
        %1 = unless b goto %3
        %2 = goto %4
        %3 = unless c goto %5
        %4 = f()
        %5 = return a
        """)
  }

  @Test("return and break may stand after && and ||")
  func guards() throws {
    #expect(
      try lowered("a || return 1\nwhile true\n  b && break\nend") == """
        %0 = unless a goto %2
        %1 = goto %3
        %2 = return 1
        %3 = unless b goto %5
        %4 = goto %6
        %5 = goto %3
        %6 = return nothing
        """)
  }

  @Test("A body returns its last value; nothing after a loop or an untaken if; each branch of a last if returns")
  func results() throws {
    #expect(try lowered("") == "%0 = return nothing")
    #expect(try lowered("return") == "%0 = return nothing")
    #expect(try lowered("x = a") == "%0 = x := a\n%1 = return %0")
    #expect(try lowered("if a b end") == "%0 = unless a goto %2\n%1 = return b\n%2 = return nothing")
  }

  @Test("What control cannot reach is left out")
  func unreachable() throws {
    #expect(try lowered("return a\nf(b)\nwhile c end") == "%0 = return a")
    #expect(try lowered("while true\n  f()\nend\ng()") == "%0 = f()\n%1 = goto %0")
  }

  @Test("A quote without $ is a literal, with it calls of _syntax; symbols and splats are left to that")
  func quotes() throws {
    #expect(
      try lowered("y = :(x + 1)\nquote\n  $a = $(f(b)) + 1\n  g($(x...), 2)\nend") == """
        %0 = y := :(x + 1)
        %1 = f(b)
        %2 = _syntax(:call, :(+), %1, :(1))
        %3 = _syntax(:var"=", a, %2)
        %4 = tuple(:call, :(g))
        %5 = tuple(:(2))
        %6 = _apply(_syntax, %4, x, %5)
        %7 = _syntax(:block, %3, %6)
        %8 = return %7
        """)
    #expect(try lowered(":($a)") == "%0 = return a")
  }

  @Test("An interpolation in a nested quote belongs to that quote, unless it is interpolated twice")
  func nestedQuotes() throws {
    #expect(try lowered(":(:($a))") == "%0 = return :(:($a))")
    #expect(
      try lowered(":(:($$a))")
        == """
        %0 = _syntax(:$, a)
        %1 = _syntax(:quote, %0)
        %2 = return %1
        """.replacing(":$", with: ":var\"\\$\""))
  }

  @Test("10,000 statements are lowered to 10,000 statements")
  func manyStatements() throws {
    let body = Syntax.form(
      "block",
      (0..<10_000).map { .form("=", [.name("x\($0 % 100)"), .form("call", [.name("f"), .literal(.int($0))])]) })
    let code = try Lowering.lower(body: body, arguments: [])
    #expect(code.statements.count == 10_001)
    #expect(code.locals.count == 100)
  }

  @Test(
    "Syntax that means nothing has a typed error",
    arguments: [
      (.form("break", []), .outsideLoop("break")), (.form("continue", []), .outsideLoop("continue")),
      (.form("$", [.name("x")]), .interpolationOutsideQuote), (.form("...", [.name("x")]), .misplacedSplat),
      (.form("quote", [.form("$", [.form("...", [.name("x")])])]), .misplacedSplat),
      (.form("goto", []), .unknownHead("goto")), (.form("call", []), .wrongPartCount(head: "call", found: 0)),
      (.form("if", [.name("x")]), .wrongPartCount(head: "if", found: 1)),
      (.form("while", []), .wrongPartCount(head: "while", found: 0)),
      (.form("for", []), .wrongPartCount(head: "for", found: 0)),
      (.form("=", []), .wrongPartCount(head: "=", found: 0)),
      (.form("&&", []), .wrongPartCount(head: "&&", found: 0)),
      (.form("quote", []), .wrongPartCount(head: "quote", found: 0)),
      (.form("quote", [.form("$", [])]), .wrongPartCount(head: "$", found: 0)),
      (.form("return", [.name("x"), .name("x")]), .wrongPartCount(head: "return", found: 2)),
      (.form("call", [.name("f"), .form("...", [])]), .wrongPartCount(head: "...", found: 0)),
      (.form("=", [.literal(.int(1)), .name("x")]), .notAssignable(.literal(.int(1)))),
      (
        .form("for", [.form("$", []), .name("x"), .name("x")]),
        .notAssignable(.form("$", []))
      ),
    ] as [(Syntax, LoweringError)])
  func errors(_ syntax: Syntax, _ expected: LoweringError) {
    #expect(throws: expected) { try Lowering.lower(body: syntax, arguments: ["x"]) }
    // Also where control does not reach it.
    #expect(throws: expected) {
      try Lowering.lower(body: .form("block", [.form("return", []), syntax]), arguments: ["x"])
    }
  }

  @Test("Arguments have different names, and a vararg is one of them")
  func arguments() {
    #expect(throws: LoweringError.duplicateArgument("x")) {
      try Lowering.lower(body: .name("x"), arguments: ["x", "y", "x"])
    }
    #expect(throws: LoweringError.varargWithoutArguments) {
      try Lowering.lower(body: .name("x"), arguments: [], isVararg: true)
    }
  }
}
