import LoweredIR
import Testing

@Suite("Program files are lists of definitions")
struct ProgramTests {
  @Test("Every kind of definition is read, with its signature")
  func definitions() throws {
    let text = """
      # a comment
      abstract Shape
      abstract Round <: Shape
      struct Complex{T} <: Number   # parametric
        re::T
        im::T; name
      end
      struct Empty end
      const tau = 6.28
      table Fast
      function hypot(x::Float64, y)
        return sqrt(x * x + y * y)
      end
      square(x::Number) = x * x; cube(x) =
        x * square(x)
      +(a::Complex, b::Complex) = Complex(a.re + b.re, a.im + b.im)
      function sum_all(first, rest::Number...) first end
      function (c::Compose{Int64})(x)
        c.outer(c.inner(x))
      end
      (::Add)(::Type{Int64}, ::Tuple{Int64, Real...}, x) = x
      overlay Fast function sin(x::Float64)
        x
      end
      overlay Fast sin(x) = x
      generated function f(x, n) :($x) end
      cached generated function g(t::Union{Int64, Float64}) :(1) end
      overlay Fast cached generated h(t) = t
      table(x) = x
      generated(x) = x
      """
    let found = try Program.parse(text, file: "all.ir").map(\.description)
    #expect(
      found == [
        "abstract Shape", "abstract Round <: Shape", "struct Complex{T} <: Number", "struct Empty", "const tau",
        "table Fast",
        "hypot(x::Float64, y)", "square(x::Number)", "cube(x)", "+(a::Complex, b::Complex)",
        "sum_all(first, rest::Number...)", "(c::Compose{Int64})(x)",
        "(::Add)(::Type{Int64}, ::Tuple{Int64, Real...}, x)", "overlay Fast sin(x::Float64)", "overlay Fast sin(x)",
        "generated f(x, n)", "cached generated g(t::Union{Int64, Float64})", "overlay Fast cached generated h(t)",
        "table(x)", "generated(x)",
      ])
  }

  @Test("A struct has its parameters, supertype and fields")
  func structs() throws {
    let definitions = try Program.parse("struct Pair{A, B}\n  first::A\n  second\nend", file: "s.ir")
    #expect(
      definitions == [
        .structType(
          StructDefinition(
            name: "Pair", parameters: ["A", "B"], supertype: .any,
            fields: [.init(name: "first", type: .named("A")), .init(name: "second", type: .any)]))
      ])
  }

  @Test("A method has its callee, arguments, types and place")
  func methods() throws {
    let plain = try method("\n  generated function f(x::Int64, xs...)\n    x\n  end")
    #expect(plain.callee == .function("f"))
    #expect(plain.callee.functionName == "f")
    #expect(plain.calleeName == nil)
    #expect(plain.parameterTypes == [.named("Int64"), .any])
    #expect(plain.kind == .generated)
    #expect(plain.code.arguments == ["x", "xs"])
    #expect(plain.code.isVararg)
    #expect(plain.location == SourceLocation(file: "test.ir", line: 2, column: 3))

    let callable = try method("function (c::Compose)(::Int64) c end")
    #expect(callable.callee == .named("Compose"))
    #expect(callable.calleeName == "c")
    #expect(callable.parameterTypes == [.named("Int64")])
    #expect(callable.code.arguments == ["c", "#1"])
  }

  @Test("A constant's value is code without arguments")
  func constants() throws {
    guard case .constant("x", let value)? = try Program.parse("const x = f(1)", file: "c.ir").first else {
      Issue.record("not a constant")
      return
    }
    #expect(value.text == "code()\n  %0 = f(1)\n  %1 = return %0\nend\n")
  }

  @Test(
    "An error says what is wrong and where",
    arguments: [
      ("f(x) =", .unexpected("end of text", expected: "an expression"), 1, 7),
      ("f(x) = 1 +\n\n  )", .unexpected(")", expected: "an expression"), 3, 3),
      ("f(x = 1", .unexpected("=", expected: ")"), 1, 5),
      ("f(x) = 1 2", .unexpected("2", expected: "end of line"), 1, 10),
      ("x", .unexpected("end of text", expected: "("), 1, 2),
      ("1", .unexpected("1", expected: "a definition"), 1, 1),
      ("é(x) = \"a\nb\"", .unterminatedString, 1, 8),
      ("ééé(x) = \"\\q\"", .unknownEscape("q"), 1, 12),
      ("f() = \"$x\"", .unexpectedCharacter("$"), 1, 8),
      ("f() = a ~ b", .unexpectedCharacter("~"), 1, 9),
      ("f() = 12ab", .invalidNumber("12ab"), 1, 7),
      ("f() = 99999999999999999999", .invalidNumber("99999999999999999999"), 1, 7),
      ("f() = 9223372036854775808", .invalidNumber("9223372036854775808"), 1, 7),
      ("f() = 1e999", .invalidNumber("1e999"), 1, 7),
      ("f() = a < b < c", .chainedOperators, 1, 13),
      ("f() = 1:2:3", .chainedOperators, 1, 10),
      ("f(x, x) = 1", .duplicateName("x"), 1, 6),
      ("struct A{T, T} end", .duplicateName("T"), 1, 1),
      ("struct A\n  x\n  x\nend", .duplicateName("x"), 3, 3),
      ("function f()\n  break\nend", .outsideLoop("break"), 2, 3),
      ("f() = $x", .interpolationOutsideQuote, 1, 7),
      ("f() = :($($x))", .interpolationOutsideQuote, 1, 11),
      ("f() = (x...)", .misplacedSplat, 1, 9),
      ("function f()\n  1 = 2\nend", .notAssignable, 2, 3),
      ("function f()\n  x.y = 2\nend", .notAssignable, 2, 3),
      (
        "function f()\n  while x\n", .unterminated("while", begun: SourceLocation(file: "e.ir", line: 2, column: 3)), 3,
        1
      ),
      ("struct A\n", .unterminated("struct", begun: SourceLocation(file: "e.ir", line: 1, column: 1)), 2, 1),
      ("function f() else end", .unexpected("else", expected: "end"), 1, 14),
      ("f() = x where", .unexpected("where", expected: "end of line"), 1, 9),
      ("f() = 1\n\n  g() = :($(x...))", .lowering(.misplacedSplat), 3, 3),
      ("f(x::) = 1", .unexpected(")", expected: "a type"), 1, 6),
      ("cached f() = 1", .unexpected("f", expected: "generated"), 1, 8),
    ] as [(String, SyntaxError.Problem, Int, Int)])
  func errors(_ text: String, _ problem: SyntaxError.Problem, _ line: Int, _ column: Int) {
    #expect(throws: SyntaxError(problem, at: SourceLocation(file: "e.ir", line: line, column: column))) {
      try Program.parse(text, file: "e.ir")
    }
  }
}
