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
}
