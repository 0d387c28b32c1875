extension BloatReport {
  /// The report for a terminal.
  ///
  /// - Parameters:
  ///   - width: The terminal's width; names that do not fit are shortened in their middle.
  ///   - limit: How many rows each table has.
  package func text(width: Int, limit: Int) -> String {
    var text = summary
    for part in [
      partTable(width), anatomy(width), groupTable(.generator, width, limit), benefits(width, limit),
      groupTable(.module, width, limit), groupTable(.method, width, limit), groupTable(.owner, width, limit),
      groupTable(.lineage, width, limit), groupTable(.age, width, limit), groupTable(.state, width, limit),
      entryTable("LARGEST", largest, width, limit), entryTable("NEVER HIT", neverHit, width, limit),
      duplicateTable(width, limit),
    ] where !part.isEmpty {
      text += "\n" + part
    }
    return text
  }

  private var summary: String {
    let rest = entries.neverHit == 0 ? "each was hit" : "\(entries.neverHit) never hit"
    let log = logBytes > 0 ? "; log \(Readable.bytes(logBytes))" : ""
    return """
      \(kind.rawValue)\(String(repeating: " ", count: 12 - kind.rawValue.count))\(Readable.line(path))
      file        \(Readable.bytes(bytes))\(log)
      entries     \(entries.entries), of which \(declined) declined; \(rest)
      sources     \(Readable.bytes(entries.generated)) generated, \(Readable.bytes(entries.encoded)) without \
      duplicates, \(Readable.bytes(entries.compressed)) compressed
      on disk     \(Readable.bytes(entries.payload)) rows of entries, \(Readable.bytes(entries.structure)) around them, \
      \(Readable.bytes(fileBytes)) the file's own
      saved       \(Readable.duration(nanoseconds: entries.savedNanoseconds)) by \(Readable.count(Int(entries.hits), "hit")), \
      each taken to cost \(Readable.duration(nanoseconds: hitNanoseconds))

      """
  }

  private func partTable(_ width: Int) -> String {
    FittedTable.text(
      "WHERE THE BYTES ARE",
      [
        ("NAME", false), ("PAGES", true), ("BYTES", true), ("ROWS", true), ("AROUND", true), ("FREE", true),
        ("SHARE", true),
      ],
      parts.flatMap(\.regions).sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }.map {
        [
          $0.name, $0.pages == 0 ? "-" : String($0.pages), Readable.bytes($0.bytes), Readable.bytes($0.payload),
          Readable.bytes($0.overhead), Readable.bytes($0.unused), Readable.share($0.bytes, of: bytes),
        ]
      } + [["all", "", Readable.bytes(bytes), "", "", "", Readable.share(bytes, of: bytes)]], width: width)
  }

  private func anatomy(_ width: Int) -> String {
    let count = Int64(max(1, entries.entries))
    return FittedTable.text(
      "WHERE THE BYTES OF AN ENTRY GO",
      [("PART", false), ("PER ENTRY", true), ("ROWS", true), ("AROUND", true), ("SHARE", true)],
      parts.filter { $0.entryPayload + $0.entryStructure > 0 }
        .sorted { ($1.entryPayload + $1.entryStructure, $0.name) < ($0.entryPayload + $0.entryStructure, $1.name) }
        .map {
          let bytes = $0.entryPayload + $0.entryStructure
          return [
            $0.name, Readable.decimal(Double(bytes) / Double(count)),
            Readable.decimal(Double($0.entryPayload) / Double(count)),
            Readable.decimal(Double($0.entryStructure) / Double(count)), Readable.share(bytes, of: entries.disk),
          ]
        } + [
          [
            "all", Readable.decimal(Double(entries.disk) / Double(count)),
            Readable.decimal(Double(entries.payload) / Double(count)),
            Readable.decimal(Double(entries.structure) / Double(count)), Readable.share(entries.disk, of: entries.disk),
          ]
        ], width: width)
  }

  private func groupTable(_ dimension: BloatDimension, _ width: Int, _ limit: Int) -> String {
    let groups = groups[dimension] ?? []
    guard !groups.isEmpty else { return "" }
    return FittedTable.text(
      "BY \(dimension.rawValue.uppercased())",
      [
        ("NAME", false), ("ENTRIES", true), ("SOURCE", true), ("STORED", true), ("ON DISK", true), ("SHARE", true),
        ("HITS", true), ("SAVED", true),
      ],
      groups.prefix(limit).map {
        [
          $0.name, String($0.sizes.entries), Readable.bytes($0.sizes.generated), Readable.bytes($0.sizes.compressed),
          Readable.bytes($0.sizes.disk), Readable.share($0.sizes.disk, of: bytes), String($0.sizes.hits),
          Readable.duration(nanoseconds: $0.sizes.savedNanoseconds),
        ]
      }, left: groups.count - limit, width: width)
  }

  private func benefits(_ width: Int, _ limit: Int) -> String {
    guard !generators.isEmpty else { return "" }
    return FittedTable.text(
      "WHAT OPTING IN COSTS AND SAVES",
      [
        ("GENERATOR", false), ("WITH", true), ("WITHOUT", true), ("COSTS", true), ("SAVES", true), ("MS PER KIB", true),
      ],
      generators.prefix(limit).map {
        [
          $0.name, Readable.bytes(bytes), Readable.bytes(bytes - $0.exclusiveBytes), Readable.bytes($0.exclusiveBytes),
          Readable.duration(nanoseconds: $0.sizes.savedNanoseconds), Readable.decimal($0.savedMillisecondsPerKiB),
        ]
      }, left: generators.count - limit, width: width)
  }

  private func entryTable(_ title: String, _ entries: [BloatEntry], _ width: Int, _ limit: Int) -> String {
    guard !entries.isEmpty else { return "" }
    return FittedTable.text(
      title,
      [
        ("SPECIALIZATION", false), ("GENERATOR", false), ("STATE", false), ("SOURCE", true), ("ON DISK", true),
        ("COST", true), ("HITS", true),
      ],
      entries.prefix(limit).map {
        [
          $0.specialization, Readable.fitted(Readable.line($0.generator), width: 24), $0.isOpen ? "open" : "closed",
          Readable.bytes($0.sizes.generated),
          Readable.bytes($0.sizes.disk), Readable.duration(nanoseconds: $0.sizes.generationNanoseconds),
          String($0.sizes.hits),
        ]
      }, width: width)
  }

  private func duplicateTable(_ width: Int, _ limit: Int) -> String {
    guard duplicates.contents > 0 else { return "" }
    return FittedTable.text(
      "DUPLICATES, KEPT ONCE: \(Readable.bytes(duplicates.sparedBytes)) SPARED",
      [("EXAMPLE", false), ("DIGEST", false), ("BYTES", true), ("ENTRIES", true), ("SPARED", true)],
      duplicates.largest.prefix(limit).map {
        [
          $0.example, String($0.digest.prefix(12)), Readable.bytes($0.bytes), String($0.entries),
          Readable.bytes($0.sparedBytes),
        ]
      }, left: duplicates.contents - limit, width: width)
  }
}

extension BloatDifference {
  /// The difference for a terminal: what grew and what shrank.
  package func text(width: Int, limit: Int) -> String {
    var text = """
      before      \(Readable.bytes(before.bytes))  \(Readable.line(before.path))
      after       \(Readable.bytes(after.bytes))  \(Readable.line(after.path))
      growth      \(Readable.growth(growth)); \(before.entries.entries) -> \(after.entries.entries) entries

      """
    text += table("PART", parts, width, limit, hasEntries: false)
    for dimension in BloatDimension.allCases {
      text += table(dimension.rawValue.uppercased(), groups[dimension] ?? [], width, limit, hasEntries: true)
    }
    return text
  }

  /// Of many changes, those that are greatest in either direction, in the order in which they come.
  private func table(
    _ title: String, _ changes: [Change], _ width: Int, _ limit: Int, hasEntries: Bool
  ) -> String {
    guard !changes.isEmpty else { return "" }
    let chosen = Set(
      changes.indices.sorted { (changes[$1].growth.magnitude, $0) < (changes[$0].growth.magnitude, $1) }.prefix(limit))
    let columns = [("NAME", false), ("BEFORE", true), ("AFTER", true), ("GROWTH", true)]
    return "\n"
      + FittedTable.text(
        "BY \(title)", columns + (hasEntries ? [("ENTRIES", true)] : []),
        changes.indices.filter(chosen.contains).map { changes[$0] }.map {
          [$0.name, Readable.bytes($0.before), Readable.bytes($0.after), Readable.growth($0.growth)]
            + (hasEntries ? ["\($0.entriesBefore) -> \($0.entriesAfter)"] : [])
        }, left: changes.count - limit, width: width)
  }
}

/// A titled table that is as wide as the terminal at most: what is too long is the first column's.
package enum FittedTable {
  package static func text(
    _ title: String, _ columns: [(title: String, isNumeric: Bool)], _ rows: [[String]], left: Int = 0, width: Int
  ) -> String {
    let others = columns.indices.dropFirst().map { column in
      2 + (rows.map { $0[column].count } + [columns[column].title.count]).reduce(0, max)
    }
    let room = max(12, width - others.reduce(0, +))
    var text = title + "\n"
    var table = TextTable(columns.map { TextTable.Column($0.title, isNumeric: $0.isNumeric) })
    for row in rows { table.add([Readable.fitted(Readable.line(row[0]), width: room)] + row.dropFirst(), to: &text) }
    table.finish(&text)
    if left > 0 { text += "and \(left) more\n" }
    return text
  }
}
