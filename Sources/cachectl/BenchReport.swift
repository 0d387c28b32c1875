/// What a benchmark of inference found.
struct BenchReport {
  /// The number of intervals of a histogram.
  static let histogramWidth = 40

  let cells: [BenchCell]
  /// Samples of each mode in each cell.
  let samples: Int

  /// Whether every cell reaches what is demanded.
  var isMet: Bool { cells.allSatisfy { $0.demands.allSatisfy(\.isMet) } }
}

extension BenchCell {
  /// The times of inference with a mode.
  func histogram(_ mode: BenchMode) -> BenchHistogram {
    BenchHistogram(
      (samples[mode] ?? []).map { Double($0.inferenceNanoseconds) }, width: BenchReport.histogramWidth)
  }
}
