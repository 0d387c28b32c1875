import Foundation

extension LogarithmicAxis {
  static func exponent(_ value: Double) -> Double { log10(value) }
  static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

  /// `1`, `1k`, `1M` …
  static func text(_ value: Double) -> String {
    switch value {
    case ..<1000: value.digits(0)
    case ..<1e6: (value / 1e3).digits(0) + "k"
    default: (value / 1e6).digits(0) + "M"
    }
  }

  /// `1 ns`, `1 us` …
  static func time(_ value: Double) -> String {
    switch value {
    case ..<1000: value.digits(0) + " ns"
    case ..<1e6: (value / 1e3).digits(0) + " us"
    case ..<1e9: (value / 1e6).digits(0) + " ms"
    default: (value / 1e9).digits(0) + " s"
    }
  }
}
