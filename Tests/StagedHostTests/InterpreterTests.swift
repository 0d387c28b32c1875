import LoweredIR
import StagedHost
import Testing

@Suite("The interpreter runs lowered code in one world")
struct InterpreterTests {
  @Test("Loops, conditions, short circuits and recursion compute what they say")
  func controlFlow() throws {
    let test = try TestHost(
      """
      function sum(n)
        total = 0
        for i in 1:n
          if i == 3
            continue
          end
          total = total + i
        end
        total
      end
      fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
      isSmall(n) = 0 < n && n < 10
      """)
    #expect(try test.evaluate("sum(10)") == "52")
    #expect(try test.evaluate("fib(15)") == "610")
    #expect(try test.evaluate("(isSmall(3), isSmall(0), isSmall(10))") == "(true, false, false)")
  }

  @Test("A splat passes the elements of tuples and arrays")
  func splat() throws {
    let test = try TestHost("f(xs...) = xs")
    #expect(try test.evaluate("f(1, (2, 3)..., [4, 5]..., 6)") == "(1, 2, 3, 4, 5, 6)")
    #expect(try test.evaluate("tuple((1, 2)...)") == "(1, 2)")
    #expect(try test.problem("f(1...)") == "argument 2 of _apply must be a tuple or array, but is Int64")
  }

  @Test("What is printed goes to the host's output")
  func output() throws {
    let test = try TestHost()
    #expect(try test.evaluate("begin print(\"a\", 1, :b); println(\"\\t\", 1.5); println() end") == "nothing")
    #expect(test.output == "a1b\t1.5\n\n")
  }

  @Test("An error names the calls that led to it, the innermost first")
  func stack() throws {
    let test = try TestHost("f(x) = g(x, x)\ng(x, y) = error(\"no \", x)\nmain() = f(1)")
    let error = try #require(throws: HostError.self) { try test.host.run("main") }
    #expect(
      "\(error)"
        == "error: no 1\n  in g(Any, Any) at test.ir:2:1\n  in f(Any) at test.ir:1:1\n  in main() at test.ir:3:1")
  }

  @Test("Recursion without end is an error, and the host goes on")
  func recursion() throws {
    let test = try TestHost("f(x) = f(x) + 1\ng(xs...) = _apply(g, xs)")
    #expect(try test.problem("f(1)") == "recursion too deep: the limit is 50000 calls")
    #expect(try test.problem("g(1)") == "recursion too deep: the limit is 50000 calls")
    #expect(try test.evaluate("1 + 1") == "2")
  }

  @Test("Values that nest or grow without end are errors, and are released without harm")
  func limits() throws {
    let test = try TestHost(
      """
      struct Link
        next
      end
      links() = begin
        l = nothing
        while true
          l = Link(l)
        end
      end
      arrays(n) = begin
        a = [nothing]
        for i in 1:n
          a = [a]
        end
        1
      end
      boxes(n) = begin
        a = array_new(Any, 1, 0)
        for i in 1:n
          b = array_new(Any, 1, 0)
          b[1] = Link(a)
          a = b
        end
        1
      end
      syntax() = begin
        s = :x
        while true
          s = :(-$s)
        end
      end
      text() = begin
        s = "0123456789"
        while true
          s = string(s, s)
        end
      end
      itself() = begin
        a = array_new(Any, 1, 0)
        a[1] = a
        a
      end
      """)
    #expect(try test.problem("links()") == "nested too deep: the limit is 2000 levels")
    #expect(try test.problem("arrays(200)").hasPrefix("type too large"))
    #expect(try test.evaluate("boxes(20000)") == "1")
    #expect(try test.problem("syntax()") == "nested too deep: the limit is 200 levels")
    #expect(try test.problem("text()").hasPrefix("string too large"))
    #expect(try test.problem("array_new(Any, 9223372036854775807, 0)").hasPrefix("array too large"))
    #expect(try test.evaluate("itself()").contains("…"))
    #expect(throws: DefinitionError.self) { try test.load("const endless = itself()") }
  }

  @Test("A local that was not assigned, an unknown name and a condition that is no Bool are errors")
  func faults() throws {
    let test = try TestHost("f(c) = begin\n if c\n y = 1\n end\n y\nend")
    #expect(try test.evaluate("f(true)") == "1")
    #expect(try test.problem("f(false)") == "y is used before it is assigned")
    #expect(try test.problem("gone") == "gone is not defined")
    #expect(try test.problem("gone(1)") == "gone is not defined")
    #expect(try test.problem("1 ? 2 : 3") == "a condition must be Bool, but is Int64")
  }
}
