/// Work that took a millisecond on the machine for which the absolute budgets were written, when that machine was idle.
///
/// A time that has a budget is divided by how long this takes in the same rounds, so that a slower or busier machine is
/// judged alike. A row that is judged so shows it as a contender.
enum Yardstick {
  static let name = "yardstick (1 ms)"
  /// Steps of splitmix64, each waiting for the one before.
  private static let steps = 320_000

  static var step: Step { Step(name) { _ in run() } }

  /// How long it takes now, in nanoseconds.
  static func run() -> Double {
    var state = opaque(1) as UInt64
    let time = nanoseconds {
      for _ in 0..<steps { state = SeededGenerator.mix(state &+ 0x9e37_79b9_7f4a_7c15) }
    }
    blackHole(state)
    return time
  }
}

/// A value that the compiler knows nothing of.
@inline(never)
func opaque<Value>(_ value: Value) -> Value { value }

/// A use that the compiler cannot remove.
@inline(never)
func blackHole<Value>(_ value: Value) { withExtendedLifetime(value) {} }
