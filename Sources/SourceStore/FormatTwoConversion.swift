import CacheIdentity
import SourceCodec

/// Takes the rows of format 2 that format 3 keeps otherwise into its tables, inside the migration's transaction.
struct FormatTwoConversion {
  let connection: Connection

  func run() throws(StoreError) {
    try connection.convertSources(
      from: """
        SELECT s.digest, s.codec, s.dictionary, s.raw_size, 0, s.bytes, s.id, c.name
        FROM format2_source s LEFT JOIN codec c ON c.id = s.codec ORDER BY s.id
        """)
    connection.interned = Interned()
  }
}

extension Connection {
  /// Copies sources of a format before, which had no seals. Bytes that do not have their digest would get a seal that vouches for them, so
  /// they are left out: then the key misses, and its next generation gives them back (W9, W12).
  ///
  /// - Parameter query: Digest, codec, dictionary, raw size, anything, bytes, id, and the codec's name.
  func convertSources(from query: String) throws(StoreError) {
    let statement = try compile(query)
    defer { statement.reset() }
    while try statement.step() {
      var content = try statement.content(0)
      let isWhole = !statement.isNull(5) && (try? verifiedSource(content, codec: statement.text(7))) != nil
      if isWhole { content.seal = try seal(of: content, codec: statement.text(7)) }
      try execute(
        "INSERT INTO source (id, codec, dictionary, raw_size, seal, digest, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        statement.int(6), content.codec, content.dictionary, content.rawSize, content.seal, content.digest,
        isWhole ? content.bytes : nil)
    }
  }
}
