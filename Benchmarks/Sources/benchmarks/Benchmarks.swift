import ArgumentParser
import Foundation

@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks",
    abstract: "Measures, and compares ratios with the thresholds of the repository.",
    discussion: """
      To be run from the root of the repository, by tools/benchmark. Ends with exit status 1 if a ratio exceeds its \
      threshold, or if something that has one was not measured.

      EXAMPLE: tools/benchmark inference --samples 25
      """)

  @Argument(help: "The groups to run, all if none is named: \(BenchmarkGroup.all.map(\.name).joined(separator: ", ")).")
  var names: [String] = []

  @Option(help: "How many samples of each thing that is compared.")
  var samples = 15

  @Option(help: "The file of thresholds.", completion: .file(extensions: ["json"]))
  var thresholds = "Benchmarks/thresholds.json"

  func validate() throws {
    if samples < 1 { throw ValidationError("--samples takes a count from 1 on.") }
    for name in names where !BenchmarkGroup.all.contains(where: { $0.name == name }) {
      throw ValidationError("there is no group '\(name)'.")
    }
  }

  func run() throws {
    let file = try ThresholdFile(path: thresholds)
    var hasFailed = false
    for group in BenchmarkGroup.all where names.isEmpty || names.contains(group.name) {
      let verdicts = judge(try group.measure(samples), by: file.groups[group.name] ?? [:])
      print(table(group.name, verdicts))
      hasFailed = hasFailed || verdicts.contains(where: \.isFailure)
    }
    if hasFailed { throw ExitCode.failure }
  }
}

/// The verdicts as a table.
func table(_ group: String, _ verdicts: [Verdict]) -> String {
  var rows = [[group.uppercased(), "RATIO", "MEASURED", "THRESHOLD", "VERDICT"]]
  for verdict in verdicts {
    let outcome =
      switch verdict.outcome {
      case .met: "ok"
      case .exceeded: "EXCEEDED"
      case .notMeasured: "NOT MEASURED"
      case .free: "-"
      }
    rows.append([
      verdict.row, verdict.ratio, verdict.value.map { String(format: "%.3f", $0) } ?? "-",
      verdict.bound?.description ?? "-", outcome,
    ])
  }
  let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    // The last cell is left as it is, so that no line ends in spaces.
    (zip(row.dropLast(), widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) } + row.suffix(1))
      .joined(separator: "  ")
  }.joined(separator: "\n")
}
