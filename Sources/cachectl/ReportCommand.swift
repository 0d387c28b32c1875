import ArgumentParser
import BloatReport
import CacheIdentity

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Says what a store or an image takes, for what, and what that saves.",
    subcommands: [ReportBloatCommand.self, ReportDiffCommand.self])
}

/// How `report bloat` prints.
enum ReportFormat: String, CaseIterable, EnumerableFlag {
  case text, json, csv, html

  static func help(for value: ReportFormat) -> ArgumentHelp? {
    switch value {
    case .text: "Print tables for people; the default."
    case .json: "Print JSON. --baseline and 'report diff' read it back."
    case .csv: "Print comma-separated values, a line for each group and each part."
    case .html: "Print a page that needs nothing else: a map to open, charts, tables to sort."
    }
  }
}

/// What measuring needs to know.
struct MeasurementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What a hit is taken to cost, such as 800ns or 5us: what a generation spares is its time less this.",
      valueName: "time"))
  var hitTime = Interval(nanoseconds: 5_000)

  @Option(
    help: ArgumentHelp("The store whose hits count for the entries of an image.", valueName: "path"),
    completion: .file())
  var hitsFrom: String?
}

struct ReportBloatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bloat",
    abstract: "Attributes every byte of a store or an image, and weighs it against the time that it saves.",
    discussion: """
      A row's bytes are its users', in equal shares; what a B-tree takes besides goes with its rows. So all tables add up to \
      the file, but for what belongs to no entry: free pages, the schema, the history of worlds.

      With --fail-above the status is 3 if the file takes more; with --baseline, if it takes more than the file in a report \
      that was kept; with both, if it takes that much more.

      EXAMPLE: cachectl report bloat --html > bloat.html
      EXAMPLE: cachectl report bloat --baseline main.json --fail-above 200K
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var measurement: MeasurementOptions

  @Argument(help: "A store or an image. Default: the store.", completion: .file())
  var file: String?

  @Flag(exclusivity: .exclusive)
  var format: ReportFormat = .text

  @Option(help: ArgumentHelp("How many rows each table has.", valueName: "number"))
  var limit = 10

  @Option(
    help: ArgumentHelp(
      "Fail if the file takes more, such as 10M; with --baseline, if it grew by more.", valueName: "size"))
  var failAbove: ByteSize?

  @Option(
    help: ArgumentHelp("A report of before, as --json printed it. Fail if the file grew.", valueName: "file"),
    completion: .file())
  var baseline: String?

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is a number from 1 on, not \(limit).") }
    if store.explicitPath != nil, file != nil { throw ValidationError("Name a file or --store, not both.") }
  }

  func run() throws {
    let baseline = try baseline.map { try ReportedFile.summary(json: TextFile.read($0), path: $0) }
    let report = try ReportedFile.report(file ?? store.path(), measurement, limit: max(limit, 100))
    var output = Output()
    switch format {
    case .text: output.write(report.text(width: Output.width, limit: limit))
    case .json: output.writeLine(report.json.pretty)
    case .csv: output.write(report.csv)
    case .html: output.write(report.html)
    }
    try output.finish()
    if let growth = GrowthError(report, baseline: baseline, limit: failAbove?.bytes) { throw growth }
  }
}

struct ReportDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Says what grew and what shrank between two stores, images or kept reports.",
    discussion: """
      EXAMPLE: cachectl report diff main.json ~/.cache/worldcache/store.sqlite
      """)

  @OptionGroup var measurement: MeasurementOptions
  @OptionGroup var json: JSONOptions

  @Argument(help: "A store, an image, or what 'report bloat --json' printed.", completion: .file())
  var before: String

  @Argument(help: "Another one.", completion: .file())
  var after: String

  @Option(help: ArgumentHelp("How many rows each table has.", valueName: "number"))
  var limit = 10

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is a number from 1 on, not \(limit).") }
  }

  func run() throws {
    let difference = BloatDifference(
      from: try ReportedFile.summary(before, measurement), to: try ReportedFile.summary(after, measurement))
    var output = Output()
    output.write(json.isJSON ? difference.json.pretty + "\n" : difference.text(width: Output.width, limit: limit))
    try output.finish()
  }
}
