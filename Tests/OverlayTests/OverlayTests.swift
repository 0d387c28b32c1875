import CacheIdentity
@testable import CacheSession
import LoweredIR
import Overlay
import StagedHost
import Synchronization
import Testing

@Suite("The overlay pass rewrites a call's code so that its table's methods win in everything it calls")
struct OverlayTests {
  private static let program = """
    table Fast
    const tau = 6.0
    const plus = add_float
    sin(x::Float64) = mul_float(x, 2.0)
    overlay Fast sin(x::Float64) = add_float(sin(x), 100.0)
    deep(x) = outer(x)
    outer(x) = sin(x)
    """

  private static func host(_ text: String) throws -> Host {
    let host = Host(natives: [OverlayPass()]) { _ in }
    try host.load(try Program.parse(program + "\n" + text, file: "test.ir"))
    host.attach(CacheSession(store: nil, definitions: host.definitions))
    return host
  }

  private static func evaluate(_ expression: String, _ text: String = "") throws -> String {
    try host(text + "\nmain() = \(expression)").run("main").description
  }

  /// The source of an instance of `overdub`, and what was asked for it.
  private static func source(_ types: String, _ text: String = "") throws -> (text: String?, questions: [String]) {
    let host = try host(text + "\nmain() = Tuple{\(types)}")
    guard case .type(let type) = try host.run("main"), case .tuple(let parts, nil) = type.shape else {
      return (nil, [])
    }
    let spy = Spy()
    let instance = try NativeInstance("overdub", parts, in: host.view)
    let source = try CacheSession(store: nil, definitions: host.definitions).source(
      for: instance, owner: spy.pass.owner(of: instance), generator: spy)
    return (source?.text, spy.edges.withLock { $0 }.map(\.question.description))
  }

  private final class Spy: CachedGenerator {
    let pass = OverlayPass()
    let edges = Mutex<[Edge]>([])
    var name: String { pass.name }
    var version: String? { pass.version }

    func generate(
      _ instance: NativeInstance, owner: Owner, context: GenerationContext<LoweredCode>
    ) throws -> GeneratedSource<LoweredCode> {
      defer { edges.withLock { $0 = context.edges } }
      return try pass.generate(instance, owner: owner, context: context)
    }
  }

  @Test("A method of the table wins however deep the call is, and only through the pass")
  func wins() throws {
    #expect(try OverlayTests.evaluate("(deep(1.0), overdub(Fast, deep, 1.0))") == "(2.0, 102.0)")
  }

  @Test("Calls go through the pass, builtins go straight, slots and values move up")
  func rewriting() throws {
    let (text, questions) = try OverlayTests.source(
      "Table{Fast}, typeof(f), Float64, typeof(sin)",
      "f(x, g) = begin\n y = sin(mul_float(x, tau))\n plus(g(y), 1.0)\nend")
    #expect(
      text == """
        code(#table, #callee, x, g; y)
          limit as "global f(Any, Any)"
          %0 = mul_float(x, tau)
          %1 = y := overdub(#table, sin, %0)
          %2 = overdub(#table, g, y)
          %3 = plus(%2, 1.0)
          %4 = return %3
        end

        """)
    #expect(
      questions == [
        "the callee of f(Float64, typeof(sin)) in Fast", "the callee of f(Float64, typeof(sin)) in global",
        "the binding Main.tau", "the binding Main.plus",
      ])
  }

  @Test("A splat passes the table and the callee along, and jumps go to where they went")
  func splat() throws {
    let program = """
      many(xs...) = sin(tuple_get(xs, 1))
      f(c, xs...) = begin
        if c
          r = many(xs...)
        else
          r = many(0.0, xs...)
        end
        r
      end
      """
    #expect(
      try OverlayTests.evaluate("(overdub(Fast, f, true, 1.0), overdub(Fast, f, false, 1.0))", program)
        == "(102.0, 100.0)")
    #expect(try OverlayTests.evaluate("overdub(Fast, _apply, sin, (1.0,))", program) == "102.0")
    #expect(try OverlayTests.evaluate("overdub(Fast, f, (true, 1.0)...)", program) == "102.0")
  }

  @Test("An overlay method that calls the function it overlays gets the global method")
  func ownFunction() throws {
    let (text, questions) = try OverlayTests.source("Table{Fast}, typeof(sin), Float64")
    #expect(text?.contains("%0 = sin(x)") == true)
    #expect(questions == ["the callee of sin(Float64) in Fast"])
  }

  @Test("Struct values, constructors, builtins and the pass itself can be called through the pass")
  func callees() throws {
    let program = """
      struct Scaled
        factor
      end
      function (s::Scaled)(x)
        mul_float(s.factor, sin(x))
      end
      struct Pair{T}
        a::T
        b
      end
      function Pair(x)
        Pair(x, sin(x))
      end
      """
    #expect(try OverlayTests.evaluate("overdub(Fast, Scaled(2.0), 1.0)", program) == "204.0")
    #expect(try OverlayTests.evaluate("overdub(Fast, Pair, 1.0)", program) == "Pair{Float64}(1.0, 102.0)")
    #expect(try OverlayTests.evaluate("overdub(Fast, Pair{Any}, 1, 2)", program) == "Pair{Any}(1, 2)")
    #expect(try OverlayTests.evaluate("overdub(Fast, add_int, 1, 2)", program) == "3")
    #expect(try OverlayTests.evaluate("overdub(Fast, overdub, Fast, sin, 1.0)", program) == "102.0")
  }

  @Test("A generated method's source goes through the pass, and is an edge (C6)")
  func generated() throws {
    let program = "cached generated function g(x)\n  :(sin(sin(x)))\nend"
    #expect(try OverlayTests.evaluate("overdub(Fast, g, 1.0)", program) == "304.0")
    #expect(
      try OverlayTests.source("Table{Fast}, typeof(g), Float64", program).questions == [
        "the callee of g(Float64) in Fast", "the callee of g(Float64) in global", "the generated source of g(Float64)",
      ])
  }

  @Test(
    "A source made from a method names it for the limits of inference, one that just makes the call names none (F1)",
    arguments: [
      ("typeof(sin), Float64", "Fast sin(Float64)"), ("typeof(deep), Float64", "global deep(Any)"),
      ("typeof(g), Float64", "global g(Number)"), ("Scaled, Int64", "global (::Scaled)(Scaled, Int64...)"),
      ("typeof(add_int), Int64", nil), ("typeof(_apply), typeof(sin)", nil), ("Type{Scaled}, Int64", nil),
    ] as [(String, String?)])
  func limits(_ types: String, _ method: String?) throws {
    let program = """
      struct Scaled
        factor
      end
      function (s::Scaled)(x::Int64...)
        sin(1.0)
      end
      cached generated function g(x::Number)
        :(sin(sin(x)))
      end
      """
    let text = try #require(try OverlayTests.source("Table{Fast}, \(types)", program).text)
    #expect(try LoweredCode(text: text).methodForInferenceLimitHeuristics == method)
  }

  @Test("Where no method is selected the pass declines, having asked, and the program gets the method's error (C2)")
  func declining() throws {
    let (text, questions) = try OverlayTests.source("Table{Fast}, typeof(sin), Int64")
    #expect(text == nil)
    #expect(questions == ["the callee of sin(Int64) in Fast", "the callee of sin(Int64) in global"])
    for (expression, problem) in [
      ("overdub(Fast, sin, 1)", "no method matches sin(Int64)"),
      ("overdub(Fast, 3)", "a value of type Int64 cannot be called"),
      ("overdub(sin, 1.0)", "argument 1 of overdub must be Table, but is typeof(sin)"),
      ("overdub(Fast)", "overdub takes at least 2 arguments, but got 1"),
    ] {
      let host = try OverlayTests.host("main() = \(expression)")
      let error = try #require(throws: HostError.self) { try host.run("main") }
      #expect(error.problem.description == problem)
    }
  }

  @Test("Adding and deleting an overlay method takes effect (C9)")
  func redefinition() throws {
    let host = try OverlayTests.host("main() = overdub(Fast, deep, 1.0)")
    let added = try Program.parse("overlay Fast outer(x::Float64) = 7.0", file: "test.ir")
    try host.load(added)
    #expect(try host.run("main").description == "7.0")
    guard case .method(let method) = added[0] else { return }
    try host.delete(method)
    #expect(try host.run("main").description == "102.0")
  }
}
