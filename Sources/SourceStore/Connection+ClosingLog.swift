import CacheIdentity

/// A row of `closing`: traces that a tick closed because one answer no longer held, at one distance from the change.
struct LoggedClosings {
  /// A row stays small: `docs/schema.md` shows how SQL takes it apart, which takes the square of its length.
  static let limit = 64

  var position: Int
  var answer: AnswerID
  var depth: Int
  var traces: [TraceID]
}

extension Connection {
  /// Notes what a tick closed, in order (C12).
  func log(
    _ closings: some Sequence<(trace: TraceID, answer: AnswerID, depth: Int)>, in world: WorldID
  ) throws(StoreError) {
    var row: LoggedClosings?
    for (position, closing) in closings.enumerated() {
      if let present = row, present.answer == closing.answer, present.depth == closing.depth,
        present.traces.count < LoggedClosings.limit
      {
        row?.traces.append(closing.trace)
      } else {
        try row.map { row throws(StoreError) in try log(row, in: world) }
        row = LoggedClosings(
          position: position, answer: closing.answer, depth: closing.depth, traces: [closing.trace])
      }
    }
    try row.map { row throws(StoreError) in try log(row, in: world) }
  }

  private func log(_ row: LoggedClosings, in world: WorldID) throws(StoreError) {
    try execute(
      "INSERT INTO closing (lineage, world, position, answer, depth, traces) VALUES (?, ?, ?, ?, ?, ?)", world.lineage,
      world.world, row.position, row.answer, row.depth, IDList.encoded(row.traces))
  }

  /// What a tick closed, in order.
  func loggedClosings(in world: WorldID) throws(StoreError) -> [LoggedClosings] {
    try all(
      "SELECT position, answer, depth, traces FROM closing WHERE lineage = ? AND world = ? ORDER BY position",
      world.lineage, world.world
    ) { row in
      LoggedClosings(
        position: Int(row.int(0)), answer: row.id(1), depth: Int(row.int(2)),
        traces: row.withBytes(3) { IDList.ids($0) })
    }
  }

  /// Takes traces that go out of the log. One pass over all of it.
  func deleteClosings(of traces: Set<TraceID>) throws(StoreError) {
    guard !traces.isEmpty else { return }
    let worlds: [WorldID] = try all("SELECT DISTINCT lineage, world FROM closing") { row in
      WorldID(lineage: row.id(0), world: row.world(1))
    }
    for world in worlds {
      for row in try loggedClosings(in: world) where row.traces.contains(where: traces.contains) {
        let kept = row.traces.filter { !traces.contains($0) }
        if kept.isEmpty {
          try execute(
            "DELETE FROM closing WHERE lineage = ? AND world = ? AND position = ?", world.lineage, world.world,
            row.position)
        } else {
          try execute(
            "UPDATE closing SET traces = ? WHERE lineage = ? AND world = ? AND position = ?", IDList.encoded(kept),
            world.lineage, world.world, row.position)
        }
      }
    }
  }
}
