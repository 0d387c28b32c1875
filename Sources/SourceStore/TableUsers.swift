/// Which entries use each row of each table: found by following references, from traces to all that they need.
///
/// A row that names a trace is that trace's, and every row is used by whatever uses the rows that name it. A table of
/// `satellites` says more about rows of another table, and is used with them. What `wholeFile` names is nobody's.
struct TableUsers {
  /// Tables whose rows go with the rows that a column of theirs names.
  private static let satellites = ["further_range": "answer", "source_question": "question"]
  /// Tables that say what happened to the store, or forbid something.
  private static let wholeFile: Set = ["lineage", "world", "closing", "migration", "quarantine"]

  private let scans: [String: TableScan]
  /// For each trace's id, its entry.
  private let entries: [Int64: Int]
  private var found: [String: [[Int32]]] = [:]

  init(_ scans: [TableScan], entries: [Int64: Int]) {
    self.scans = Dictionary(uniqueKeysWithValues: scans.map { ($0.name, $0) })
    self.entries = entries
  }

  /// For each row of a table, the entries that use it, in ascending order.
  mutating func users(of table: String) -> [[Int32]] {
    if let known = found[table] { return known }
    guard let scan = scans[table] else { return [] }
    // Against references in a circle: whoever comes back here finds nobody.
    found[table] = Array(repeating: [], count: scan.rows)
    let users = usersFound(scan)
    found[table] = users
    return users
  }

  private mutating func usersFound(_ scan: TableScan) -> [[Int32]] {
    if TableUsers.wholeFile.contains(scan.name) { return Array(repeating: [], count: scan.rows) }
    if scan.name == "trace" { return scan.ids.map { users(ofTrace: $0) } }
    if let column = TableUsers.satellites[scan.name], let named = scan.references.first(where: { $0.column == column })
    {
      let (rows, users) = (rowsByID(of: named.table), users(of: named.table))
      return named.ids.map { $0.flatMap { rows[$0] }.map { users[$0] } ?? [] }
    }
    return usersByReference(scan)
  }

  /// The users of all rows that name a row.
  private mutating func usersByReference(_ scan: TableScan) -> [[Int32]] {
    let rows = rowsByID(of: scan.name)
    var sets = Array(repeating: Set<Int32>(), count: scan.rows)
    for reference in scan.references where reference.table == "trace" {
      for (row, trace) in reference.ids.enumerated() { sets[row].formUnion(trace.map { users(ofTrace: $0) } ?? []) }
    }
    for other in scans.values.sorted(by: { $0.name < $1.name }) where other.name != scan.name {
      if TableUsers.wholeFile.contains(other.name) || TableUsers.satellites[other.name] != nil { continue }
      for reference in other.references where reference.table == scan.name {
        let users = users(of: other.name)
        for (row, id) in reference.ids.enumerated() {
          if let target = id.flatMap({ rows[$0] }) { sets[target].formUnion(users[row]) }
        }
      }
    }
    // References within the table lead one step, to a first row of several.
    for reference in scan.references where reference.table == scan.name {
      for (row, id) in reference.ids.enumerated() {
        if let target = id.flatMap({ rows[$0] }) { sets[target].formUnion(sets[row]) }
      }
    }
    return sets.map { $0.sorted() }
  }

  private func users(ofTrace id: Int64) -> [Int32] { entries[id].map { [Int32(truncatingIfNeeded: $0)] } ?? [] }

  private func rowsByID(of table: String) -> [Int64: Int] {
    guard let scan = scans[table] else { return [:] }
    return Dictionary(zip(scan.ids, scan.ids.indices), uniquingKeysWith: { first, _ in first })
  }
}
