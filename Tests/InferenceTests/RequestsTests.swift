import Inference
import SourceStore
import Testing

// The two places that ask for generated source again (F1, F2), counted with the cache off and on (F3).

private let program =
  operators + """
    cached generated function power(x, n)
      :(x * x * x)
    end
    twice(x) = power(x, 2) + power(x, 2)
    constant() = power(7, 2)
    """

@Test func `F1: a call that is inferred already still needs the source, for what it says about limits`() throws {
  let bench = try InferenceBench(program)
  try bench.infer("power", "Int64", "Int64")
  let again = try bench.counting { try bench.infer("power", "Int64", "Int64") }
  #expect(again.instances == 0)
  #expect(again.requests == [.limitHeuristics: 1])
  #expect(bench.session.counters.passedThrough == 3)
}

@Test func `F2: a call with constants needs the source again, although it is inferred`() throws {
  let bench = try InferenceBench(program)
  try bench.infer("power", "Int64", "Int64")
  let again = try bench.counting {
    let type = try bench.infer("constant")
    #expect(type == "const 343")
  }
  #expect(again.instances == 1, "the caller")
  #expect(again.requests == [.limitHeuristics: 1, .constantPropagation: 1])
}

@Test func `F3: off, generators run more often than there are instances; on, exactly once each`() throws {
  let off = try InferenceBench(program)
  let on = try InferenceBench(program, cache: .store(try SourceStore(.memory)))
  for bench in [off, on] {
    for function in ["twice", "constant"] {
      try bench.infer("overdub", ["Table{Fast}", "typeof(\(function))"] + (function == "twice" ? ["Int64"] : []))
    }
  }
  #expect(off.interpreter.counters == on.interpreter.counters, "the cache changes nothing but who generates")
  // Those of `overdub`, and that of `power` which one of them is made from.
  let instances = on.interpreter.counters.requestedInstances + 1
  #expect(on.session.counters.generated == instances)
  #expect(on.session.counters.passedThrough == 0)
  #expect(off.session.counters.passedThrough > instances)
  #expect(off.interpreter.counters.allRequests > instances)
}

@Test func `G1 with inference: a second session over the same store runs no generator`() throws {
  let store = try SourceStore(.memory)
  let first = try InferenceBench(program, cache: .store(store))
  try first.infer("overdub", "Table{Fast}", "typeof(constant)")
  first.session.close()
  let second = try InferenceBench(program, cache: .store(store))
  #expect(try second.infer("overdub", "Table{Fast}", "typeof(constant)") == "const 343")
  #expect(second.session.counters.generated == 0)
  #expect(second.session.counters.reusedFromStore == second.interpreter.counters.requestedInstances)
}

@Test func `E3: what one process stored is served in another whose worlds have other numbers`() throws {
  let store = try SourceStore(.memory)
  let first = try InferenceBench(program, cache: .store(store))
  try first.infer("overdub", "Table{Fast}", "typeof(constant)")
  first.session.close()
  let second = try InferenceBench("twice(x) = x\n", cache: .store(store))
  try second.load("constant() = 0\n")
  try second.load(program)
  #expect(second.host.view.world != first.host.view.world)
  #expect(try second.infer("overdub", "Table{Fast}", "typeof(constant)") == "const 343")
  #expect(second.session.counters.generated == 0)
}

extension InferenceBench {
  fileprivate func infer(_ function: String, _ types: [String]) throws {
    _ = try call(function, types)
  }
}
