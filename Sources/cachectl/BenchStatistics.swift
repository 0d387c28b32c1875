/// What a series of measurements says. Values are of one unit, whichever.
struct BenchStatistics: Hashable {
  let count: Int
  let minimum: Double
  /// The middle one; of an even number, the mean of the middle two.
  let median: Double
  let mean: Double
  /// The standard deviation of what the series is a sample of (divided by one less than the count); 0 for one value.
  let sigma: Double
  let maximum: Double
  /// Where the median of what the series is a sample of lies, with a confidence of at least 95%, whatever the distribution is; `nil` for
  /// fewer than six values.
  let medianInterval: ClosedRange<Double>?

  /// `nil` for no values.
  init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    count = sorted.count
    minimum = first
    maximum = last
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    // A mean cannot lie outside; rounding of the sum must not make it.
    let mean = min(max(sorted.reduce(0, +) / Double(sorted.count), first), last)
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    sigma = sorted.count > 1 ? (squares / Double(sorted.count - 1)).squareRoot() : 0
    let left = BenchStatistics.leftOut(of: sorted.count)
    medianInterval = left.map { sorted[$0]...sorted[sorted.count - 1 - $0] }
  }

  /// How many values may be left out at either end so that the median lies between the rest with a confidence of 95%: the number of values
  /// below it is that of heads in as many throws of a coin.
  private static func leftOut(of count: Int) -> Int? {
    // The logarithm, for 2^-10000 is nothing.
    var term = -Double(count) * 2.0.logarithm
    var (sum, heads) = (0.0, 0)
    while heads <= count / 2 {
      sum += term.exponential
      if sum > 0.025 { break }
      term += (Double(count - heads) / Double(heads + 1)).logarithm
      heads += 1
    }
    return heads > 0 ? heads - 1 : nil
  }
}

/// How often values fell into each of some equally wide intervals from the least to the greatest.
struct BenchHistogram: Hashable {
  /// Counts from the least values to the greatest; they add up to the number of values.
  let counts: [Int]

  /// - Parameter width: The number of intervals, at least 1.
  init(_ values: [Double], width: Int) {
    var counts = [Int](repeating: 0, count: max(1, width))
    if let least = values.min(), let greatest = values.max() {
      let scale = greatest > least ? Double(counts.count) / (greatest - least) : 0
      for value in values { counts[min(counts.count - 1, Int((value - least) * scale))] += 1 }
    }
    self.counts = counts
  }

  /// A character for each interval, as high as its count; what occurred at all is seen.
  var bars: String {
    let levels = Array("▁▂▃▄▅▆▇█")
    let highest = counts.max() ?? 0
    return String(counts.map { $0 == 0 ? " " : levels[($0 * levels.count - 1) / highest] })
  }
}
