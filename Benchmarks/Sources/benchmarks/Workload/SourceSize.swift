import Foundation

/// How large the sources of a workload are.
enum SourceSize: Hashable {
  /// As real generated sources are: 100 bytes in the median, 200 at the 90th percentile, 2.5 kB at most.
  case small
  /// All of one size, in bytes.
  case exactly(Int)

  /// The size of a source, given random numbers of its own.
  func draw(_ random: inout SeededGenerator) -> Int {
    guard case .small = self else {
      guard case .exactly(let size) = self else { return 0 }
      return size
    }
    // A logarithmic normal distribution, and one in 250 from the long tail that it lacks.
    if random.next() % 250 == 0 { return Int.random(in: 500...2500, using: &random) }
    let radius = (-2 * log(1 - random.fraction())).squareRoot()
    let normal = radius * cos(2 * .pi * random.fraction())
    return min(2500, max(8, Int((100 * exp(0.541 * normal)).rounded())))
  }
}

extension SourceSize: CustomStringConvertible {
  var description: String {
    switch self {
    case .small: "100 B"
    case .exactly(let size): size % 1024 == 0 ? "\(size / 1024) KiB" : "\(size) B"
    }
  }
}
