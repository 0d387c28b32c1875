/// A ratio that a benchmark found. Ratios travel between machines, times do not.
struct Measurement: Hashable {
  /// What was measured, such as `sin scratch`.
  var row: String
  /// Which ratio, such as `coldToMemory`.
  var ratio: String
  var value: Double
}

/// Benchmarks that run and are judged together.
struct BenchmarkGroup: Sendable {
  /// As in the file of thresholds.
  var name: String
  /// Takes so many samples of each thing that is compared.
  var measure: @Sendable (_ samples: Int) throws -> [Measurement]

  /// Every group.
  static let all = [inference]
}
