import CacheIdentity
import SourceCodec

/// The columns of a source's content.
struct ContentRow {
  var digest: Digest
  var codec: Int64
  var dictionary: Int64?
  var rawSize: Int64
  var bytes: [UInt8]

  /// Whether the bytes are compressed: they are shorter then, always.
  var isCompressed: Bool { Int64(bytes.count) < rawSize }
}

// The bytes of sources.
extension Connection {
  static let compression = SourceCompression()
  /// No source is as large: what says so is damaged, and must not make us allocate that much.
  private static let largestSource: Int64 = 1 << 30

  /// The source's row; gives bytes back to a row whose bytes were pruned or are damaged.
  func intern(_ source: EncodedSource) throws(StoreError) -> SourceID {
    let codec = try intern(codec: source.codec)
    let known: (SourceID, ContentRow?)? = try first(
      """
      SELECT digest, codec, dictionary, raw_size, bytes, id FROM source
      WHERE substr(digest, 1, 5) = substr(?1, 1, 5) AND digest = ?1
      """, source.digest
    ) { row throws(StoreError) in (row.id(5), row.isNull(4) ? nil : try row.content(0)) }
    if let (id, content) = known {
      if let content, content.codec == codec, (try? payload(content)) == source.payload { return id }
      let (dictionary, bytes) = try compressed(source.payload, codec: codec)
      try execute(
        "UPDATE source SET codec = ?, dictionary = ?, raw_size = ?, bytes = ? WHERE id = ?", codec, dictionary,
        source.payload.count, bytes, id)
      return id
    }
    let (dictionary, bytes) = try compressed(source.payload, codec: codec)
    return SourceID(
      try insert(
        "INSERT INTO source (codec, dictionary, raw_size, digest, bytes) VALUES (?, ?, ?, ?, ?)", codec, dictionary,
        source.payload.count, source.digest, bytes))
  }

  /// A payload as it is stored: with the codec's newest dictionary, if there is one and it helps.
  func compressed(_ payload: [UInt8], codec: Int64) throws(StoreError) -> (dictionary: Int64?, [UInt8]) {
    guard let (id, dictionary) = try newestDictionary(of: codec),
      let bytes = Connection.compression.compress(payload.span.bytes, with: dictionary)
    else { return (nil, payload) }
    return (id, bytes)
  }

  func newestDictionary(of codec: Int64) throws(StoreError) -> (id: Int64, CompressionDictionary)? {
    if let known = interned.dictionaries[codec] { return known.dictionary }
    let id = try first("SELECT id FROM dictionary WHERE codec = ? ORDER BY id DESC LIMIT 1", codec) { $0.int(0) }
    var newest = Interned.NewestDictionary()
    if let id, let dictionary = try? dictionary(id) { newest.dictionary = (id, dictionary) }
    interned.dictionaries[codec] = newest
    return newest.dictionary
  }

  /// The bytes as they were generated. They are not verified: their digest is.
  func payload(_ content: ContentRow) throws(StoreError) -> [UInt8] {
    guard content.isCompressed else { return content.bytes }
    var dictionary: CompressionDictionary?
    if let id = content.dictionary { dictionary = try self.dictionary(id) }
    do throws(DecodingFailure) {
      guard content.rawSize <= Connection.largestSource else {
        throw DecodingFailure(.notDecompressible(Int(content.rawSize)), at: 0)
      }
      return try Connection.compression.decompress(
        content.bytes.span.bytes, rawSize: Int(content.rawSize), with: dictionary)
    } catch {
      throw StoreError(.undecodable(error), path: path, detail: "source \(content.digest.abbreviated)")
    }
  }

  /// The source, verified by its digest (W9).
  func source(_ content: ContentRow, codec: String) throws(StoreError) -> EncodedSource {
    let payload = try payload(content)
    do throws(DecodingFailure) {
      return try EncodedSource(codec: codec, payload: payload, verifying: content.digest)
    } catch {
      throw StoreError(.undecodable(error), path: path, detail: "source \(content.digest.abbreviated)")
    }
  }

  /// The same by its row; throws if the bytes were pruned.
  func source(_ id: SourceID) throws(StoreError) -> EncodedSource {
    let found = try first(
      """
      SELECT s.digest, s.codec, s.dictionary, s.raw_size, s.bytes, c.name
      FROM source s LEFT JOIN codec c ON c.id = s.codec WHERE s.id = ?
      """, id
    ) { row throws(StoreError) in (try row.content(0), row.text(5)) }
    guard let (content, codec) = found else { throw damaged("source \(id.number) has no row") }
    return try source(content, codec: codec)
  }

  /// A dictionary, which is kept: ids are never used twice, for the newest one never goes.
  private func dictionary(_ id: Int64) throws(StoreError) -> CompressionDictionary {
    if let known = dictionaries[id] { return known }
    let found = try first("SELECT digest, bytes FROM dictionary WHERE id = ?", id) {
      row throws(StoreError) in (try row.digest(0), row.bytes(1))
    }
    guard let (digest, bytes) = found, let made = try? CompressionDictionary(bytes: bytes), made.digest == digest else {
      throw damaged("dictionary \(id) is missing or not what its digest says")
    }
    dictionaries[id] = made
    return made
  }
}

extension Statement {
  /// A source's digest, codec, dictionary, raw size and bytes, from five columns.
  func content(_ column: Int32) throws(StoreError) -> ContentRow {
    ContentRow(
      digest: try digest(column), codec: int(column + 1), dictionary: isNull(column + 2) ? nil : int(column + 2),
      rawSize: int(column + 3), bytes: bytes(column + 4))
  }
}
