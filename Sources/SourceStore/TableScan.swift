import CacheIdentity

/// A table as a measurement reads it: how large its rows are, in the table and in each index, and which rows they name.
///
/// Everything comes from the schema itself (`pragma_table_xinfo`, `foreign_key_list`, `index_list`), so that another format
/// needs no other measurement.
struct TableScan {
  /// An index, or the table itself.
  struct Tree {
    let name: String
    /// For each row, the size of its record in bytes.
    var weights: [Int64] = []
  }

  let name: String
  /// For each row, its id; empty for a table without one.
  private(set) var ids: [Int64] = []
  private(set) var rows = 0
  /// For each column that names rows of another table: which table, and for each row the id, or `nil`.
  private(set) var references: [(column: String, table: String, ids: [Int64?])] = []
  private(set) var trees: [Tree]

  /// Reads the whole table. O(its bytes).
  init(_ name: String, of connection: Connection) throws(StoreError) {
    self.name = name
    let shape = try TableShape(name, connection)
    trees = [Tree(name: name)] + shape.indices.map { Tree(name: $0.name) }
    references = shape.references.map { ($0.column, $0.table, []) }
    let columns = shape.columns.map { TableShape.quoted($0.name) }.joined(separator: ", ")
    let statement = try connection.compile("SELECT \(columns) FROM \(TableShape.quoted(name))")
    let positions = Dictionary(uniqueKeysWithValues: shape.columns.enumerated().map { ($1.name, Int32($0)) })
    let referring = shape.references.map { positions[$0.column] ?? 0 }
    while try statement.step() {
      rows += 1
      if let id = shape.idColumn { ids.append(statement.int(Int32(id))) }
      for (number, column) in referring.enumerated() {
        references[number].ids.append(statement.isNull(column) ? nil : statement.int(column))
      }
      trees[0].weights.append(shape.recordSize(statement))
      for (number, index) in shape.indices.enumerated() {
        trees[number + 1].weights.append(shape.recordSize(statement, in: index, positions))
      }
    }
  }
}

/// A table's columns, references and indices.
private struct TableShape {
  struct Index {
    let name: String
    /// In the order of the index; `nil` for an expression.
    let columns: [String?]
    /// Whether it lacks the rows in which its first column is NULL. Other conditions are not in the schema.
    let isPartial: Bool
  }

  /// What the table's records contain: virtual columns are not there.
  var columns: [(name: String, isKey: Bool)] = []
  var references: [(column: String, table: String)] = []
  var indices: [Index] = []
  /// Where the row's id is among the columns; `nil` for a table without ids.
  var idColumn: Int?

  /// What an expression is taken for: its size is not in the schema, and is about the same in each row.
  private static let expressionSize: Int64 = 5

  init(_ table: String, _ connection: Connection) throws(StoreError) {
    columns = try connection.all(
      "SELECT name, pk > 0 AND type = 'INTEGER' FROM pragma_table_xinfo(?) WHERE hidden <> 2 ORDER BY cid", table
    ) {
      ($0.text(0), $0.bool(1))
    }
    references = try connection.all(
      "SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?) ORDER BY id, seq", table
    ) { ($0.text(0), $0.text(1)) }
    let isWithoutRowID =
      try connection.first("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'", table) { $0.bool(0) } ?? false
    if !isWithoutRowID { idColumn = columns.firstIndex(where: \.isKey) }
    let lists = try connection.all(
      "SELECT name, partial FROM pragma_index_list(?1) WHERE NOT (?2 AND origin = 'pk') ORDER BY seq", table,
      isWithoutRowID
    ) { (name: $0.text(0), isPartial: $0.bool(1)) }
    for list in lists {
      let columns = try connection.all("SELECT name, cid FROM pragma_index_xinfo(?) ORDER BY seqno", list.name) {
        // The row's id has the number -1, and stands in each record of the index.
        $0.int(1) == -1 ? self.idName : $0.isNull(0) ? nil : $0.text(0)
      }
      indices.append(Index(name: list.name, columns: columns, isPartial: list.isPartial))
    }
  }

  private var idName: String? { idColumn.map { columns[$0].name } }

  /// The size of the record of the row that the statement is at. The id stands in no record of the table.
  func recordSize(_ row: Statement) -> Int64 {
    let sizes = columns.indices.map { $0 == idColumn ? (body: 0, type: 1) : row.recordSize(Int32($0)) }
    return TableShape.recordSize(sizes)
  }

  /// The size of its record in an index; 0 if it is not there.
  func recordSize(_ row: Statement, in index: Index, _ positions: [String: Int32]) -> Int64 {
    if index.isPartial, let first = index.columns.first ?? nil, let column = positions[first], row.isNull(column) {
      return 0
    }
    return TableShape.recordSize(
      index.columns.map { name in
        name.flatMap { positions[$0] }.map(row.recordSize) ?? (TableShape.expressionSize, 1)
      })
  }

  private static func recordSize(_ columns: [(body: Int64, type: Int64)]) -> Int64 {
    let types = columns.reduce(0) { $0 + $1.type }
    // The header begins with its own size, which counts itself.
    var header = types + 1
    while types + Statement.varintSize(header) != header { header = types + Statement.varintSize(header) }
    return header + columns.reduce(0) { $0 + $1.body }
  }

  static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}
