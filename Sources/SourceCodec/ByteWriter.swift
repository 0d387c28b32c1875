import CacheIdentity

/// Writes the canonical binary form: each value has exactly one encoding, so equal values have equal bytes.
///
/// Integers are LEB128 varints (signed ones zigzag first), texts and byte strings are length-prefixed, digests are 16 bytes.
public struct ByteWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Starts with nothing written.
  public init() {}

  /// Writes one byte.
  public mutating func write(byte: UInt8) { bytes.append(byte) }

  /// Writes an unsigned integer in 1 to 10 bytes.
  public mutating func write(unsigned number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Writes a signed integer in 1 to 10 bytes; small magnitudes are short.
  public mutating func write(signed number: Int64) {
    write(unsigned: UInt64(bitPattern: number << 1) ^ UInt64(bitPattern: number >> 63))
  }

  /// Writes a count of things that follow.
  public mutating func write(count: Int) { write(unsigned: UInt64(count)) }

  /// Writes eight bytes, big-endian: for bit patterns that a varint would lengthen.
  public mutating func write(word: UInt64) { withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) } }

  /// Writes a length-prefixed text.
  public mutating func write(text: String) {
    write(count: text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// Writes a length-prefixed byte string.
  public mutating func write(data: some Collection<UInt8>) {
    write(count: data.count)
    bytes.append(contentsOf: data)
  }

  /// Writes the 16 bytes of a digest.
  public mutating func write(digest: Digest) {
    write(word: digest.high)
    write(word: digest.low)
  }
}
