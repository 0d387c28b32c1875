import CacheIdentity
import Inference
import LoweredIR
import SourceStore
import StagedHost
import Testing

private let program =
  operators + """
    top(x) = middle(x) + other(x)
    middle(x) = bottom(x) * 2
    bottom(x) = x + limit
    other(x) = x * 3
    const limit = 4
    """

private func bench() throws -> InferenceBench {
  let bench = try InferenceBench(program, cache: .store(try SourceStore(.memory)))
  try bench.infer("top", "Int64")
  return bench
}

@Test func `C1: redefining a method in the middle infers again what depends on it, and nothing else`() throws {
  let bench = try bench()
  let change = try bench.counting { try bench.load("middle(x) = bottom(x) * 5") }
  #expect(change.closed == 2, "middle and top")
  let again = try bench.counting {
    let type = try bench.infer("top", "Int64")
    #expect(type == "Int64")
  }
  #expect(again.instances == 2)
}

@Test func `C1: defining what nothing asked about infers nothing again`() throws {
  let bench = try bench()
  let change = try bench.counting {
    try bench.load("unrelated(x) = x\nbottom(x::String) = x")
    try bench.infer("top", "Int64")
  }
  #expect(change.closed == 0)
  #expect(change.instances == 0)
}

@Test func `C3: a more specific method closes what it takes over`() throws {
  let bench = try bench()
  #expect(try bench.closed(byLoading: "other(x::Int64) = 1.5") == 1, "that of the caller")
  #expect(try bench.infer("top", "Int64") == "Union{}", "there is no + of Int64 and Float64")
}

@Test func `C5: another value of a binding closes what read it; an equal one closes nothing`() throws {
  let bench = try bench()
  #expect(try bench.closed(byLoading: "const limit = 4") == 0)
  #expect(try bench.closed(byLoading: "const limit = 7") == 3, "bottom, middle and top")
}

@Test func `C8: a split call closes only if one of its own branches changes`() throws {
  let bench = try InferenceBench(
    "size(x::Int64) = 1\nsize(x::String) = 2\nsize(x::Bool) = 3\nof(x) = size(x)\n",
    cache: .store(try SourceStore(.memory)))
  try bench.infer("of", "Union{Int64, String}")
  #expect(try bench.closed(byLoading: "size(x::Bool) = 4\nsize(x::Symbol) = 5") == 0)
  #expect(try bench.closed(byLoading: "size(x::String) = 6") == 2, "that of the method and that of the call")
}

@Test func `C9: a method of an overlay table closes what was inferred through the table`() throws {
  let bench = try bench()
  try bench.infer("overdub", "Table{Fast}", "typeof(top)", "Int64")
  let generated = bench.session.counters.generated
  let change = try bench.counting { try bench.load("overlay Fast bottom(x) = 0.5") }
  #expect(change.closed == 3, "overdub of bottom, middle and top")
  let again = try bench.counting { try bench.infer("overdub", "Table{Fast}", "typeof(top)", "Int64") }
  #expect(again.instances == 4, "the three, and the product with a Float64, which no method matches")
  #expect(bench.session.counters.generated == generated + 2, "the sources of bottom, and of that product")
}

@Test func `A source that is generated again and is the same closes nothing`() throws {
  let bench = try InferenceBench(
    """
    helper(x) = 1
    cached generated function f(x)
      helper(x)
      :(x)
    end
    """, cache: .store(try SourceStore(.memory)))
  try bench.infer("f", "Int64")
  let change = try bench.counting { try bench.load("helper(x) = 2") }
  #expect(bench.session.counters.generated == 2)
  #expect(change.closed == 0)
}

@Test func `What an uncached generator asked closes what was inferred from its source`() throws {
  let bench = try InferenceBench(
    """
    helper(x) = 1
    generated function f(x)
      n = helper(x)
      :($n)
    end
    calls(x) = f(x)
    """)
  #expect(try bench.infer("calls", "Int64") == "const 1")
  #expect(try bench.closed(byLoading: "helper(x) = 2.5") == 2)
  #expect(try bench.infer("calls", "Int64") == "const 2.5")
}

@Test func `A result holds in the worlds in which all that it rests on is the same`() throws {
  let bench = try bench()
  #expect(try bench.call("top", ["Int64"]).range == HostWorld(2)...HostWorld.open)
  try bench.load("middle(x) = bottom(x) * 5")
  let call = try bench.call("top", ["Int64"])
  #expect(call.range == HostWorld(3)...HostWorld.open)
  let ranges = Dictionary(call.callGraph.map { ($0.name, $0.range) }) { first, _ in first }
  #expect(ranges["bottom(Int64)"] == HostWorld(2)...HostWorld.open)
  #expect(ranges["middle(Int64)"] == HostWorld(3)...HostWorld.open)
}

@Test func `A2: in an older world nothing newer is seen, and results end with it`() throws {
  let bench = try bench()
  try bench.load("bottom(x) = 0.5")
  let old = try #require(bench.host.view.view(at: HostWorld(2)))
  let interpreter = AbstractInterpreter(view: old, session: bench.session)
  let call = try interpreter.infer("bottom", [.int])
  #expect(call.type.description == "Int64")
  #expect(call.range == HostWorld(2)...HostWorld(2))
}

@Test func `A type that is declared again closes everything`() throws {
  let bench = try InferenceBench("struct P\n  x::Int64\nend\nmake() = P(1)\nget(p) = p.x\nmain() = get(make())\n")
  #expect(try bench.infer("main") == "const 1")
  try bench.load("struct P\n  x::Float64\nend\n")
  #expect(try bench.infer("main") == "Union{}", "P(1) has a field of another type")
}

@Test func `A name that was a function's and is bound to something else closes the calls of it`() throws {
  let bench = try InferenceBench("only(x::String) = 1\ncalls(x) = only(x)\nother(x) = 2\n")
  #expect(try bench.infer("calls", "Int64") == "Union{}")
  let method = try Program.parse("only(x::String) = 1\n", file: "test.ir")
  for case .method(let definition) in method { try bench.host.delete(definition) }
  bench.interpreter.move(to: bench.host.view)
  #expect(try bench.infer("calls", "Int64") == "Union{}")
  try bench.load("const only = other")
  #expect(try bench.infer("calls", "Int64") == "const 2")
}

@Test func `A type that takes the name of a function closes the calls of it`() throws {
  let bench = try InferenceBench("made(x::String) = 1\ncalls(x) = made(x)\n")
  #expect(try bench.infer("calls", "Int64") == "Union{}")
  #expect(try bench.infer("calls", "Any") == "const 1")
  try bench.load("struct made\n  x::Int64\nend\n")
  #expect(try bench.infer("calls", "Int64") == "made")
  #expect(try bench.infer("calls", "Any") == "Union{Int64, made}")
}

@Test func `A new type closes nothing but what missed it`() throws {
  let bench = try InferenceBench("f(x) = 1\ng(x) = isa(x, Int64)\nmisses(x) = Later(x)\n")
  try bench.infer("f", "Int64")
  try bench.infer("g", "Any")
  #expect(try bench.infer("misses", "Int64") == "Union{}")
  #expect(try bench.closed(byLoading: "struct Later\n  x::Int64\nend\n") == 1)
  #expect(try bench.infer("misses", "Int64") == "Later")
}

@Test func `Results that hold in two worlds but not between them do not claim to hold there`() throws {
  let bench = try InferenceBench("f(x) = 1\ng(x) = f(x)\n")
  try bench.infer("g", "Int64")
  try bench.host.load(try Program.parse("f(x) = 2\n", file: "test.ir"))
  try bench.host.load(try Program.parse("f(x) = 1\n", file: "test.ir"))
  bench.interpreter.move(to: bench.host.view)
  let call = try bench.call("g", ["Int64"])
  #expect(call.range == HostWorld(4)...HostWorld.open)
}

@Test func `A2: in an older world a source is known to hold there only, and an answer as long as it does`() throws {
  let text = "helper(x) = 1\ngenerated function f(x)\n  n = helper(x)\n  :($n)\nend\nplain(x) = helper(x)\n"
  let bench = try InferenceBench(text, cache: .store(try SourceStore(.memory)))
  try bench.load("helper(x::String) = 5")
  try bench.load("helper(x) = 2")
  let old = try #require(bench.host.view.view(at: HostWorld(2)))
  let interpreter = AbstractInterpreter(view: old, session: bench.session)
  #expect(try interpreter.infer("f", [.int]).range == HostWorld(2)...HostWorld(2))
  #expect(try interpreter.infer("plain", [.int]).range == HostWorld(2)...HostWorld(3))
}

@Test func `What a name is bound to in a call from outside bounds the call's range`() throws {
  let bench = try InferenceBench("f(x) = 1\nconst g = f\n")
  try bench.load("const g = 3")
  let old = try #require(bench.host.view.view(at: HostWorld(2)))
  let interpreter = AbstractInterpreter(view: old, session: bench.session)
  #expect(try interpreter.infer("g", [.int]).range == HostWorld(2)...HostWorld(2))
}
