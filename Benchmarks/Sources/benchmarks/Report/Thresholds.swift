import Foundation

/// What the ratios of a group must keep: row, then ratio, then bound.
typealias Thresholds = [String: [String: Bound]]

/// The bound of a ratio; either end may be open.
struct Bound: Hashable, Codable {
  var atLeast: Double?
  var atMost: Double?

  func contains(_ value: Double) -> Bool {
    value >= atLeast ?? -.infinity && value <= atMost ?? .infinity
  }
}

extension Bound: CustomStringConvertible {
  var description: String {
    switch (atLeast, atMost) {
    case (let least?, let most?): "\(least) to \(most)"
    case (let least?, nil): "at least \(least)"
    case (nil, let most?): "at most \(most)"
    case (nil, nil): "-"
    }
  }
}

/// The thresholds of all groups, as they are kept in the repository.
struct ThresholdFile {
  let groups: [String: Thresholds]

  init(path: String) throws {
    groups = try JSONDecoder().decode(
      [String: Thresholds].self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

/// What became of one ratio.
struct Verdict: Hashable {
  enum Outcome: String, Hashable, Codable {
    case met
    case exceeded
    /// A threshold for something that was not measured: a benchmark has lost a row.
    case notMeasured
    /// A ratio that nothing is demanded of.
    case free
  }

  var row: String
  var variant = ""
  var ratio: String
  var value: Double?
  var bound: Bound?

  var outcome: Outcome {
    guard let value else { return .notMeasured }
    guard let bound else { return .free }
    return bound.contains(value) ? .met : .exceeded
  }
  var isFailure: Bool { outcome == .exceeded || outcome == .notMeasured }
}

/// Judges what was measured, in its order; then comes what was not measured. A threshold holds for all variants of a row.
func judge(_ rows: [Row], by thresholds: Thresholds) -> [Verdict] {
  var verdicts = rows.flatMap { row in
    row.ratios.map {
      Verdict(
        row: row.name, variant: row.variant, ratio: $0.name, value: $0.value, bound: thresholds[row.name]?[$0.name])
    }
  }
  let measured = Set(verdicts.map { [$0.row, $0.ratio] })
  for (row, ratios) in thresholds.sorted(by: { $0.key < $1.key }) {
    for (ratio, bound) in ratios.sorted(by: { $0.key < $1.key }) where !measured.contains([row, ratio]) {
      verdicts.append(Verdict(row: row, ratio: ratio, value: nil, bound: bound))
    }
  }
  return verdicts
}
