/// What was measured and how it was judged, as a table of at most 100 columns: under each row and variant its contenders,
/// beside the ratios.
func table(_ group: String, _ rows: [Row], _ verdicts: [Verdict]) -> String {
  var lines = [[group.uppercased(), "MEDIAN", "P99", "RATIO", "VALUE", "BOUND", ""]]
  for row in rows {
    var left = row.readings.map { reading in
      ["  \(reading.contender)", reading.unit.text(reading.median), reading.p99.map(reading.unit.ofSingles.text) ?? ""]
    }
    left.insert([row.variant.isEmpty ? row.name : "\(row.name), \(row.variant)", "", ""], at: 0)
    let right = verdicts.filter { $0.row == row.name && $0.variant == row.variant && $0.value != nil }.map(cells)
    for line in 0..<max(left.count, right.count) {
      lines.append(
        (line < left.count ? left[line] : ["", "", ""]) + (line < right.count ? right[line] : ["", "", "", ""]))
    }
  }
  for verdict in verdicts where verdict.outcome == .notMeasured {
    lines.append([verdict.row, "", ""] + cells(verdict))
  }
  return aligned(lines, right: [1, 2, 4])
}

/// The right half of a line.
private func cells(_ verdict: Verdict) -> [String] {
  let outcome =
    switch verdict.outcome {
    case .met: "ok"
    case .exceeded: "EXCEEDED"
    case .notMeasured: "NOT MEASURED"
    case .free: ""
    }
  return [verdict.ratio, verdict.value.map { $0.digits(3) } ?? "-", verdict.bound?.description ?? "", outcome]
}

/// Lines of cells in columns; no line ends in spaces.
func aligned(_ lines: [[String]], right: Set<Int>) -> String {
  let widths = (lines.first ?? []).indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
  return lines.map { cells in
    var line = ""
    for (column, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      line += (column == 0 ? "" : "  ") + (right.contains(column) ? padding + cell : cell + padding)
    }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }.joined(separator: "\n")
}
