import Inference
import LoweredIR
import StagedHost
import Testing

// Inference is sound: the value that a call gives is in the type that was inferred for it.
//
// A failure of the random tests names the seed: `SoundnessCheck(seed:)?.texts` is its program. Other seeds are tried by hand,
// with other bounds.

@Test(arguments: 0..<8) func `What random programs compute is in what was inferred, with a store and without`(
  part: UInt64
) throws {
  var values = 0
  for seed in part * 10_000..<part * 10_000 + 250 {
    guard var check = try SoundnessCheck(seed: seed, withStore: seed % 16 == 0) else { continue }
    check.checkAll()
    for failure in check.failures { Issue.record("seed \(seed): \(failure)") }
    values += check.informative
  }
  #expect(values > 1_000, "the programs hardly ever compute what inference knows something of")
}

@Test(arguments: 0..<8) func `What functions compute that call each other in cycles is in what was inferred`(
  part: UInt64
) throws {
  var values = 0
  for seed in part * 10_000..<part * 10_000 + 150 {
    var check = try SoundnessCheck(recursion: seed)
    check.checkAll()
    for failure in check.failures { Issue.record("seed \(seed): \(failure)") }
    values += check.informative
  }
  #expect(values > 800, "the programs hardly ever compute what inference knows something of")
}

@Test(arguments: 0..<4) func `What code computes that jumps anywhere is in what was inferred`(part: UInt64) throws {
  var values = 0
  for seed in part * 10_000..<part * 10_000 + 150 {
    var check = try SoundnessCheck(flow: seed)
    check.checkAll()
    for failure in check.failures { Issue.record("seed \(seed): \(failure)") }
    values += check.informative
  }
  #expect(values > 200, "the code hardly ever computes what inference knows something of")
}

/// Cycles within cycles that once finished one after the other: what was taken for the end of a cycle was a frame that came to stand
/// where another one had stood.
@Test(arguments: [1268, 9846, 13148, 13446, 13690, 14869, 16721, 17782] as [UInt64])
func `Cycles that share a frame finish together`(seed: UInt64) throws {
  var check = try SoundnessCheck(recursion: seed)
  check.checkAll()
  #expect(check.failures == [])
}

/// Functions whose result inference once got wrong, each the smallest found.
@Test(arguments: [
  // A builtin among several callees was taken for a function without methods.
  """
  g(x) = 1
  f(n::Int64) = lt_int(n, 0) ? g : tuple
  main(n::Int64) = f(n)(n)
  """
])
func `What was once inferred wrong is right`(program: String) throws {
  let bench = try InferenceBench(program)
  let call = try bench.interpreter.infer("main", [.int])
  for number in -2..<6 {
    let value = try bench.host.call("main", [.int(Int64(number))])
    #expect(call.type.contains(value), "\(value) is not in \(call.type)")
  }
}
