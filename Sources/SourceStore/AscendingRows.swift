/// Finds rows of a table by id, in ascending order: row by row where they lie together, like ``NewestInstances``.
struct AscendingRows<Row> {
  private let statement: Statement
  private var present: RowID<Row>?
  private var steps = NewestInstances.patience

  /// - Parameter statement: Its parameter is an id, and it gives the rows from there on, each with its id first.
  init(_ statement: Statement) { self.statement = statement }

  /// Goes to the row of an id that is not before the one before; false if there is none.
  mutating func go(to id: RowID<Row>) throws(StoreError) -> Bool {
    var passed = 0
    while let there = present, there < id, passed < steps {
      present = try statement.step() ? statement.id(0) : nil
      passed += 1
    }
    if let present, present >= id {
      steps = min(NewestInstances.patience, steps + 1)
    } else {
      if passed == steps { steps = max(1, steps / 2) }
      statement.rewind()
      try statement.bind(id)
      present = try statement.step() ? statement.id(0) : nil
    }
    return present == id
  }
}
