import Foundation

/// A run as `--json` prints it.
struct JSONReport: Codable {
  struct Group: Codable {
    var name: String
    var rows: [Row]
    /// Thresholds for which nothing was measured, as `row/ratio`.
    var missing: [String]
  }

  struct Row: Codable {
    var name: String
    var variant: String
    var readings: [Reading]
    var ratios: [Ratio]
  }

  struct Reading: Codable {
    var contender: String
    var median: Double
    var p99: Double?
    var unit: String
  }

  struct Ratio: Codable {
    var name: String
    var value: Double
    var bound: Bound?
    var outcome: Verdict.Outcome
  }

  var scale: String
  var processors: Int
  var groups: [Group] = []

  mutating func add(_ group: String, _ rows: [benchmarks.Row], _ verdicts: [Verdict]) {
    groups.append(
      Group(
        name: group,
        rows: rows.map { row in
          Row(
            name: row.name, variant: row.variant,
            readings: row.readings.map {
              Reading(contender: $0.contender, median: $0.median, p99: $0.p99, unit: $0.unit.rawValue)
            },
            ratios: verdicts.filter { $0.row == row.name && $0.variant == row.variant }.compactMap { verdict in
              verdict.value.map {
                Ratio(name: verdict.ratio, value: $0, bound: verdict.bound, outcome: verdict.outcome)
              }
            })
        },
        missing: verdicts.filter { $0.outcome == .notMeasured }.map { "\($0.row)/\($0.ratio)" }))
  }

  /// Sorted and indented; a value that is no number is written as text.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
