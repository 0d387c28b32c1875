import CacheIdentity
import SourceCodec

/// Where a source's bytes lie, and how they are stored.
struct ContentPlace {
  let codec: Int
  let stored: UnsafeRawBufferPointer
  /// The size of the source; `nil` if it is stored as it is.
  let compressedFrom: Int?
  /// The number of bytes of all this, in its section.
  let size: Int
}

extension SystemImage {
  /// The source of an entry; `nil` if the generator declined. Its bytes are verified (W9): they are those of this key.
  ///
  /// One SHA-256, for the source's digest. Where only the bytes are needed, ``withPayload(of:_:)`` costs less.
  public func source(of entry: ImageEntry) throws(ImageError) -> EncodedSource? {
    try withPayload(of: entry) { bytes, codec in EncodedSource(codec: codec, payload: Array(bytes)) }
  }

  /// Lends the bytes of an entry's source, which were verified (W9), with the name of their form; returns `nil` without a call
  /// if the generator declined. Bytes that are stored as they are get lent from the mapped file; those of small compressed ones lie
  /// on the stack.
  @inlinable
  public func withPayload<Result>(
    of entry: ImageEntry, _ body: (UnsafeRawBufferPointer, _ codec: String) -> Result
  ) throws(ImageError) -> Result? {
    var result: Result?
    try lendPayload(of: entry, isVerified: isVerified(entry)) { bytes, codec in result = body(bytes, codec) }
    return result
  }

  @usableFromInline
  func isVerified(_ entry: ImageEntry) -> Bool { verified.contains(entry) }

  @usableFromInline
  func lendPayload(
    of entry: ImageEntry, isVerified: Bool, _ body: (UnsafeRawBufferPointer, _ codec: String) -> Void
  ) throws(ImageError) {
    guard entry.source > 0 else {
      if let damage = mismatch(Checksum.of([], seed: entry.hash ^ declinedSeed), of: entry) { throw damage }
      return
    }
    let place = try content(at: entry.source)
    func lend(_ payload: UnsafeRawBufferPointer) -> ImageError? {
      if !isVerified {
        let checksum = Checksum.of(payload, seed: entry.hash ^ codecs[place.codec].seed)
        if let damage = mismatch(checksum, of: entry) { return damage }
        verified.insert(entry)
      }
      body(payload, codecs[place.codec].name)
      return nil
    }
    let damage =
      if let size = place.compressedFrom {
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { raw in
          ContentBlock.decompress(place.stored, into: raw, with: bytes(of: .dictionary))
            ? lend(UnsafeRawBufferPointer(raw))
            : failure(.notDecompressible(expected: size), in: .sources, at: entry.source)
        }
      } else {
        lend(place.stored)
      }
    if let damage { throw damage }
  }

  /// What a question about an entry's source is answered. One SHA-256 of the source.
  public func sourceAnswer(of entry: ImageEntry) throws(ImageError) -> Answer {
    .source(try source(of: entry)?.digest)
  }

  /// The bytes that an entry's source takes in its section; `nil` if the generator declined. Entries may share them.
  package func storedSize(of entry: ImageEntry) throws(ImageError) -> Int? {
    entry.source > 0 ? try content(at: entry.source).size : nil
  }

  private func mismatch(_ found: UInt64, of entry: ImageEntry) -> ImageError? {
    found == entry.checksum
      ? nil
      : failure(.wrongChecksum(found: found, expected: entry.checksum), in: .sources, at: entry.source)
  }

  /// Where a source's bytes lie. Every number is checked before it is used.
  func content(at offset: Int) throws(ImageError) -> ContentPlace {
    let section = UnsafeRawBufferPointer(start: file.base + places.sources, count: places.sourceBytes)
    var position = offset
    @inline(__always)
    func readVarint() throws(ImageError) -> Int {
      if position < section.count, section[position] < 0x80 {
        position += 1
        return Int(section[position - 1])
      }
      var number: UInt64 = 0
      var shift: UInt64 = 0
      while position < section.count, shift < 42 {
        let byte = section[position]
        position += 1
        number |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return Int(number) }
        shift += 7
      }
      throw failure(.outOfBounds(found: number, limit: UInt64(section.count)), in: .sources, at: offset)
    }
    let form = try readVarint()
    let stored = form >> 1
    var codec = 0
    if codecs.count != 1 {
      guard position < section.count, section[position] < codecs.count else {
        throw failure(.outOfBounds(found: UInt64(position), limit: UInt64(codecs.count)), in: .sources, at: offset)
      }
      codec = Int(section[position])
      position += 1
    }
    let raw = form & 1 == 1 ? try readVarint() : nil
    guard stored <= section.count - position else {
      throw failure(
        .outOfBounds(found: UInt64(stored), limit: UInt64(section.count - position)), in: .sources, at: offset)
    }
    // Memory is reserved for what the block can hold, not for what is claimed.
    if let raw, raw > ImageFormat.largestSource || !ContentBlock.canHold(raw, in: stored) {
      throw failure(.notDecompressible(expected: raw), in: .sources, at: offset)
    }
    return ContentPlace(
      codec: codec, stored: UnsafeRawBufferPointer(rebasing: section[position..<position + stored]),
      compressedFrom: raw, size: position + stored - offset)
  }
}
