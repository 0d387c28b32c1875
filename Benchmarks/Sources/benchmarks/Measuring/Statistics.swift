extension Collection<Double> {
  /// The value that so much of the collection does not exceed: the nearest rank. `nan` if there is none.
  func quantile(_ part: Double) -> Double {
    guard !isEmpty else { return .nan }
    let rank = Int((part * Double(count)).rounded(.up))
    return sorted()[Swift.max(0, Swift.min(count, rank) - 1)]
  }

  /// The middle value, or the mean of the middle two.
  var median: Double {
    guard !isEmpty else { return .nan }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}

extension [Double] {
  /// The median of the means of so many parts, in order: of many samples a part is short, and few parts meet another process.
  func steadyMean(parts: Int = 64) -> Double {
    let size = Swift.max(1, count / parts)
    return stride(from: 0, to: count, by: size).map { start in
      let part = self[start..<Swift.min(start + size, count)]
      return part.reduce(0, +) / Double(part.count)
    }.median
  }
}

/// The median of what each round found: noise that comes and goes meets both sides of a round.
func medianRatio(_ ours: [Double], _ theirs: [Double]) -> Double {
  zip(ours, theirs).map { $0 / $1 }.median
}
