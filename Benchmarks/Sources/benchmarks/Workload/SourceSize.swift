import Foundation

/// What the sources of a workload are like.
enum SourceSize: Hashable {
  /// As real generated sources are: 100 bytes in the median, 200 at the 90th percentile, 2.5 kB at most.
  case small
  /// All of one size, in bytes.
  case exactly(Int)
  /// These, one after the other, and from the first one on again.
  case real([[UInt8]])

  /// The size of a source that is made up, given random numbers of its own.
  func draw(_ random: inout SeededGenerator) -> Int {
    if case .exactly(let size) = self { return size }
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
    case .real: "real"
    case .exactly(let size): size % 1024 == 0 ? "\(size / 1024) KiB" : "\(size) B"
    }
  }
}
