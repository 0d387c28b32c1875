import Inference
import SourceStore
import Testing

@Test func `Arguments and branches decide: a constant condition leaves one branch`() throws {
  let bench = try InferenceBench(
    operators + """
      choose(flag, x, y) = flag ? x : y
      first() = choose(true, 1, "one")
      either(flag::Bool) = choose(flag, 1, "one")
      """)
  #expect(try bench.infer("first") == "const 1")
  #expect(try bench.infer("either", "Bool") == "Union{Int64, String}")
}

@Test func `A test of a variable says what it is in each branch`() throws {
  let bench = try InferenceBench(
    operators + """
      known(x) = isa(x, Int64) ? x + 1 : 0
      present(x) = x === nothing ? 0 : x
      absent(x) = x !== nothing ? "there" : x
      """)
  #expect(try bench.infer("known", "Any") == "Int64")
  #expect(try bench.infer("present", "Union{Int64, Nothing}") == "Int64")
  #expect(try bench.infer("absent", "Union{Int64, Nothing}") == "Union{Nothing, String}")
}

@Test func `A slot that is assigned between test and branch is not refined`() throws {
  let bench = try InferenceBench(
    operators + """
      function f(x)
        if begin
          test = isa(x, Int64)
          x = "text"
          test
        end
          return x
        end
        0
      end
      """)
  #expect(try bench.infer("f", "Any") == "Union{Int64, String}")
}

@Test func `Loops give the join of all rounds`() throws {
  let bench = try InferenceBench(
    operators + """
      function sum(n)
        s = 0
        while 0 < n
          s = s + n
          n = n - 1
        end
        s
      end
      function grow(n)
        s = 0
        while 0 < n
          s = (s, n)
          n = n - 1
        end
        s
      end
      """)
  #expect(try bench.infer("sum", "Int64") == "Int64")
  let call = try bench.call("grow", ["Int64"])
  #expect(call.type.contains(.int(0)))
  let value = try bench.host.call("grow", [.int(30)])
  #expect(call.type.contains(value))
}

@Test func `C8: a call of a union is split, and each branch is inferred for itself`() throws {
  let bench = try InferenceBench(
    operators + """
      size(x::Int64) = 1
      size(x::String) = 2.5
      size(x::Bool) = "no size"
      of(x) = size(x)
      """)
  #expect(try bench.infer("of", "Union{Int64, String}") == "Union{Float64, Int64}")
  let graph = try bench.call("of", ["Union{Int64, String}"]).callGraph
  #expect(Set(graph.map(\.name)).isSuperset(of: ["size(Int64)", "size(String)"]))
  #expect(!graph.map(\.name).contains("size(Bool)"))
}

@Test func `A call that can reach few methods is the join of all; one that can reach many could be anything`() throws {
  let few = "f(x::Int64) = 1\nf(x::Float64) = 2.5\nof(x) = f(x)\n"
  #expect(try InferenceBench(few).infer("of", "Any") == "Union{Float64, Int64}")
  let many = few + "f(x::String) = 1\nf(x::Symbol) = 2\nf(x::Bool) = 3\n"
  #expect(try InferenceBench(many).infer("of", "Any") == "Any")
}

@Test func `What certainly raises an error gives nothing`() throws {
  let bench = try InferenceBench(
    operators + """
      fails(x) = error("no ", x)
      unmatched(x::Int64) = x + "text"
      after(x) = begin
        fails(x)
        1
      end
      """)
  for function in ["fails", "unmatched", "after"] { #expect(try bench.infer(function, "Int64") == "Union{}") }
}

@Test func `B10: a generator runs for types that are not concrete only if it does not look at them`() throws {
  let bench = try InferenceBench(
    """
    cached generated function blind(x)
      :(1)
    end
    cached generated function looking(x)
      x <: Int64 ? :(1) : :("text")
    end
    """)
  #expect(try bench.infer("blind", "Any") == "const 1")
  #expect(try bench.infer("looking", "Any") == "Any")
  #expect(try bench.infer("looking", "Union{Int64, String}") == "Union{Int64, String}", "a union is split")
  #expect(try bench.infer("overdub", "Table", "typeof(blind)", "Any") == "Any")
}

@Test func `B3: a generator that throws leaves the call without a body, and runs again at the next request`() throws {
  let bench = try InferenceBench(
    """
    cached generated function broken(x)
      error("no source for ", x)
    end
    calls(x) = begin
      broken(x)
      2
    end
    """, cache: .store(try SourceStore(.memory)))
  #expect(try bench.infer("broken", "Int64") == "Any")
  #expect(try bench.infer("calls", "Int64") == "const 2")
  #expect(bench.session.counters.generationFailures == 2)
  #expect(bench.session.counters.stored == 0)
}

@Test func `Methods of an overlay table are inferred in the place of the global ones`() throws {
  let bench = try InferenceBench(
    operators + """
      half(x) = x
      overlay Fast half(x) = 0.5
      calls(x) = half(x)
      """)
  #expect(try bench.infer("calls", "Int64") == "Int64")
  #expect(try bench.infer("overdub", "Table{Fast}", "typeof(calls)", "Int64") == "const 0.5")
}

@Test func `A name without a value is an error that names it`() throws {
  let bench = try InferenceBench("")
  #expect(throws: InferenceError.unbound(name: "nowhere")) { try bench.infer("nowhere", "Int64") }
}
