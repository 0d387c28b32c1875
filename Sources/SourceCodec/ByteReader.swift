import CacheIdentity

/// What is wrong with bytes that should be the canonical form of something.
public struct DecodingFailure: Error, Hashable, Sendable {
  /// The kinds of trouble.
  public enum Problem: Error, Hashable, Sendable {
    /// The bytes end before the value does.
    case truncated(needed: Int)
    /// A number is longer than it needs to be, or too large for its place.
    case notCanonical
    /// A tag that this version does not know, of the kind named.
    case unknownTag(UInt64, of: String)
    /// A text is not UTF-8.
    case notUTF8
    /// A count or nesting exceeds what the bytes can hold or the reader allows.
    case tooLarge(UInt64)
    /// The bytes have the form of a value, but the value breaks the rule that the text names.
    case invalidValue(String)
    /// Bytes remain after the value.
    case trailing(Int)
    /// The envelope names another codec or version.
    case wrongCodec(found: String, expected: String)
    /// The bytes are not the compressed form of so many bytes.
    case notDecompressible(Int)
    /// The bytes do not have the digest under which they are kept (W9).
    case wrongDigest(found: Digest, expected: Digest)
  }

  /// What is wrong.
  public let problem: Problem
  /// Where, in bytes from the start of the value's bytes.
  public let offset: Int

  /// Makes a failure.
  public init(_ problem: Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }
}

/// Reads the canonical binary form from untrusted bytes: every read is checked, and nothing is read past the end.
public struct ByteReader {
  @usableFromInline let bytes: ArraySlice<UInt8>
  /// How many bytes were read.
  public internal(set) var offset = 0

  /// Reads from the start of `bytes`.
  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// Reads from the start of a slice; offsets count from there.
  public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// How many bytes are left.
  public var remaining: Int { bytes.count - offset }

  /// A failure at this place.
  public func failure(_ problem: DecodingFailure.Problem) -> DecodingFailure { DecodingFailure(problem, at: offset) }

  /// Lends the bytes to a cursor, and goes on where that stops.
  @inlinable public mutating func withCursor<Result>(
    _ body: (inout ByteCursor) throws(DecodingFailure) -> Result
  ) throws(DecodingFailure) -> Result {
    let offset = offset
    let (result, end) = try bytes.withUnsafeBufferPointer { (buffer) throws(DecodingFailure) in
      var cursor = ByteCursor(buffer, at: offset)
      return (try body(&cursor), cursor.offset)
    }
    skip(to: end)
    return result
  }

  @usableFromInline mutating func skip(to end: Int) { offset = end }

  /// Reads one byte.
  public mutating func readByte() throws(DecodingFailure) -> UInt8 {
    try withCursor { (cursor) throws(DecodingFailure) in try cursor.readByte() }
  }

  /// Reads an unsigned integer; refuses forms that ``ByteWriter`` does not write.
  public mutating func readUnsigned() throws(DecodingFailure) -> UInt64 {
    try withCursor { (cursor) throws(DecodingFailure) in try cursor.readUnsigned() }
  }

  /// Reads a signed integer.
  public mutating func readSigned() throws(DecodingFailure) -> Int64 { Int64(zigzag: try readUnsigned()) }

  /// Reads a count of things that follow, each of at least `minimumSize` bytes: refuses one that cannot be true.
  public mutating func readCount(minimumSize: Int = 1) throws(DecodingFailure) -> Int {
    let count = try readUnsigned()
    guard count <= UInt64(remaining / Swift.max(1, minimumSize)) else { throw failure(.tooLarge(count)) }
    return Int(count)
  }

  /// Reads an integer that is used as an index or position.
  public mutating func readInt() throws(DecodingFailure) -> Int {
    let number = try readUnsigned()
    guard let result = Int(exactly: number) else { throw failure(.tooLarge(number)) }
    return result
  }

  /// Reads eight bytes, big-endian.
  public mutating func readWord() throws(DecodingFailure) -> UInt64 {
    guard remaining >= 8 else { throw failure(.truncated(needed: 8 - remaining)) }
    defer { offset += 8 }
    return bytes.dropFirst(offset).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Reads a length-prefixed byte string.
  public mutating func readData() throws(DecodingFailure) -> ArraySlice<UInt8> {
    let count = try readCount()
    defer { offset += count }
    return bytes.dropFirst(offset).prefix(count)
  }

  /// Reads a length-prefixed text.
  public mutating func readText() throws(DecodingFailure) -> String {
    try withCursor { (cursor) throws(DecodingFailure) in try cursor.readText() }
  }

  /// Reads a digest.
  public mutating func readDigest() throws(DecodingFailure) -> Digest {
    Digest(high: try readWord(), low: try readWord())
  }

  /// Makes sure that nothing is left.
  public func finish() throws(DecodingFailure) {
    guard remaining == 0 else { throw failure(.trailing(remaining)) }
  }
}

extension Int64 {
  /// The signed integer of a number of ``ByteWriter/write(signed:)``.
  @inlinable public init(zigzag number: UInt64) {
    self = Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }
}
