import BloatReport

/// How fast inference is, program by program.
struct BenchSpeedReport {
  let rows: [BenchSpeed]
  let samples: Int

  func write(to output: inout Output) {
    var table = TextTable(
      [TextTable.Column("PROGRAM")]
        + ["STATEMENTS", "FRAMES", "BEST", "MEDIAN", "A SECOND", "REFERENCE"].map {
          TextTable.Column($0, isNumeric: true)
        })
    for row in rows {
      guard let time = row.statement else { continue }
      table.add(
        [
          row.name, String(row.counters.statements), String(row.frames), "\(Int64(time.minimum)) ns",
          "\(Int64(time.median)) ns", String(Int64(1e9 / time.median)), Readable.ratio(row.ratio),
        ], to: &output)
    }
    table.finish(&output)
    output.write(
      """

      STATEMENTS     that one inference interprets, each time that it does
      FRAMES         instances inferred, and calls inferred with constants
      BEST, MEDIAN   the time for a statement
      A SECOND       how many there are in a second, by the median
      REFERENCE      the time for a statement over that for a step of fixed work, measured right before; the median


      """)
  }

  /// Times in nanoseconds.
  var json: JSON { .object(["samples": .integer(samples), "programs": .array(rows.map(\.json))]) }
}

extension BenchSpeed {
  /// What a statement takes; `nil` before the first sample.
  var statement: BenchStatistics? { BenchStatistics(statementNanoseconds) }
  /// The same over what a step of the reference's work takes.
  var ratio: Double { BenchStatistics(zip(statementNanoseconds, referenceNanoseconds).map { $0 / $1 })?.median ?? .nan }
  var frames: Int { counters.instances + counters.constantCalls }

  fileprivate var json: JSON {
    .object([
      "name": .text(name),
      "statements": .integer(counters.statements),
      "frames": .integer(frames),
      "statementNanoseconds": statement?.json ?? .null,
      "referenceNanoseconds": BenchStatistics(referenceNanoseconds)?.json ?? .null,
      "statementToReference": .number(ratio),
    ])
  }
}
