import Inference
import StagedHost
import Testing

/// A program that would keep inference busy for ever, or nearly, if nothing limited it.
struct EndlessProgram: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: String
  /// How many statements inferring it may take: generous, and far from what happens without limits.
  var bound = 20_000
  /// What `main` gives, for it must not be forgotten over ending.
  var contains: Value?
  /// Whether `main` comes to an end soon, be it an error.
  var ends = true

  init(_ name: String, _ text: String, bound: Int = 20_000, contains: Value? = nil, ends: Bool = true) {
    (testDescription, self.text, self.bound, self.contains, self.ends) = (name, text, bound, contains, ends)
  }

  static let all: [EndlessProgram] = growingArguments + growingResults + manyCalls + generated

  private static let growingArguments = [
    EndlessProgram("tuples", "f(x) = f((x, 1))\nmain() = f(1)"),
    EndlessProgram("tuples that count", "f(x, n) = n === 0 ? x : f((x,), sub_int(n, 1))\nmain() = f(1, 9)"),
    EndlessProgram("structs", "struct Box{T}\n v::T\nend\nf(x) = f(Box(x))\nmain() = f(1)"),
    EndlessProgram("types", "f(x) = f(typeof(x))\nmain() = f(1)"),
    EndlessProgram("types of tuples", "f(x) = f(apply_type(Tuple, x, Int64))\nmain() = f(Int64)"),
    EndlessProgram(
      "Val that counts",
      "struct Val{N}\nend\nf(x) = f(apply_type(Val, add_int(type_parameter(typeof(x), 1), 1))())\nmain() = f(Val{1}())",
      ends: false),
    EndlessProgram("constants that count", "f(n) = f(add_int(n, 1))\nmain() = f(1)"),
    EndlessProgram("mutual recursion", "f(x) = g((x, 1))\ng(x) = h((2, x))\nh(x) = f((x, x))\nmain() = f(1)"),
    EndlessProgram("arrays of arrays", "f(x) = f([x])\nmain() = f(1)"),
    EndlessProgram(
      "unions that grow", "f(x, n) = f(lt_int(n, 0) ? x : (x, n), n)\nmain() = f(1, toint(main))\ntoint(x) = 1"),
    EndlessProgram("varargs that grow", "f(x...) = f(1, x...)\nmain() = f(1)", ends: false),
    EndlessProgram("varargs that double", "f(x...) = f(x..., x...)\nmain() = f(1)"),
    EndlessProgram("a tail that grows", "f(x...) = f(array_new(Any, 2, x)...)\nmain() = f(1)"),
    EndlessProgram(
      "shrinking and growing", "f(x::Tuple{Any, Any}) = f(tuple_get(x, 1))\nf(x) = f(((x, 1), 2))\nmain() = f(1)"),
    EndlessProgram(
      "callables in callables", "struct C{F}\n f::F\nend\nfunction (c::C)(x)\n C(c)(x)\nend\nmain() = C(1)(1)"),
    EndlessProgram("apply that grows", "f(g, x) = _apply(f, ((g, g), x), (x,)...)\nmain() = f(1, 2)"),
    EndlessProgram("through any", "f(x) = f(id([x]))\nid(x::Array) = array_get(x, 1)\nmain() = f((1, 2))"),
  ]

  private static let growingResults = [
    EndlessProgram("results that nest", "f(n) = n === 0 ? 1 : (f(sub_int(n, 1)), 1)\nmain() = f(3)"),
    EndlessProgram(
      "results that nest in structs", "struct B{T}\n v::T\nend\nf(n) = n === 0 ? 1 : B(f(sub_int(n, 1)))\nmain() = f(3)"
    ),
    EndlessProgram("results that nest in arrays", "f(n) = n === 0 ? 1 : [f(sub_int(n, 1))]\nmain() = f(3)"),
    EndlessProgram("results that nest in types", "f(n) = n === 0 ? Int64 : typeof(f(sub_int(n, 1)))\nmain() = f(3)"),
    EndlessProgram(
      "mutual results",
      "f(n) = n === 0 ? 1 : (g(sub_int(n, 1)),)\ng(n) = n === 0 ? \"\" : (1, f(sub_int(n, 1)))\nmain() = f(3)"),
    EndlessProgram("results that spread", "f(n) = n === 0 ? (1,) : (2.5, f(sub_int(n, 1))...)\nmain() = f(3)"),
    EndlessProgram(
      "a slot that nests itself",
      "function main()\n x = 1\n i = 0\n while lt_int(i, 3)\n x = (x, i)\n i = add_int(i, 1)\n end\n x\nend"),
    EndlessProgram(
      "slots that nest each other",
      "function main()\n x = 1\n y = 2.5\n i = 0\n while lt_int(i, 3)\n z = x\n x = (y, i)\n y = [z]\n i = add_int(i, 1)\n end\n (x, y)\nend"
    ),
    EndlessProgram(
      "a slot that grows by splats",
      "function main()\n x = ()\n i = 0\n while lt_int(i, 3)\n x = (x..., i)\n i = add_int(i, 1)\n end\n x\nend"),
    EndlessProgram(
      "a slot that goes through a function",
      "pair(x) = (x, x)\nfunction main()\n x = 1\n i = 0\n while lt_int(i, 3)\n x = pair(x)\n i = add_int(i, 1)\n end\n x\nend"
    ),
    EndlessProgram("slots that rotate", slots(40), bound: 200_000),
    EndlessProgram(
      "constants that count in a loop",
      "function main()\n i = 0\n while lt_int(i, 10000)\n i = add_int(i, 1)\n end\n i\nend"),
    EndlessProgram(
      "texts that grow",
      "function main()\n s = \"a\"\n i = 0\n while lt_int(i, 9)\n s = string(s, s)\n i = add_int(i, 1)\n end\n s\nend"),
  ]

  private static let manyCalls = [
    EndlessProgram("two larger calls in each", tree(60) { "(f\($0)((x, 1)), f\($0)((1, x)))" }, bound: 1_000_000),
    EndlessProgram("two other calls in each", tree(12) { "(f\($0)((x,)), f\($0)(typeof(x)))" }, bound: 100_000),
    EndlessProgram(
      "three calls of other types in each", tree(60) { "(f\($0)(1), f\($0)(2.5), f\($0)((x, 2)))" }, bound: 500_000),
    EndlessProgram(
      "constants that multiply", tree(60) { "(f\($0)(mul_int(2, x)), f\($0)(add_int(mul_int(2, x), 1)))" },
      bound: 500_000),
    EndlessProgram(
      "constants in one function",
      "f(x) = lt_int(x, 100000) ? (f(mul_int(2, x)), f(add_int(mul_int(2, x), 1))) : 1\nmain() = f(1)"),
    EndlessProgram(
      "a splat of 300",
      "f(x...) = tuple_length(x)\nmain() = f((\((1...300).map(String.init).joined(separator: ", ")))...)",
      contains: .int(300)),
    EndlessProgram("a cycle of 200", cycle(200), bound: 100_000),
    EndlessProgram("a net of 12", net(12), bound: 500_000),
    EndlessProgram(
      "a union of many callees",
      "f(n) = n === 0 ? f : n === 1 ? g : n === 2 ? h : main\ng(n) = f(n)(n)\nh(n) = g(n)(f(n))\nmain() = h(1)"),
  ]

  private static let generated = [
    EndlessProgram("generated types that grow", "generated function g(x)\n :(g((x, 1)))\nend\nmain() = g(1)"),
    EndlessProgram(
      "cached generated types that grow", "cached generated function g(x)\n :(g((x, 1)))\nend\nmain() = g(1)"),
    EndlessProgram(
      "generated code that names its types",
      "cached generated function g(x)\n t = (apply_type(Tuple, x, x))\n :(g($t))\nend\nmain() = g(1)"),
    EndlessProgram(
      "a generator that calls itself", "cached generated function g(x)\n y = g((x, 1))\n :(x)\nend\nmain() = g(1)"),
    EndlessProgram("overdub that grows", "table T\nf(x) = f((x, 1))\nmain() = overdub(T, f, 1)"),
    EndlessProgram(
      "overdub of a tree",
      "table T\n" + tree(40) { "(f\($0)((x, 1)), f\($0)((1, x)))" } + "\nstart() = overdub(T, f0, 1)\nmain() = start()",
      bound: 500_000),
    EndlessProgram("overdub of overdub", "table T\nf(x) = overdub(T, f, (x,))\nmain() = overdub(T, f, 1)"),
    EndlessProgram("overdub in overdub", "table T\nf(g, x) = overdub(T, overdub, T, g, g, x)\nmain() = f(f, 1)"),
    EndlessProgram(
      "an overlay that calls itself by another name",
      "table T\nf(x) = g(x)\ng(x) = f(x)\noverlay T f(x) = g((x, 1))\nmain() = overdub(T, f, 1)"),
  ]

  /// `f0` to `f(depth)`, each of which calls the next as `body` says.
  private static func tree(_ depth: Int, _ body: (Int) -> String) -> String {
    let functions = (0..<depth).map { "f\($0)(x) = \(body($0 + 1))" } + ["f\(depth)(x) = x", "main() = f0(1)"]
    return functions.joined(separator: "\n")
  }

  private static func cycle(_ length: Int) -> String {
    let functions = (0..<length).map { "f\($0)(x, n) = n === 0 ? x : f\(($0 + 1) % length)((x, 1), sub_int(n, 1))" }
    return (functions + ["main() = f0(1, 3)"]).joined(separator: "\n")
  }

  /// Functions each of which calls all others.
  private static func net(_ count: Int) -> String {
    let functions = (0..<count).map { number in
      let calls = (0..<count).map { "f\($0)((x, \(number)), sub_int(n, 1))" }.joined(separator: ", ")
      return "f\(number)(x, n) = n === 0 ? x : (\(calls))"
    }
    return (functions + ["main() = f0(1, 1)"]).joined(separator: "\n")
  }

  private static func slots(_ count: Int) -> String {
    let first = (0..<count).map { "x\($0) = \($0 == 0 ? "1.5" : "\($0)")" }
    let moves = (1..<count).map { "x\($0 - 1) = (x\($0),)" }
    return
      (["function main()"] + first + ["i = 0", "while lt_int(i, 3)"] + moves
      + ["x\(count - 1) = [x0]", "i = add_int(i, 1)", "end", "x0", "end"]).joined(separator: "\n")
  }
}

@Test(arguments: EndlessProgram.all) func `Inference ends, however types and calls grow`(program: EndlessProgram) throws
{
  let bench = try InferenceBench(program.text)
  let call = try bench.call("main", [])
  let counters = bench.interpreter.counters
  #expect(counters.statements < program.bound, "\(counters.instances) instances, \(counters.limitedCalls) limited")
  if program.ends, let value = program.contains ?? (try? bench.host.run("main")) { #expect(call.type.contains(value)) }
}
