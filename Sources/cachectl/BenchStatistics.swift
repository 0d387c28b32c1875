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
