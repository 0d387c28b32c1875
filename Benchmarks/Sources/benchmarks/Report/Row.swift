/// One thing that was measured: what each contender took, and the ratios on which it is judged.
struct Row: Hashable {
  /// As in the file of thresholds, such as `hit`.
  var name: String
  /// On what it was measured, such as `100000 x 100 B`. A threshold holds for each variant.
  var variant = ""
  var readings: [Reading] = []
  var ratios: [Ratio] = []
}

/// A ratio. Ratios travel between machines, times do not.
struct Ratio: Hashable {
  /// As in the file of thresholds, such as `ofDictionary`.
  var name: String
  var value: Double
}

/// What one contender took.
struct Reading: Hashable {
  enum Unit: String, Codable {
    case nanoseconds
    case perSecond
    case bytes
  }

  var contender: String
  /// The median.
  var median: Double
  /// Of single operations, in nanoseconds if the median is a rate; `nil` where none were timed by themselves.
  var p99: Double?
  var unit = Unit.nanoseconds
}

extension Reading {
  init(_ timing: Timing) {
    self.init(
      contender: timing.name, median: timing.rounds.median,
      p99: timing.singles.isEmpty ? nil : timing.singles.quantile(0.99))
  }
}

extension Row {
  /// Timings of the same rounds. Each ratio is the median over the rounds of a contender's time to that of another.
  ///
  /// - Parameter ratios: The names of ratios, each with the contender above and the one below. Left out if one was not there.
  init(
    _ name: String, _ variant: String = "", _ timings: [Timing], ratios: [(String, of: String, to: String)] = []
  ) {
    self.init(
      name: name, variant: variant, readings: timings.map { Reading($0) },
      ratios: ratios.compactMap { ratio, above, below in
        guard let above = timings.first(where: { $0.name == above }),
          let below = timings.first(where: { $0.name == below })
        else { return nil }
        return Ratio(name: ratio, value: medianRatio(above.rounds, below.rounds))
      })
  }
}

/// Benchmarks that run and are judged together.
struct BenchmarkGroup: Sendable {
  /// As in the file of thresholds.
  var name: String
  /// One line for people.
  var abstract: String
  /// Whether there is nothing to measure without real sources.
  var needsCorpus = false
  var measure: @Sendable (Run) throws -> [Row]
}
