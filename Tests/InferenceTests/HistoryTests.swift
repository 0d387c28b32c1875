import CacheIdentity
import Inference
import LoweredIR
import SourceStore
import StagedHost
import Testing

/// Random histories of definitions, deletions, rebindings and methods of overlay tables (A3, A4, C1 to C9): an interpreter that moves
/// along gives what holds in the present world, says rightly in which others it does, and infers nothing again that no change
/// was about.
@Test(arguments: 0..<8) func `An interpreter that moves along is as sound as a new one`(part: UInt64) throws {
  var (checked, kept) = (0, 0)
  for seed in part * 10_000..<part * 10_000 + 20 {
    guard var check = try HistoryCheck(seed: seed, withStore: seed % 2 == 0) else { continue }
    check.run(steps: 8)
    for failure in check.failures { Issue.record("seed \(seed): \(failure)") }
    checked += check.checked
    kept += check.kept
  }
  #expect(checked > 100 && kept > 50)
}

@Test func `W2: an answer that was another one for some worlds does not hold in them`() throws {
  let bench = try InferenceBench("f(x) = 1\nmain() = f(1)\n")
  #expect(try bench.call("main", []).range == HostWorld(2)...HostWorld.open)
  guard case .method(let method)? = try Program.parse("f(x) = 2.5", file: "change.ir").first else { return }
  try bench.host.define(.method(method))
  try bench.host.delete(method)
  bench.interpreter.move(to: bench.host.view)
  let call = try bench.call("main", [])
  #expect(call.type.description == "const 1")
  #expect(call.range == HostWorld(4)...HostWorld.open)
}

@Test func `A4: deleting a definition that is shadowed makes no world, and no range ends`() throws {
  let bench = try InferenceBench("f(x) = 1\nmain() = f(1)\n")
  guard case .method(let method)? = try Program.parse("f(x) = 1", file: "change.ir").first else { return }
  try bench.load("f(x) = 2.5")
  try bench.host.delete(method)
  #expect(try bench.call("main", []).range == HostWorld(3)...HostWorld.open)
  let fresh = AbstractInterpreter(view: bench.host.view, session: bench.session)
  #expect(try fresh.infer("main", []).range == HostWorld(3)...HostWorld.open)
}

@Test func `C5: an array that is bound anew is another array, however equal`() throws {
  let bench = try InferenceBench("const a = [1]\nmain() = a\n")
  try bench.call("main", [])
  for text in ["const a = [2]", "const a = [1]"] { try bench.host.load(try Program.parse(text, file: "change.ir")) }
  bench.interpreter.move(to: bench.host.view)
  let (call, value) = (try bench.call("main", []), try bench.host.run("main"))
  #expect(call.type.contains(value))
}

@Test func `C2: a function that lost its methods can become a constant, which its callers then see`() throws {
  let bench = try InferenceBench("f(x::String) = 1\nmain() = f(1)\n")
  #expect(try bench.infer("main") == "Union{}")
  guard case .method(let method)? = try Program.parse("f(x::String) = 1", file: "change.ir").first else { return }
  try bench.host.delete(method)
  bench.interpreter.move(to: bench.host.view)
  try bench.load("const f = typeof")
  #expect(try bench.infer("main") == "Type{Int64}")
}

@Test(arguments: ["generated", "cached generated"])
func `A2: what rests on a source of an older world is not said to hold in newer ones`(kind: String) throws {
  let bench = try InferenceBench(
    "helper(x) = 1\n\(kind) function f(x)\n  n = helper(x)\n  :($n)\nend\nmain() = f(1)\n",
    cache: .store(try SourceStore(.memory)))
  let old = bench.host.view.world
  try bench.load("helper(x) = 2.5")
  let view = try #require(bench.host.view.view(at: old))
  let interpreter = AbstractInterpreter(view: view, session: bench.session)
  let call = try interpreter.infer("main", [])
  #expect(call.type.description == "const 1")
  #expect(call.range == old...old)
  interpreter.move(to: bench.host.view)
  let moved = try interpreter.infer("main", [])
  #expect(moved.type.description == "const 2.5")
  #expect(moved.range.upperBound == HostWorld.open)
}
