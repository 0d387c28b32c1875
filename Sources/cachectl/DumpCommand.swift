import ArgumentParser
import SourceStore

/// How `dump` prints.
enum DumpFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, ndjson, csv, ir
}

struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Prints code instances: which source holds for which method instance, in which worlds.",
    discussion: """
      All conditions hold together. Rows come one by one, so that a store of any size can be printed.

      With --format ir the stored sources are printed as lowered code that the host's parser reads back.

      EXAMPLE: cachectl dump --method 'sin(Float64)' --edges
      EXAMPLE: cachectl dump --at 12 --lineage main --format csv
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  @Option(help: "text, json, ndjson, csv or ir. Default: text, or json with --json.")
  var format: DumpFormat?

  @OptionGroup var which: InstanceFilterOptions

  @Flag(help: "Only closed code instances.")
  var closed = false

  @Flag(help: "Only open code instances.")
  var open = false

  @Flag(help: "Also the edges: the questions that the generator asked, and the answers that it got.")
  var edges = false

  @Flag(help: "Also the sources.")
  var source = false

  func validate() throws {
    if closed, open { throw ValidationError("--closed and --open exclude each other.") }
    if json.isJSON, let format, format != .json {
      throw ValidationError("--json and --format \(format) exclude each other.")
    }
    if edges, format == .csv || format == .ir {
      throw ValidationError(
        "--edges needs another format: there is no place for them in a \(format == .csv ? "table" : "listing") .")
    }
  }

  func run() throws {
    let format = format ?? (json.isJSON ? .json : .text)
    var filter = which.filter
    if closed || open { filter.isOpen = open }
    var details: InstanceDetails = []
    if edges { details.insert(.edges) }
    if source || format == .ir { details.insert(.content) }

    let store = try store.openForReading()
    var dump = Dump(format: format, hasSource: source, path: store.path)
    try store.forEachInstance(filter, details: details) { record throws(StoreError) in try dump.add(record) }
    try dump.finish()
  }
}
