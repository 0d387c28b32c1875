import LoweredIR
import StagedHost
import Testing

@Suite("A call selects the most specific method")
struct DispatchTests {
  @Test("The most specific of several methods is selected, whatever their order")
  func specificity() throws {
    let test = try TestHost(
      """
      f(x) = :any
      f(x::Int64) = :int
      f(x::Number) = :number
      f(x, y) = :two
      f(x::Type) = :type
      f(x::Type{Int64}) = :Int64
      f(x::typeof(f)) = :itself
      """)
    #expect(
      try test.evaluate("(f(\"\"), f(1), f(1.0), f(1, 2), f(Bool), f(Int64), f(f))")
        == "(:any, :int, :number, :two, :type, :Int64, :itself)")
  }

  @Test("A method without a tail wins over one with; the tail is a tuple")
  func varargs() throws {
    let test = try TestHost(
      """
      f(xs...) = xs
      f(x::Int64) = :one
      g(x, ys::Int64...) = (x, ys)
      """)
    #expect(try test.evaluate("(f(), f(1), f(1, 2), f(\"\"))") == "((), :one, (1, 2), (\"\",))")
    #expect(try test.evaluate("(g(:a), g(:a, 1, 2))") == "((:a, ()), (:a, (1, 2)))")
    #expect(try test.problem("g(1, :a)") == "no method matches g(Int64, Symbol)")
  }

  @Test("No method is an error; so are several of which none is the most specific, until one resolves it (C3)")
  func ambiguity() throws {
    let test = try TestHost("f(x::Int64, y) = 1\nf(x, y::Int64) = 2")
    #expect(
      try test.problem("f(1, 2)")
        == "f(Int64, Int64) is ambiguous between f(x, y::Int64) at test.ir:2 and f(x::Int64, y) at test.ir:1")
    #expect(try test.evaluate("f(1, :a)") == "1")
    try test.load("f(x::Int64, y::Int64) = 3")
    #expect(try test.evaluate("f(1, 2)") == "3")
    #expect(try test.problem("f()") == "no method matches f()")
  }

  @Test("Values of a struct are called through its methods, constructors through the type's")
  func callees() throws {
    let test = try TestHost(
      """
      struct Add{T}
        n::T
      end
      function (a::Add)(x)
        (a.n, x)
      end
      function (a::Add{Int64})(x::Int64)
        a.n + x
      end
      struct Point
        x::Int64
        y::Int64
      end
      function Point(x::Int64)
        Point(x, x)
      end
      """)
    #expect(try test.evaluate("(Add(1)(2), Add(1)(:a), Add(:b)(1))") == "(3, (1, :a), (:b, 1))")
    #expect(try test.evaluate("(Point(1), Point(1, 2))") == "(Point(1, 1), Point(1, 2))")
    #expect(try test.evaluate("Add{Number}(1)") == "Add{Number}(1)")
    #expect(try test.problem("Point(:a, 1)") == "argument 1 of Point must be Int64, but is Symbol")
    #expect(try test.problem("Point()") == "Point takes 2 arguments, but got 0")
    #expect(try test.problem("3(1)") == "a value of type Int64 cannot be called")
  }

  @Test("A lookup finds what an abstract call can reach, the more specific first, without what is out of reach")
  func lookup() throws {
    let test = try TestHost(
      """
      f(x) = 1
      f(x::Number) = 2
      f(x::Int64) = 3
      f(x::String) = 4
      """)
    let arguments = try test.type("Tuple{Integer}")
    let matches = test.host.view.matches(table: MethodTable.global, function: "f", arguments: arguments)
    #expect(matches.map(\.subject) == ["f(x::Int64) at test.ir:3", "f(x::Number) at test.ir:2"])
  }
}
