import LoweredIR
import Testing

@Suite("Expressions become statements in order of evaluation")
struct ExpressionLoweringTests {
  @Test("Nested calls are flattened from the inside out, left to right")
  func nestedCalls() throws {
    #expect(
      try lowered("f(g(a), h(b) * 2)") == """
        %0 = g(a)
        %1 = h(b)
        %2 = *(%1, 2)
        %3 = f(%0, %2)
        %4 = return %3
        """)
  }

  @Test(
    "Operators bind as the language says",
    arguments: [
      ("a + b * c", "+(a, *(b, c))"), ("a - b - c", "-(-(a, b), c)"), ("a ^ b ^ c", "^(a, ^(b, c))"),
      ("-a ^ 2", "-(^(a, 2))"), ("-(a) ^ 2", "-(^(a, 2))"), ("-1 ^ 2", "-(^(1, 2))"), ("-1 + a", "+(-1, a)"),
      ("a ^ -1", "^(a, -1)"), ("!a == b", "==(!(a), b)"), ("a:b + 1", "colon(a, +(b, 1))"),
      ("a < b + 1", "<(a, +(b, 1))"),
      ("a // b % c ÷ n", "÷(%(÷(a, b), c), n)"), ("a <: b", "<:(a, b)"), ("a !== b", "!==(a, b)"), ("a!=b", "!=(a, b)"),
      ("-(a, b)", "-(a, b)"), ("+(a, b, c)", "+(a, b, c)"), ("f(-, !)", "f(-, !)"), ("- - a", "-(-(a))"),
      ("a[1].f(b)", "getfield(getindex(a, 1), :f)(b)"), ("a[]", "getindex(a)"), ("(a,)", "tuple(a)"), ("()", "tuple()"),
      ("[a, b,]", "vector(a, b)"), ("(a)(b)", "a(b)"), ("\"x\"(b)", "\"x\"(b)"), ("a: -1", "colon(a, -1)"),
    ])
  func operators(_ text: String, _ calls: String) throws {
    #expect(try nested(syntax(text)) == calls)
  }

  @Test("New lines end statements, but not within brackets and not after infix operators and commas")
  func newLines() throws {
    #expect(try lowered("f(a,\n  b\n)\nx = a +\n  b\n-b") == lowered("f(a, b); x = a + b; -b"))
  }

  @Test("Splats become a call of _apply with the arguments between them in tuples")
  func splats() throws {
    #expect(
      try lowered("f(a, x..., b, c)") == """
        %0 = tuple(a)
        %1 = tuple(b, c)
        %2 = _apply(f, %0, x, %1)
        %3 = return %2
        """)
  }

  @Test("An assignment stores what one statement evaluates, and has its value")
  func assignments() throws {
    #expect(
      try lowered("y = f(a)\nx = z = y\nx[1] = b") == """
        %0 = y := f(a)
        %1 = z := y
        %2 = x := %1
        %3 = setindex!(x, b, 1)
        %4 = return %3
        """)
  }

  @Test("An operand keeps the value that it had before a later operand assigned its variable")
  func assignmentsWithinOperands() throws {
    #expect(
      try lowered("f(x, (x = 2), x)") == """
        %0 = x
        %1 = x := 2
        %2 = f(%0, %1, x)
        %3 = return %2
        """)
  }

  @Test("A conditional that is assigned or returned needs no slot of its own; as an operand it goes through one")
  func conditionals() throws {
    #expect(
      try lowered("y = a ? b : c\nf(if a b end)\na ? b : c") == """
        %0 = unless a goto %3
        %1 = y := b
        %2 = goto %4
        %3 = y := c
        %4 = unless a goto %7
        %5 = #1 := b
        %6 = goto %8
        %7 = #1 := nothing
        %8 = f(#1)
        %9 = unless a goto %11
        %10 = return b
        %11 = return c
        """)
  }

  @Test("The value of && and || is decided by jumps")
  func shortCircuits() throws {
    #expect(
      try lowered("f(a && b, a || b)") == """
        %0 = unless a goto %3
        %1 = #1 := b
        %2 = goto %4
        %3 = #1 := false
        %4 = unless a goto %7
        %5 = #2 := true
        %6 = goto %8
        %7 = #2 := b
        %8 = f(#1, #2)
        %9 = return %8
        """)
  }

  @Test("A variable may stand on both sides of an assigned short circuit")
  func shortCircuitOfItself() throws {
    #expect(
      try lowered("x = a && x\nx") == """
        %0 = unless a goto %3
        %1 = x := x
        %2 = goto %4
        %3 = x := false
        %4 = return x
        """)
  }

  @Test("Type parameters make a literal type if all names are global, else a call of apply_type")
  func typeParameters() throws {
    #expect(
      try lowered("T = a\nf(A{B{3}}, Tuple{Int64, B...}, Union{}, A{T}, A{typeof(f)})") == """
        %0 = T := a
        %1 = apply_type(A, T)
        %2 = typeof(f)
        %3 = apply_type(A, %2)
        %4 = f(::A{B{3}}, ::Tuple{Int64, B...}, ::Union{}, %1, %3)
        %5 = return %4
        """)
  }

  @Test("Literals stand as operands")
  func literals() throws {
    let text =
      "f(1, -1, 1.5, -0.0, 1e-3, \"a\\n\\\"\\$\", true, false, nothing, :x, :+, :if, :(a), ::T{1}, ::0x7ff8000000000001)"
    #expect(
      try lowered(text) == """
        %0 = f(1, -1, 1.5, -0.0, 0.001, "a\\n\\"\\$", true, false, nothing, :x, :+, :if, :(a), ::T{1}, ::0x7ff8000000000001)
        %1 = return %0
        """)
    #expect(try lowered("-9223372036854775808") == "%0 = return -9223372036854775808")
  }

  @Test("A name that nothing assigns is a global, also if lowering itself calls it")
  func globals() throws {
    let code = try method("f(x) = begin tuple = x; g(tuple, x...) end").code
    #expect(
      code.text == """
        code(x; tuple)
          %0 = tuple := x
          %1 = @tuple(tuple)
          %2 = _apply(g, %1, x)
          %3 = return %2
        end

        """)
  }

  /// Calls as text.
  private func nested(_ syntax: Syntax) -> String {
    guard case .form("call", let parts) = syntax else {
      if case .name(let name) = syntax { return name }
      return syntax.description
    }
    return nested(parts[0]) + "(" + parts.dropFirst().map(nested).joined(separator: ", ") + ")"
  }
}
