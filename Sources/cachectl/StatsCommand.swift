import ArgumentParser
import BloatReport
import SourceStore

struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Counts what the store holds, what it takes on disk, and what it saved.",
    discussion: """
      --prometheus prints what a collector of text files (node_exporter) takes.

      EXAMPLE: cachectl stats --json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  @Flag(name: .customLong("prometheus"), help: "Print metrics in the text format of Prometheus.")
  var isPrometheus = false

  func validate() throws {
    if json.isJSON, isPrometheus { throw ValidationError("--json and --prometheus exclude each other.") }
  }

  func run() throws {
    let store = try store.openForReading()
    let statistics = try store.statistics()
    var output = Output()
    if isPrometheus {
      output.write(statistics.prometheus)
      return try output.finish()
    }
    output.write(json.isJSON ? statistics.json(path: store.path).pretty + "\n" : statistics.text(path: store.path))
    if !json.isJSON { statistics.writeTables(to: &output) }
    try output.finish()
  }
}

extension StoreStatistics {
  fileprivate func json(path: String) -> JSON {
    .object([
      "path": .text(path), "fileBytes": .integer(fileBytes), "logBytes": .integer(logBytes),
      "freeBytes": .integer(freeBytes), "openInstances": .integer(openInstances),
      "closedInstances": .integer(closedInstances), "sourceBytes": .integer(rawBytes),
      "storedSourceBytes": .integer(storedBytes), "strippedSources": .integer(strippedSources),
      "declined": .integer(declined), "hits": .integer(hits), "generationNanoseconds": .integer(generationNanoseconds),
      "savedNanoseconds": .integer(savedNanoseconds),
      "tables": .array(tables.map { .object(["name": .text($0.name), "rows": .integer($0.rows)]) }),
      "generators": .array(
        generators.map {
          .object([
            "name": .text($0.generator.generator), "version": .text($0.generator.version),
            "methods": .integer($0.methods), "traces": .integer($0.traces), "sourceBytes": .integer($0.rawBytes),
            "hits": .integer($0.hits), "generationNanoseconds": .integer($0.generationNanoseconds),
            "savedNanoseconds": .integer($0.savedNanoseconds),
          ])
        }),
    ])
  }

  fileprivate func text(path: String) -> String {
    let bytes = "\(Readable.bytes(storedBytes)) stored, \(Readable.bytes(rawBytes)) raw"
    return """
      store       \(path)
      file        \(Readable.bytes(fileBytes)), of which \(Readable.bytes(freeBytes)) free; log \(Readable.bytes(logBytes))
      instances   \(openInstances) open, \(closedInstances) closed
      traces      \(rows(in: "trace") ?? 0), of which \(declined) declined
      sources     \(rows(in: "source") ?? 0): \(bytes); \(strippedSources) without bytes
      hits        \(hits), which saved \(Readable.duration(nanoseconds: savedNanoseconds))
      generation  \(Readable.duration(nanoseconds: generationNanoseconds))

      """
  }

  fileprivate func writeTables(to output: inout Output) {
    if !generators.isEmpty {
      output.write("\n")
      var table = TextTable([
        .init("GENERATOR"), .init("METHODS", isNumeric: true), .init("TRACES", isNumeric: true),
        .init("BYTES", isNumeric: true), .init("HITS", isNumeric: true), .init("COST", isNumeric: true),
        .init("SAVED", isNumeric: true),
      ])
      for row in generators {
        table.add(
          [
            "\(row.generator.generator)@\(row.generator.version)", String(row.methods), String(row.traces),
            Readable.bytes(row.rawBytes), String(row.hits), Readable.duration(nanoseconds: row.generationNanoseconds),
            Readable.duration(nanoseconds: row.savedNanoseconds),
          ], to: &output)
      }
      table.finish(&output)
    }
    output.write("\n")
    var table = TextTable([.init("TABLE"), .init("ROWS", isNumeric: true)])
    for row in tables { table.add([row.name, String(row.rows)], to: &output) }
    table.finish(&output)
  }
}
