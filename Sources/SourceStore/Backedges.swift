import CacheIdentity

/// Backedges on their way into the store. Written together and sorted they take a third of the time, and an answer's checksum is
/// written once for all of them.
///
/// Invariant: the backedge in an answer's own row is to the oldest of its traces; a row without one has others only if that one went.
struct Backedges {
  /// How many rows one statement adds.
  private static let group = 16

  private struct Row: Equatable, Comparable {
    var answer: AnswerID
    var trace: TraceID
    static func < (left: Row, right: Row) -> Bool { (left.answer, left.trace) < (right.answer, right.trace) }
  }

  private var added: [Row] = []

  mutating func add(_ trace: TraceID, restingOn answers: [AnswerID]) {
    for answer in answers { added.append(Row(answer: answer, trace: trace)) }
  }

  /// Writes them. An answer that a trace names twice has one backedge to it.
  mutating func write(to connection: Connection) throws(StoreError) {
    added.sort()
    var rows: [Row] = []
    rows.reserveCapacity(added.count)
    var start = 0
    while start < added.count {
      let first = added[start]
      var traces: [TraceID] = []
      var sum: Int64 = 0
      while start < added.count, added[start].answer == first.answer {
        if traces.last != added[start].trace {
          traces.append(added[start].trace)
          sum += Seal.ofBackedge(first.answer, added[start].trace)
        }
        start += 1
      }
      let isInRow = try connection.setBackedge(of: first.answer, first.trace, sum)
      if !isInRow { try connection.addToBackedges(of: first.answer, sum) }
      for trace in traces.dropFirst(isInRow ? 1 : 0) { rows.append(Row(answer: first.answer, trace: trace)) }
    }
    added.removeAll(keepingCapacity: true)

    let whole = rows.count / Backedges.group * Backedges.group
    for start in stride(from: 0, to: whole, by: Backedges.group) {
      try write(rows[start..<start + Backedges.group], to: connection)
    }
    for row in rows[whole...] {
      try connection.execute("INSERT INTO further_backedge (answer, trace) VALUES (?, ?)", row.answer, row.trace)
    }
  }

  private func write(_ rows: ArraySlice<Row>, to connection: Connection) throws(StoreError) {
    let statement = try connection.statement(
      """
      INSERT INTO further_backedge (answer, trace) VALUES (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?),
        (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)
      """)
    defer { statement.reset() }
    var parameter: Int32 = 1
    for row in rows {
      try statement.bind(row.answer, at: parameter)
      try statement.bind(row.trace, at: parameter + 1)
      parameter += 2
    }
    while try statement.step() {}
  }
}

extension Connection {
  /// Puts an answer's first backedge into its row; false if it has one, or had.
  fileprivate func setBackedge(of answer: AnswerID, _ trace: TraceID, _ sum: Int64) throws(StoreError) -> Bool {
    try execute(
      "UPDATE answer SET traces = ?, trace = ? WHERE id = ? AND traces = 0 AND trace IS NULL", sum & Seal.backedgeMask,
      trace, answer)
    return changes > 0
  }

  fileprivate func addToBackedges(of answer: AnswerID, _ sum: Int64) throws(StoreError) {
    try execute("UPDATE answer SET traces = (traces + ?) & ? WHERE id = ?", sum, Seal.backedgeMask, answer)
  }

  /// Deletes the backedges of a trace that goes.
  func deleteBackedges(of trace: TraceRow) throws(StoreError) {
    guard trace.isWhole else {
      // What it rests on cannot be read from it. One pass over all; damage is rare.
      let answers: [AnswerID] = try all("SELECT answer FROM backedge WHERE trace = ?", trace.id) { $0.id(0) }
      return try deleteBackedges(of: trace.id, restingOn: answers)
    }
    try deleteBackedges(of: trace.id, restingOn: trace.answers)
  }

  private func deleteBackedges(of trace: TraceID, restingOn answers: [AnswerID]) throws(StoreError) {
    for answer in Set(answers) {
      try execute("UPDATE answer SET trace = NULL WHERE id = ? AND trace = ?", answer, trace)
      if changes == 0 { try execute("DELETE FROM further_backedge WHERE answer = ? AND trace = ?", answer, trace) }
      if changes > 0 { try addToBackedges(of: answer, -Seal.ofBackedge(answer, trace)) }
    }
  }

  /// Throws unless the backedges of an answer, as summed up while they were read, are all there (W12).
  func checkBackedges(of answer: AnswerID, sum: Int64) throws(StoreError) {
    let expected = try first("SELECT traces FROM answer WHERE id = ?", answer) { $0.int(0) } ?? 0
    guard sum & Seal.backedgeMask == expected else {
      throw damaged("the backedges of answer \(answer.number) are not all there")
    }
  }
}
