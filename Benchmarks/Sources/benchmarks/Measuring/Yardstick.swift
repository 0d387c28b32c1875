/// Work that took a millisecond on the machine for which the absolute budgets were written, when that machine was idle.
///
/// A time that has a budget is divided by how long this takes in the same rounds, so that a slower or busier machine is
/// judged alike. A row that is judged so shows it as a contender.
enum Yardstick {
  static let name = "yardstick (1 ms)"
  /// Steps of splitmix64, each waiting for the one before.
  private static let steps = 280_000

  static var step: Step { Step(name) { _ in run() } }

  /// How long it takes now, in nanoseconds.
  static func run() -> Double {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) { state in
      state[0] = 1
      let time = nanoseconds { work(on: state) }
      return state[0] == 0 ? .nan : time
    }
  }

  // In memory that a clock might look at, so that the compiler leaves the work between the two readings.
  @inline(never)
  private static func work(on state: UnsafeMutableBufferPointer<UInt64>) {
    for _ in 0..<steps { state[0] = SeededGenerator.mix(state[0] &+ 0x9e37_79b9_7f4a_7c15) }
  }
}

/// A use that the compiler cannot remove.
@inline(never)
func blackHole<Value>(_ value: Value) { withExtendedLifetime(value) {} }
