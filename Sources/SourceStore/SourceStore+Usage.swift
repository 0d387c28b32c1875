import CacheIdentity

/// How often a trace was served since the last report.
public struct TraceUse: Hashable, Sendable {
  /// The trace.
  public let trace: TraceID
  /// The number of hits.
  public let hits: Int
  /// When the last of them was seen: milliseconds since 1970, UTC.
  public let lastUsed: Int64

  /// Makes a report.
  public init(trace: TraceID, hits: Int, lastUsed: Int64) {
    self.trace = trace
    self.hits = hits
    self.lastUsed = lastUsed
  }
}

extension SourceStore {
  /// Adds hits to what is recorded, in one transaction. Traces that were pruned meanwhile are passed over.
  public func record(_ uses: [TraceUse]) throws(StoreError) {
    try write { connection throws(StoreError) in
      for use in uses {
        try connection.execute(
          """
          INSERT INTO usage (trace, hits, last_used) SELECT id, ?2, ?3 FROM trace WHERE id = ?1
          ON CONFLICT (trace) DO UPDATE SET hits = hits + excluded.hits, last_used = max(last_used, excluded.last_used)
          """, use.trace, use.hits, use.lastUsed)
      }
    }
  }

  /// Takes a key out of service for good: its generator gave two sources for the same answers (B11).
  ///
  /// The key's code instances go, and those of everything built from it: as misses, for nothing in the store can say which
  /// of the two sources is right. Lookups that begin after this see it.
  public func quarantine(_ key: SourceKey, stored: Digest, found: Digest) throws(StoreError) {
    defer { readers?.expire() }
    try write { connection throws(StoreError) in
      guard let row = try connection.keyRow(key) else { return }
      try connection.execute(
        """
        INSERT OR IGNORE INTO quarantine (method, instance, owner, stored, found, found_at) VALUES (?, ?, ?, ?, ?, ?)
        """, row.method, row.firstHalf, row.owner, stored, found, ProcessIdentity.now)
      try connection.condemn(row)
    }
  }
}

extension Connection {
  /// Deletes the code instances of a key and of everything built from it. Once they are gone, nothing tells when their
  /// sources end, so nothing that rests on these may stay (W12).
  func condemn(_ key: KeyRow) throws(StoreError) {
    var condemned = [key]
    var seen: Set<KeyRow> = [key]
    while let key = condemned.popLast() {
      try execute(
        """
        UPDATE lineage SET evictions = evictions + 1
        WHERE id IN (SELECT lineage FROM code_instance WHERE method = ? AND instance = ? AND owner = ?)
        """, key.method, key.firstHalf, key.owner)
      try execute(
        "DELETE FROM code_instance WHERE method = ? AND instance = ? AND owner = ?", key.method, key.firstHalf,
        key.owner)
      guard let question = try sourceQuestion(of: key) else { continue }
      try deleteRanges(of: question)
      for answer in try answers(to: question) {
        for trace in try traces(restingOn: answer) where seen.insert(trace.key).inserted { condemned.append(trace.key) }
      }
    }
  }
}
