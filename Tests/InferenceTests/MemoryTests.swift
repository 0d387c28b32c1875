import SourceStore
import Testing

@testable import Inference

private let program =
  operators + """
    cached generated function power(x)
      :(x * x)
    end
    generated function third(x)
      n = helper(x)
      :(x * $n)
    end
    helper(x) = 3
    stable(x, n) = x * n
    even(n) = n == 0 ? true : odd(n - 1)
    odd(n) = n == 0 ? "no" : even(n - 1)
    top(x) = (power(x), third(x), stable(x, 2), even(x))
    """

@Test func `An interpreter that is let go lets everything go that it found`() throws {
  weak var node: InstanceNode?
  weak var result: InferenceResult?
  do {
    let bench = try InferenceBench(program, cache: .store(try SourceStore(.memory)))
    try bench.infer("top", "Int64")
    try bench.load("helper(x) = 4")
    try bench.infer("overdub", "Table{Fast}", "typeof(top)", "Int64")
    node = bench.interpreter.nodes.all.first { $0.description == "power(Int64)" }
    result = node?.result
    #expect(node != nil)
    #expect(result != nil)
  }
  #expect(node == nil)
  #expect(result == nil)
}

@Test func `What closes is let go: redefining a method again and again takes no more memory`() throws {
  let bench = try InferenceBench(program, cache: .store(try SourceStore(.memory)))
  let interpreter = bench.interpreter
  var sizes: [[Int]] = []
  for round in 1...200 {
    try bench.load("top(x) = (power(x), third(x), stable(x, 2), \(round))")
    try bench.infer("top", "Int64")
    guard round == 100 || round == 200 else { continue }
    let dependencies = interpreter.dependencies.values.flatMap(\.self) + interpreter.sourceDependencies
    sizes.append([
      interpreter.nodes.count, interpreter.methods.count, dependencies.count,
      interpreter.results.all.count { !$0.isClosed }, interpreter.resolvedCalls.count,
    ])
    let lists = interpreter.results.all.map(\.dependents) + dependencies.map(\.dependents) + [interpreter.results]
    for list in lists { #expect(list.all.count <= 40) }
  }
  #expect(sizes[0] == sizes[1])
}
