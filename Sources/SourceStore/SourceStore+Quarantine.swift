import CacheIdentity

extension SourceStore {
  /// Whether any key is quarantined (B11). One seek.
  public func hasQuarantine() throws(StoreError) -> Bool {
    try read { connection throws(StoreError) in
      try connection.first("SELECT 1 FROM quarantine LIMIT 1") { _ in true } ?? false
    }
  }

  /// Whether a key is quarantined, so that nobody may serve a source of it, wherever he has it from (B11).
  public func isQuarantined(_ key: SourceKey) throws(StoreError) -> Bool {
    try readRecent { connection throws(StoreError) in
      guard let row = try connection.keyRow(key) else { return false }
      return try connection.isQuarantined(row)
    }
  }
}
