import Foundation

extension Double {
  /// With so many digits after the point; rounded.
  func digits(_ count: Int) -> String { String(format: "%.\(count)f", self) }

  /// Three digits that mean something, with what stands for thousands or thousandths: `1.23`, `12.3`, `123`.
  var threeDigits: String {
    let magnitude = abs(self)
    return magnitude < 9.995 ? digits(2) : magnitude < 99.95 ? digits(1) : digits(0)
  }
}

extension Reading.Unit {
  /// What single operations are measured in.
  var ofSingles: Reading.Unit { self == .perSecond ? .nanoseconds : self }

  /// A value as people read it, such as `3.21 us`.
  func text(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let (divisor, suffix): (Double, String) =
      switch (self, abs(value)) {
      case (.nanoseconds, ..<999.5): (1, " ns")
      case (.nanoseconds, ..<999.5e3): (1e3, " us")
      case (.nanoseconds, ..<999.5e6): (1e6, " ms")
      case (.nanoseconds, _): (1e9, " s")
      case (.perSecond, ..<9999.5): (1, "/s")
      case (.perSecond, ..<9999.5e3): (1e3, "k/s")
      case (.perSecond, _): (1e6, "M/s")
      case (.bytes, ..<9999.5): (1, " B")
      case (.bytes, ..<(9999.5 * 1024)): (1024, " KiB")
      case (.bytes, _): (1024 * 1024, " MiB")
      }
    return (value / divisor).threeDigits + suffix
  }
}
