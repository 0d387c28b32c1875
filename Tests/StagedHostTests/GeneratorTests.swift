import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost
import Testing

@Suite("Generated functions run their code on argument types and record what it asks")
struct GeneratorTests {
  @Test("A generated function's value is that of the source which its generator returns")
  func runs() throws {
    let test = try TestHost(
      """
      cached generated function power(x, n)
        quote
          r = 1
          for i in 1:n
            r = r * $(x === Int64 ? :x : :(error("no")))
          end
          r
        end
      end
      generated function name(x)
        type_name(x)
      end
      """)
    #expect(try test.evaluate("power(3, 4)") == "81")
    #expect(try test.problem("power(1.5, 4)") == "no")
    #expect(try test.evaluate("name(1)") == "Int64")
  }

  @Test("Varargs reach the generator as a tuple of types, a called struct as its type")
  func shapes() throws {
    let test = try TestHost(
      """
      cached generated function count(xs...)
        tuple_length(xs)
      end
      struct Scale{N}
      end
      cached generated function (s::Scale)(x)
        :($(type_parameter(s, 1)) * x)
      end
      """)
    #expect(try test.evaluate("(count(), count(1, 2, 3))") == "(0, 3)")
    #expect(try test.evaluate("Scale{3}()(4)") == "12")
    #expect(try test.generate("count", "Int64, Bool").source?.isVararg == true)
  }

  @Test("The generator's own method, each dispatch and each binding are edges, in the order asked (B12)")
  func edges() throws {
    let test = try TestHost(
      """
      const unroll = 2
      const unused = 3
      helper(n) = n < 0 ? unused : n + unroll
      cached generated function f(x)
        k = helper(3)
        quote
          x * $k
        end
      end
      """)
    let (source, edges) = try test.generate("f", "Int64")
    #expect(source?.statements.first == .value(.call(.global("*"), [.slot(0), .literal(.int(5))])))
    #expect(
      edges.map(\.question.description) == [
        "the method f(Any) in global", "the callee of helper(Int64) in global",
        "the callee of <(Int64, Int64) in global", "the binding Main.unroll", "the callee of +(Int64, Int64) in global",
      ])
    for edge in edges { #expect(test.host.definitions.answer(edge.question) == edge.answer) }
    #expect(edges[1].answer.subject == "helper(n) at test.ir:3")
  }

  @Test("Bindings that the generated body mentions are edges; functions that it just calls are not (C13)")
  func mentioned() throws {
    let test = try TestHost(
      """
      const scale = 2
      struct Point
        x
      end
      g(x) = x
      cached generated function f(x)
        :(g(Point(scale), g, later, Array{Point}))
      end
      """)
    #expect(
      try test.questions("f", "Int64").dropFirst() == [
        "the binding Main.Point", "the binding Main.scale", "the binding Main.g", "the binding Main.later",
      ])
  }

  @Test("What a generator finds out about a declared type is an edge on its declaration")
  func declarations() throws {
    let test = try TestHost(
      """
      struct Inner
        a
      end
      struct Outer
        inner::Inner
      end
      cached generated function f(x)
        fieldcount(fieldtype(x, 1))
      end
      """)
    let (source, edges) = try test.generate("f", "Outer")
    #expect(source?.statements == [.return(.literal(.int(1)))])
    #expect(
      edges.dropFirst().map(\.question.description) == ["the binding Main.Outer", "the binding Main.Inner"])
    try test.load("struct Inner\n  a\n  b\nend")
    #expect(test.host.definitions.answer(edges[1].question) == edges[1].answer)
    #expect(test.host.definitions.answer(edges[2].question) != edges[2].answer)
  }

  @Test("A generator runs in the world it is asked for and ignores what was defined later (B2)")
  func worlds() throws {
    let test = try TestHost("helper() = 1\ncached generated function f(x)\n  helper()\nend\nstart() = f(1)")
    let old = test.host.view
    let instance = try test.instance("f", "Int64")
    try test.load("helper() = 2")
    #expect(try test.host.call("start", [], in: old).description == "1")
    #expect(try test.host.run("start").description == "2")
    let session = CacheSession(store: nil, definitions: test.host.definitions)
    let source = try session.source(for: instance, generator: StagedGenerator(), at: old.world)
    #expect(source?.statements == [.return(.literal(.int(1)))])
  }

  @Test("A redefined generator and a redefined helper take effect (B8)")
  func redefinition() throws {
    let test = try TestHost("helper() = 1\ncached generated function f(x)\n  helper()\nend\nmain() = f(1)")
    #expect(try test.host.run("main").description == "1")
    try test.load("helper() = 2")
    #expect(try test.host.run("main").description == "2")
    try test.load("cached generated function f(x)\n  :(x + 10)\nend")
    #expect(try test.host.run("main").description == "11")
  }

  @Test("A generator that throws is an error of its caller, and runs again at the next call (B3)")
  func throwing() throws {
    let test = try TestHost(
      """
      const state = [0]
      cached generated function f(x)
        state[1] = state[1] + 1
        state[1] < 3 ? error("run ", state[1]) : 42
      end
      main() = f(1)
      """)
    let error = try #require(throws: HostError.self) { try test.host.run("main") }
    #expect(
      "\(error)"
        == "error: run 1\n  in f(Any) at test.ir:2:1\n  in generator of f(Int64) at test.ir:2:1\n  in main() at test.ir:6:1"
    )
    #expect(throws: HostError.self) { try test.host.run("main") }
    #expect(try test.host.run("main").description == "42")
  }

  @Test(
    "A generated function that is not cached passes the session by, also inside a cached one, which then asked its questions (B9)"
  )
  func uncached() throws {
    let test = try TestHost(
      """
      const unroll = 2
      generated function inner(x)
        unroll
      end
      cached generated function outer(x)
        inner(x)
      end
      """)
    let session = CacheSession(store: nil, definitions: test.host.definitions)
    test.host.attach(session)
    #expect(try test.evaluate("(inner(1), inner(1), outer(1))") == "(2, 2, 2)")
    #expect(session.counters.generated == 1)
    #expect(session.counters.passedThrough == 2)
    #expect(try test.questions("outer", "Int64").contains("the binding Main.unroll"))
  }

  @Test("The source of a cached generated function that a generator calls is an edge (C6)")
  func nested() throws {
    let test = try TestHost(
      "cached generated function inner(x)\n  3\nend\ncached generated function outer(x)\n  inner(1)\nend")
    let edges = try test.generate("outer", "Int64").edges
    #expect(
      edges.map(\.question.description) == [
        "the method outer(Any) in global", "the callee of inner(Int64) in global",
        "the generated source of inner(Int64)",
      ])
  }

  @Test("A generator may run for types that are not concrete if it does not look at them (B10)")
  func abstractInstances() throws {
    let test = try TestHost(
      """
      cached generated function f(x, y)
        type_name(x)
      end
      cached generated function g(xs...)
        tuple_length(xs)
      end
      """)
    #expect(try test.instance("f", "Int64, Int64").mayGenerate)
    #expect(try test.instance("f", "Int64, Number").mayGenerate)
    #expect(try !test.instance("f", "Number, Int64").mayGenerate)
    #expect(try !test.instance("g", "Number").mayGenerate)
  }

  @Test("A result that code cannot contain, and generators that call each other without end, are errors")
  func faults() throws {
    let test = try TestHost(
      """
      cached generated function f(x)
        (1, 2)
      end
      cached generated function deep(x)
        deep(:($x))
      end
      generated function endless(x)
        endless(1)
      end
      """)
    #expect(
      try test.problem("f(1)")
        == "a generator must return syntax or a constant, but returned a value of type Tuple{Int64, Int64}")
    #expect(try test.problem("deep(1)") == "recursion too deep: the limit is 50 calls")
    #expect(try test.problem("endless(1)").hasPrefix("no source for endless(Int64)"))
  }

  @Test("Constants and hosts without a session cannot call generated functions")
  func unavailable() throws {
    let test = try TestHost("cached generated function f(x)\n  1\nend")
    #expect(throws: DefinitionError.self) { try test.load("const c = f(1)") }
  }
}
