import CacheIdentity
import SourceCodec

/// A key by the ids of its parts.
struct KeyRow: Hashable {
  var method: MethodID
  var instance: Digest
  var owner: OwnerID

  /// The instance as its two columns hold it.
  var firstHalf: Int64 { Int64(bitPattern: instance.high) }
  var secondHalf: Int64 { Int64(bitPattern: instance.low) }
}

/// A row of `code_instance` with what its seal covers.
struct CodeInstanceRow {
  var key: KeyRow
  var lineage: LineageID
  var range: WorldRange
  var trace: TraceID
  var source: SourceID?
  var sourceDigest: Digest?
  var isSealWhole: Bool
  var hasBytes: Bool

  /// What a question about the key's source is answered in this range.
  var answer: Answer { .source(sourceDigest) }
}

extension Connection {
  /// A key by the ids of its parts; `nil` if the store knows nothing of its method or owner.
  func keyRow(_ key: SourceKey) throws(StoreError) -> KeyRow? {
    var method = isWriting ? interned.methods[key.methodHash] : nil
    if method == nil { method = try methodID(key.methodHash) }
    var owner = isWriting ? interned.owners[key.owner] : nil
    if owner == nil { owner = try ownerID(key.owner) }
    guard let method, let owner else { return nil }
    return KeyRow(method: method, instance: key.instance, owner: owner)
  }

  func sourceKey(_ row: KeyRow) throws(StoreError) -> SourceKey {
    SourceKey(methodHash: try methodHash(row.method), instance: row.instance, owner: try ownerDigest(row.owner))
  }

  func methodHash(_ id: MethodID) throws(StoreError) -> Digest {
    let hash = try first("SELECT hash FROM stored_method WHERE id = ?", id) { row throws(StoreError) in
      try row.digest(0)
    }
    guard let hash else { throw damaged("method \(id.number) has no row") }
    return hash
  }

  func ownerDigest(_ id: OwnerID) throws(StoreError) -> Digest {
    let digest = try first("SELECT digest FROM owner WHERE id = ?", id) { row throws(StoreError) in
      try row.digest(0)
    }
    guard let digest else { throw damaged("owner \(id.number) has no row") }
    return digest
  }

  /// All code instances of a key, in every lineage, oldest first. One of a key that shares half of the instance has a broken seal.
  func codeInstances(of key: KeyRow) throws(StoreError) -> [CodeInstanceRow] {
    try all(
      """
      SELECT c.lineage, c.min_world, c.max_world, c.trace, c.source, s.digest, c.seal, s.bytes IS NOT NULL
      FROM code_instance c LEFT JOIN source s ON s.id = c.source
      WHERE c.method = ? AND c.instance = ? AND c.owner = ? ORDER BY c.lineage, c.min_world
      """, key.method, key.firstHalf, key.owner
    ) { row throws(StoreError) in try CodeInstanceRow(key, row) }
  }

  /// The open code instances of a lineage whose traces rest on an answer, by trace. Throws if backedges were lost or changed:
  /// whatever they led to would never be closed (W12).
  func openCodeInstances(restingOn answer: AnswerID, in lineage: LineageID) throws(StoreError) -> [OpenInstance] {
    var traces: [(id: TraceID, key: KeyRow, position: Int)] = []
    var sum: Int64 = 0
    try eachTrace(restingOn: answer) { row throws(StoreError) in
      let key = try row.keyOfWholeTrace()
      sum += Seal.ofBackedge(answer, row.id(0))
      traces.append((row.id(0), key, traces.count))
    }
    try checkBackedges(of: answer, sum: sum)
    guard !traces.isEmpty else { return [] }

    var found: [OpenInstance?] = Array(repeating: nil, count: traces.count)
    traces.sort { $1.key.isBefore($0.key) }
    var newest = try NewestInstances(in: lineage, self)
    defer { newest.end() }
    for trace in traces {
      found[trace.position] = try newest.findOpen(trace.id, of: trace.key)
    }
    return found.compactMap(\.self)
  }

  func newestCodeInstance(of key: KeyRow, in lineage: LineageID) throws(StoreError) -> CodeInstanceRow? {
    try first(
      """
      SELECT c.lineage, c.min_world, c.max_world, c.trace, c.source, s.digest, c.seal, s.bytes IS NOT NULL
      FROM code_instance c LEFT JOIN source s ON s.id = c.source
      WHERE c.method = ? AND c.instance = ? AND c.owner = ? AND c.lineage = ? ORDER BY c.min_world DESC LIMIT 1
      """, key.method, key.firstHalf, key.owner, lineage
    ) { row throws(StoreError) in try CodeInstanceRow(key, row) }
  }

  /// Adds a code instance, and with it the answer that it gives to questions about its source.
  func open(
    _ trace: TraceID, _ key: KeyRow, in lineage: LineageID, range: WorldRange,
    source: SourceID?, sourceAnswer: Answer, revived: Bool
  ) throws(StoreError) {
    let seal = Seal.of(
      key, lineage: lineage, range: range, trace: trace, source: source == nil ? nil : sourceAnswer.digest)
    try execute(
      """
      INSERT INTO code_instance (method, instance, owner, lineage, min_world, last_world, trace, source, revived, seal)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, key.method, key.firstHalf, key.owner, lineage, range.min, range.last, trace, source, revived, seal)
    try recordSource(of: key, sourceAnswer, in: lineage, range: range)
  }

  /// Records the answer that a new code instance gives to questions about its source.
  func recordSource(
    of key: KeyRow, _ sourceAnswer: Answer, in lineage: LineageID, range: WorldRange
  ) throws(StoreError) {
    guard let question = try sourceQuestion(of: key) else { return }
    let answer = try intern(sourceAnswer, to: question)
    // A part of it may be recorded by a code instance that was pruned. If that one ended where the head still is, what
    // comes after it is in no world yet, so it is the same row that goes on.
    let recorded = try answerRanges(of: question, in: lineage)
    for part in range.parts(outside: recorded.map(\.range)) {
      if let before = recorded.first(where: { $0.answer == answer && $0.range.max == part.min.previous }) {
        try extend(before, of: question, in: lineage, to: part.max)
      } else {
        try record(answer, to: question, in: lineage, range: part)
      }
    }
  }

  /// Deletes a code instance. An open one is counted as an eviction: no tick will say that it ended.
  func delete(_ instance: CodeInstanceRow) throws(StoreError) {
    try deleteInstance(of: instance.key, in: instance.lineage, from: instance.range.min)
    if instance.range.isOpen { try countEviction(in: instance.lineage) }
  }

  func delete(_ instance: OpenInstance) throws(StoreError) {
    try deleteInstance(of: instance.key, in: instance.lineage, from: instance.min)
    try countEviction(in: instance.lineage)
  }

  private func deleteInstance(of key: KeyRow, in lineage: LineageID, from min: WorldAge) throws(StoreError) {
    try execute(
      "DELETE FROM code_instance WHERE method = ? AND instance = ? AND owner = ? AND lineage = ? AND min_world = ?",
      key.method, key.firstHalf, key.owner, lineage, min)
  }

  private func countEviction(in lineage: LineageID) throws(StoreError) {
    try execute("UPDATE lineage SET evictions = evictions + 1 WHERE id = ?", lineage)
  }
}

extension WorldRange {
  /// The last world as it is stored: nothing while the range is open.
  var last: WorldAge? { isOpen ? nil : max }
}

extension CodeInstanceRow {
  /// Reads lineage, range, trace, source, the source's digest, the seal and whether there are bytes, from eight columns.
  fileprivate init(_ key: KeyRow, _ row: Statement, at column: Int32 = 0) throws(StoreError) {
    self.key = key
    lineage = row.id(column)
    range = try row.range(column + 1, column + 2)
    trace = row.id(column + 3)
    source = row.optionalID(column + 4)
    sourceDigest = try row.isNull(column + 5) ? nil : row.digest(column + 5)
    isSealWhole =
      row.int(column + 6) == Seal.of(key, lineage: lineage, range: range, trace: trace, source: sourceDigest)
    hasBytes = row.bool(column + 7) || source == nil
  }
}
