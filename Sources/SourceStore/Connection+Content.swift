import CXXHash
import CacheIdentity
import SourceCodec

/// The columns of a source's content.
struct ContentRow {
  var digest: Digest
  var codec: Int64
  var dictionary: Int64?
  var rawSize: Int64
  /// A checksum of the other columns; see ``Connection/seal(of:codec:)``.
  var seal: Int64
  var bytes: [UInt8]

  /// Whether the bytes are compressed: they are shorter then, always.
  var isCompressed: Bool { Int64(bytes.count) < rawSize }
}

/// A codec's name, with the checksum of it that seals begin with.
struct CodecName {
  let name: String
  fileprivate let sum: Checksum

  init(_ name: String) {
    self.name = name
    var sum = Checksum()
    sum.add(name)
    self.sum = sum
  }
}

// The bytes of sources.
extension Connection {
  static let compression = SourceCompression()
  /// No source is as large: what says so is damaged, and must not make us allocate that much.
  private static let largestSource: Int64 = 1 << 30

  /// The source's row; gives bytes back to a row whose bytes were pruned or are damaged.
  func intern(_ source: EncodedSource) throws(StoreError) -> SourceID {
    let codec = try intern(codec: source.codec)
    for number in DigestIDs(source.digest.high) {
      let id = SourceID(number)
      let known: (digest: Digest, content: ContentRow?)? = try first(
        "SELECT digest, codec, dictionary, raw_size, seal, bytes FROM source WHERE id = ?", id
      ) { row throws(StoreError) in
        let digest = try row.digest(0)
        return (digest, digest != source.digest || row.isNull(5) ? nil : try row.content(0))
      }
      guard let known else {
        try add(try contentRow(source, codec: codec), as: id)
        return id
      }
      guard known.digest == source.digest else { continue }
      if let content = known.content, content.codec == codec,
        (try? self.source(content, codec: CodecName(source.codec))) == source
      {
        return id
      }
      let row = try contentRow(source, codec: codec)
      try execute("UPDATE source SET codec = ?, raw_size = ? WHERE id = ?", codec, row.rawSize, id)
      try store(row, in: id)
      return id
    }
    throw damaged("there is no id for source \(source.digest.abbreviated)")
  }

  private func add(_ content: ContentRow, as id: SourceID) throws(StoreError) {
    try execute(
      "INSERT INTO source (id, codec, dictionary, raw_size, seal, digest, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)", id,
      content.codec, content.dictionary, content.rawSize, content.seal, content.digest, content.bytes)
  }

  /// Adds the source of an earlier format: without bytes, if they are not what the digest says, for its seal would vouch for them. Then the
  /// key misses, and its next generation gives them back (W9, W12).
  func convert(_ content: ContentRow?, _ digest: Digest, codec: (id: Int64, name: String), rawSize: Int64)
    throws(StoreError) -> SourceID
  {
    for id in DigestIDs(digest.high) {
      let known = try first("SELECT 1 FROM source WHERE id = ?", id) { _ in true }
      guard known == nil else { continue }
      var row =
        content
        ?? ContentRow(
          digest: digest, codec: codec.id, dictionary: nil, rawSize: rawSize, seal: 0, bytes: [])
      let isWhole = content != nil && (try? verifiedSource(row, codec: codec.name)) != nil
      if isWhole { row.seal = try seal(of: row, codec: CodecName(codec.name)) }
      try add(row, as: SourceID(id))
      if !isWhole { try execute("UPDATE source SET bytes = NULL WHERE id = ?", id) }
      return SourceID(id)
    }
    throw damaged("there is no id for source \(digest.abbreviated)")
  }

  /// Gives a row other bytes for the same content.
  func store(_ content: ContentRow, in id: SourceID) throws(StoreError) {
    try execute(
      "UPDATE source SET dictionary = ?, seal = ?, bytes = ? WHERE id = ?", content.dictionary, content.seal,
      content.bytes, id)
  }

  /// A source as it is stored: compressed with the codec's newest dictionary, if there is one and it helps.
  func contentRow(_ source: EncodedSource, codec: Int64) throws(StoreError) -> ContentRow {
    var row = ContentRow(
      digest: source.digest, codec: codec, dictionary: nil, rawSize: Int64(source.payload.count), seal: 0,
      bytes: source.payload)
    if let (id, dictionary) = try newestDictionary(of: codec),
      let bytes = Connection.compression.compress(source.payload.span.bytes, with: dictionary)
    {
      (row.dictionary, row.bytes) = (id, bytes)
    }
    row.seal = try seal(of: row, codec: CodecName(source.codec))
    return row
  }

  /// The checksum of a source's row that a hit checks in place of its digest (W9): of the codec's name, the dictionary, the raw size,
  /// the digest and the stored bytes.
  func seal(of content: ContentRow, codec: CodecName) throws(StoreError) -> Int64 {
    var sum = codec.sum
    sum.add(content.digest)
    sum.add(content.rawSize)
    if let id = content.dictionary { sum.add(try dictionary(id).digest) }
    let whole = content.bytes.withUnsafeBytes { worldcache_xxh3($0.baseAddress, $0.count, sum.state) }
    // 32 bits take 4 bytes in the row.
    return Int64(Int32(truncatingIfNeeded: whole >> 32))
  }

  func newestDictionary(of codec: Int64) throws(StoreError) -> (id: Int64, CompressionDictionary)? {
    if let known = interned.dictionaries[codec] { return known.dictionary }
    let id = try first("SELECT id FROM dictionary WHERE codec = ? ORDER BY id DESC LIMIT 1", codec) { $0.int(0) }
    var newest = Interned.NewestDictionary()
    if let id, let dictionary = try? dictionary(id) { newest.dictionary = (id, dictionary) }
    interned.dictionaries[codec] = newest
    return newest.dictionary
  }

  /// The bytes as they were generated, not verified.
  private func payload(_ content: ContentRow) throws(StoreError) -> [UInt8] {
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

  /// The source, if its row is what the seal says (W9). This finds damage; it costs a fraction of the digest.
  func source(_ content: ContentRow, codec: CodecName) throws(StoreError) -> EncodedSource {
    guard try content.seal == seal(of: content, codec: codec) else {
      throw damaged("the seal of source \(content.digest.abbreviated) is broken")
    }
    return EncodedSource(codec: codec.name, payload: try payload(content), whoseDigestIs: content.digest)
  }

  /// The source, verified by its digest: for what leaves the store, or gets a new seal.
  func verifiedSource(_ content: ContentRow, codec: String) throws(StoreError) -> EncodedSource {
    let payload = try payload(content)
    do throws(DecodingFailure) {
      return try EncodedSource(codec: codec, payload: payload, verifying: content.digest)
    } catch {
      throw StoreError(.undecodable(error), path: path, detail: "source \(content.digest.abbreviated)")
    }
  }

  /// The same by its row; throws if the bytes were pruned.
  func verifiedSource(_ id: SourceID) throws(StoreError) -> EncodedSource {
    let found = try first(
      """
      SELECT s.digest, s.codec, s.dictionary, s.raw_size, s.seal, s.bytes, c.name
      FROM source s LEFT JOIN codec c ON c.id = s.codec WHERE s.id = ?
      """, id
    ) { row throws(StoreError) in (try row.content(0), row.text(6)) }
    guard let (content, codec) = found else { throw damaged("source \(id.number) has no row") }
    return try verifiedSource(content, codec: codec)
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
  /// A source's digest, codec, dictionary, raw size, seal and bytes, from six columns.
  func content(_ column: Int32) throws(StoreError) -> ContentRow { content(of: try digest(column), column + 1) }

  /// The same with the digest known, from the other five.
  func content(of digest: Digest, _ column: Int32) -> ContentRow {
    // Ids begin at 1, and NULL reads as 0.
    let dictionary = int(column + 1)
    return ContentRow(
      digest: digest, codec: int(column), dictionary: dictionary == 0 ? nil : dictionary, rawSize: int(column + 2),
      seal: int(column + 3), bytes: bytes(column + 4))
  }
}
