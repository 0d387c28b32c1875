import CacheIdentity
import SourceCodec

/// A key by the ids of its parts.
struct KeyRow: Hashable {
  var method: MethodID
  var instance: Digest
  var owner: OwnerID
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
  func keyRow(_ key: SourceKey) throws(StoreError) -> KeyRow? {
    guard
      let method: MethodID = try first("SELECT id FROM method WHERE hash = ?", key.methodHash, read: { $0.id(0) }),
      let owner: OwnerID = try first("SELECT id FROM owner WHERE digest = ?", key.owner, read: { $0.id(0) })
    else { return nil }
    return KeyRow(method: method, instance: key.instance, owner: owner)
  }

  func sourceKey(_ row: KeyRow) throws(StoreError) -> SourceKey {
    let digests = try first(
      "SELECT m.hash, o.digest FROM method m, owner o WHERE m.id = ? AND o.id = ?", row.method, row.owner
    ) { statement throws(StoreError) in (try statement.digest(0), try statement.digest(1)) }
    guard let (methodHash, owner) = digests else {
      throw damaged("method \(row.method.number) or owner \(row.owner.number) has no row")
    }
    return SourceKey(methodHash: methodHash, instance: row.instance, owner: owner)
  }

  /// All code instances of a key, in every lineage, oldest first.
  func codeInstances(of key: KeyRow) throws(StoreError) -> [CodeInstanceRow] {
    try all(
      """
      SELECT c.lineage, c.min_world, c.max_world, c.trace, c.source, s.digest, c.seal, s.bytes IS NOT NULL
      FROM code_instance c LEFT JOIN source s ON s.id = c.source
      WHERE c.method = ? AND c.instance = ? AND c.owner = ? ORDER BY c.lineage, c.min_world
      """, key.method, key.instance, key.owner
    ) { row throws(StoreError) in try CodeInstanceRow(key, row) }
  }

  /// The open code instances of a lineage whose traces rest on an answer, by trace.
  func openCodeInstances(restingOn answer: AnswerID, in lineage: LineageID) throws(StoreError) -> [CodeInstanceRow] {
    try all(
      """
      SELECT c.lineage, c.min_world, c.max_world, c.trace, c.source, s.digest, c.seal, s.bytes IS NOT NULL,
        c.method, c.instance, c.owner
      FROM (SELECT DISTINCT trace FROM edge WHERE answer = ?1) e JOIN trace t ON t.id = e.trace
      JOIN code_instance c ON c.method = t.method AND c.instance = t.instance AND c.owner = t.owner
        AND c.lineage = ?2 AND c.trace = t.id AND c.max_world = ?3
      LEFT JOIN source s ON s.id = c.source ORDER BY t.id
      """, answer, lineage, WorldAge.open
    ) { row throws(StoreError) in
      try CodeInstanceRow(KeyRow(method: row.id(8), instance: try row.digest(9), owner: row.id(10)), row)
    }
  }

  func newestCodeInstance(of key: KeyRow, in lineage: LineageID) throws(StoreError) -> CodeInstanceRow? {
    try first(
      """
      SELECT c.lineage, c.min_world, c.max_world, c.trace, c.source, s.digest, c.seal, s.bytes IS NOT NULL
      FROM code_instance c LEFT JOIN source s ON s.id = c.source
      WHERE c.method = ? AND c.instance = ? AND c.owner = ? AND c.lineage = ? ORDER BY c.min_world DESC LIMIT 1
      """, key.method, key.instance, key.owner, lineage
    ) { row throws(StoreError) in try CodeInstanceRow(key, row) }
  }

  /// Adds a code instance, and with it the answer that it gives to questions about its source.
  func open(
    _ trace: TraceID, _ key: KeyRow, in lineage: LineageID, range: WorldRange,
    source: SourceID?, sourceAnswer: Answer, revived: Bool
  ) throws(StoreError) {
    let seal = Seal.of(
      method: key.method, instance: key.instance, owner: key.owner, lineage: lineage, range: range, trace: trace,
      source: source == nil ? nil : sourceAnswer.digest)
    try execute(
      """
      INSERT INTO code_instance (method, instance, owner, lineage, min_world, max_world, trace, source, revived, seal)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, key.method, key.instance, key.owner, lineage, range.min, range.max, trace, source, revived, seal)
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

  /// Closes an open code instance at `world`; the range is sealed anew.
  func close(_ instance: CodeInstanceRow, at world: WorldAge) throws(StoreError) {
    guard instance.isSealWhole, let range = WorldRange(instance.range.min, world) else {
      // Damaged, or a range that would be empty: serve it no more.
      return try delete(instance)
    }
    let seal = Seal.of(
      method: instance.key.method, instance: instance.key.instance, owner: instance.key.owner,
      lineage: instance.lineage, range: range, trace: instance.trace, source: instance.sourceDigest)
    try execute(
      """
      UPDATE code_instance SET max_world = ?, seal = ?
      WHERE method = ? AND instance = ? AND owner = ? AND lineage = ? AND min_world = ?
      """, world, seal, instance.key.method, instance.key.instance, instance.key.owner, instance.lineage,
      instance.range.min)
  }

  /// Deletes a code instance. An open one is counted as an eviction: no tick will say that it ended.
  func delete(_ instance: CodeInstanceRow) throws(StoreError) {
    try execute(
      "DELETE FROM code_instance WHERE method = ? AND instance = ? AND owner = ? AND lineage = ? AND min_world = ?",
      instance.key.method, instance.key.instance, instance.key.owner, instance.lineage, instance.range.min)
    if instance.range.isOpen {
      try execute("UPDATE lineage SET evictions = evictions + 1 WHERE id = ?", instance.lineage)
    }
  }

  /// The question about a key's source, if anything was ever built from it.
  func sourceQuestion(of key: KeyRow) throws(StoreError) -> QuestionID? {
    try first(
      "SELECT question FROM source_question WHERE method = ? AND instance = ? AND owner = ?", key.method, key.instance,
      key.owner
    ) { $0.id(0) }
  }
}

extension CodeInstanceRow {
  fileprivate init(_ key: KeyRow, _ row: Statement) throws(StoreError) {
    self.key = key
    lineage = row.id(0)
    range = try row.range(1, 2)
    trace = row.id(3)
    source = row.optionalID(4)
    sourceDigest = try row.isNull(5) ? nil : row.digest(5)
    isSealWhole =
      row.int(6)
      == Seal.of(
        method: key.method, instance: key.instance, owner: key.owner, lineage: lineage, range: range, trace: trace,
        source: sourceDigest)
    hasBytes = row.bool(7) || source == nil
  }
}
