/// A text table that is written while its rows come. The first rows decide how wide the columns are.
package struct TextTable {
  /// A column: its title, and on which side its cells are.
  package struct Column {
    package var title: String
    package var isNumeric = false

    package init(_ title: String, isNumeric: Bool = false) {
      self.title = title
      self.isNumeric = isNumeric
    }
  }

  /// The number of rows that are kept back to measure the columns.
  private static let sample = 200

  private let columns: [Column]
  private var kept: [(cells: [String], details: String)] = []
  private var widths: [Int] = []
  private var hasBegun = false

  package init(_ columns: [Column]) {
    self.columns = columns
    widths = columns.map(\.title.count)
  }

  /// Adds a row, and whole lines that follow it.
  package mutating func add(
    _ cells: [String], details: String = "", to output: inout some TextSink & ~Copyable
  ) {
    let cells = cells.map(Readable.line)
    if hasBegun { return write(cells, details, to: &output) }
    kept.append((cells, details))
    if kept.count == TextTable.sample { begin(&output) }
  }

  package mutating func finish(_ output: inout some TextSink & ~Copyable) { if !hasBegun { begin(&output) } }

  private mutating func begin(_ output: inout some TextSink & ~Copyable) {
    hasBegun = true
    for row in kept {
      for (column, cell) in row.cells.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    write(columns.map(\.title), "", to: &output)
    for row in kept { write(row.cells, row.details, to: &output) }
    kept = []
  }

  private func write(_ cells: [String], _ details: String, to output: inout some TextSink & ~Copyable) {
    var line = ""
    for (column, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
      if column > 0 { line += "  " }
      if columns[column].isNumeric {
        line += padding + cell
      } else {
        line += column == cells.count - 1 ? cell : cell + padding
      }
    }
    output.write(line)
    output.write("\n")
    output.write(details)
  }
}

/// What text is written to.
package protocol TextSink: ~Copyable {
  /// Adds text.
  mutating func write(_ text: String)
}

extension String: TextSink {}
