import ArgumentParser
import BloatReport
import SourceStore

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks every rule that the file can show, on every row.",
    discussion: """
      Prints each violation with the number of the rule that it breaks (W1 to W15), and exits with 1 if there are any. A store \
      that breaks a rule can be deleted without harm: what it held is generated again.

      EXAMPLE: cachectl verify --json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  @Option(help: "Stop after so many violations.")
  var limit = 1000

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit is a number from 1 on, not \(limit).") }
  }

  func run() throws {
    let store = try store.openForReading()
    var line = ProgressLine()
    let violations = try store.verify(limit: limit) { step, rows in
      line.show("verifying \(step.rawValue): \(Readable.count(rows, "row"))")
    }
    line.clear()

    var output = Output()
    if json.isJSON {
      let report: JSON = .object([
        "path": .text(store.path), "isWhole": .bool(violations.isEmpty),
        "violations": .array(violations.map(\.json)),
      ])
      output.writeLine(report.pretty)
    } else if violations.isEmpty {
      output.writeLine("\(store.path) keeps every rule")
    } else {
      for violation in violations { output.writeLine(Readable.line(violation.description)) }
    }
    try output.finish()
    if violations.isEmpty { return }
    let count = (violations.count < limit ? "" : "at least ") + Readable.count(violations.count, "violation")
    StandardError.write("cachectl: \(store.path) has \(count). Delete it, or restore it from a copy.\n")
    throw ExitStatus.negative.code
  }
}

extension Violation {
  fileprivate var json: JSON {
    .object([
      "rule": .optional(rule.map { "W\($0.rawValue)" }), "table": .text(table), "row": .text(row),
      "message": .text(description),
    ])
  }
}
