import CacheIdentity

/// What is wrong with bytes that should be the canonical form of something.
public struct DecodingFailure: Error, Hashable, Sendable {
  /// The kinds of trouble.
  public enum Problem: Hashable, Sendable {
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
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// Reads from the start of `bytes`.
  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// Reads from the start of a slice; offsets count from there.
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// How many bytes were read.
  public var offset: Int { position - bytes.startIndex }

  /// How many bytes are left.
  public var remaining: Int { bytes.endIndex - position }

  /// A failure at this place.
  public func failure(_ problem: DecodingFailure.Problem) -> DecodingFailure { DecodingFailure(problem, at: offset) }

  /// Reads one byte.
  public mutating func readByte() throws(DecodingFailure) -> UInt8 {
    guard position < bytes.endIndex else { throw failure(.truncated(needed: 1)) }
    defer { position += 1 }
    return bytes[position]
  }

  /// Reads an unsigned integer; refuses forms that ``ByteWriter`` does not write.
  public mutating func readUnsigned() throws(DecodingFailure) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try readByte()
      if shift == 63, byte > 1 { throw failure(.notCanonical) }
      result |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 {
        if byte == 0, shift > 0 { throw failure(.notCanonical) }
        return result
      }
      shift += 7
      if shift > 63 { throw failure(.notCanonical) }
    }
  }

  /// Reads a signed integer.
  public mutating func readSigned() throws(DecodingFailure) -> Int64 {
    let number = try readUnsigned()
    return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }

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
    var word: UInt64 = 0
    for index in position..<position + 8 { word = word << 8 | UInt64(bytes[index]) }
    position += 8
    return word
  }

  /// Reads a length-prefixed byte string.
  public mutating func readData() throws(DecodingFailure) -> ArraySlice<UInt8> {
    let count = try readCount()
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// Reads a length-prefixed text.
  public mutating func readText() throws(DecodingFailure) -> String {
    let start = self
    guard let text = String(validating: try readData(), as: UTF8.self) else { throw start.failure(.notUTF8) }
    return text
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
