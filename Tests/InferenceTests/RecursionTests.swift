import Inference
import Testing

@Test func `Calls in a cycle are inferred until nothing changes, and finish together`() throws {
  let bench = try InferenceBench(
    operators + """
      even(n) = n == 0 ? true : odd(n - 1)
      odd(n) = n == 0 ? "no" : even(n - 1)
      """)
  let call = try bench.call("even", ["Int64"])
  #expect(call.type.description == "Union{Bool, String}")
  #expect(bench.interpreter.counters.cyclicResults == 2)
  let again = try bench.counting {
    let type = try bench.infer("odd", "Int64")
    #expect(type == "Union{Bool, String}")
  }
  #expect(again.instances == 0)
}

@Test func `E2: a cycle closes as a whole, and nothing outside of it`() throws {
  let bench = try InferenceBench(
    operators + """
      even(n) = n == 0 ? true : odd(n - 1)
      odd(n) = n == 0 ? step(n) : even(n - 1)
      step(n) = 1
      other(n) = n + 1
      """)
  try bench.infer("even", "Int64")
  try bench.infer("other", "Int64")
  let change = try bench.counting { try bench.load("step(n) = 2.5") }
  #expect(change.closed == 3, "step, odd and even")
  let again = try bench.counting {
    let type = try bench.infer("even", "Int64")
    #expect(type == "Union{Bool, Float64}")
    try bench.infer("other", "Int64")
  }
  #expect(again.instances == 3)
}

@Test func `A method that calls itself with ever larger types is limited`() throws {
  let bench = try InferenceBench(operators + "nest(x, n) = n == 0 ? x : nest((x, n), n - 1)\n")
  let call = try bench.call("nest", ["Int64", "Int64"])
  let value = try bench.host.call("nest", [.int(1), .int(40)])
  #expect(call.type.contains(value))
  #expect(bench.interpreter.counters.limitedCalls > 0)
  #expect(bench.interpreter.counters.instances < 20)
}

@Test func `F1: calls through an overlay pass recur only if what they stand for does`() throws {
  // All of these are calls of `overdub`, each with larger types than the one before.
  let bench = try InferenceBench(
    operators + """
      a(x) = b((x, x))
      b(x) = c((x, x))
      c(x) = d((x, x))
      d(x) = (x, x)
      nest(x, n) = n == 0 ? 0 : nest((x, n), n - 1)
      """)
  let direct = try bench.infer("a", "Int64")
  #expect(try bench.infer("overdub", "Table{Fast}", "typeof(a)", "Int64") == direct)
  #expect(bench.interpreter.counters.limitedCalls == 0)
  #expect(try bench.infer("overdub", "Table{Fast}", "typeof(nest)", "Int64", "Int64") == "Any")
  #expect(bench.interpreter.counters.limitedCalls > 0)
}

@Test func `Constants are not followed through a recursion`() throws {
  let bench = try InferenceBench(operators + "count(n) = n == 0 ? 0 : count(n - 1)\nmain() = count(1000000)\n")
  #expect(try bench.infer("main") == "const 0")
  #expect(bench.interpreter.counters.statements < 100)
}

@Test(arguments: [1_000, 10_000])
func `A chain of methods takes as many statements as it has`(length: Int) throws {
  let text = (1..<length).map { "f\($0)(x) = f\($0 + 1)(x)\n" }.joined() + "f\(length)(x) = x\n"
  let bench = try InferenceBench(text)
  #expect(try bench.infer("f1", "Int64") == "Int64")
  #expect(bench.interpreter.counters.instances == length)
  #expect(bench.interpreter.counters.statements == 2 * length + 1)
}
