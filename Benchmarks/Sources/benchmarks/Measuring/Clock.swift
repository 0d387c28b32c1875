import CTicks

/// A point in time, as the processor counts.
struct Instant {
  private let ticks: UInt64

  static var now: Instant { Instant(ticks: ticks_now()) }

  /// Nanoseconds since then.
  var elapsed: Double { Instant.now.nanoseconds(since: self) }

  /// Nanoseconds from another instant to this one.
  func nanoseconds(since other: Instant) -> Double {
    Double(Int64(bitPattern: ticks &- other.ticks)) * Instant.nanosecondsPerTick
  }

  /// Counted against the system's clock for 20 ms.
  private static let nanosecondsPerTick: Double = {
    let (clock, ticks) = (ticks_clock_nanoseconds(), ticks_now())
    while ticks_clock_nanoseconds() - clock < 20_000_000 {}
    return Double(ticks_clock_nanoseconds() - clock) / Double(ticks_now() - ticks)
  }()

  /// Counts the ticks of a nanosecond now, not within a measurement.
  static func calibrate() { _ = nanosecondsPerTick }
}

/// How long the body takes, in nanoseconds.
func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
  let start = Instant.now
  try body()
  return start.elapsed
}
