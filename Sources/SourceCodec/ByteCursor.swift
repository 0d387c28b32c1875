/// Reads the canonical binary form where a ``ByteReader`` lent its bytes: the same checks, without its bookkeeping for each byte.
///
/// Not to be kept beyond the call of ``ByteReader/withCursor(_:)``, for it does not hold the bytes.
public struct ByteCursor {
  @usableFromInline let start: UnsafePointer<UInt8>
  @usableFromInline let end: Int
  @usableFromInline var position: Int

  @inlinable init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) {
    // An empty array has no address; nothing is read from this one then.
    start = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
    end = bytes.count
    self.position = position
  }

  /// How many bytes were read.
  @inlinable public var offset: Int { position }

  /// How many bytes are left.
  @inlinable public var remaining: Int { end &- position }

  /// Moves to where another cursor over the same bytes stands.
  @inlinable public mutating func move(to other: ByteCursor) { position = other.position }

  /// A failure at this place.
  public func failure(_ problem: DecodingFailure.Problem) -> DecodingFailure { DecodingFailure(problem, at: offset) }

  /// Reads one byte.
  @inlinable public mutating func readByte() throws(DecodingFailure) -> UInt8 {
    guard position < end else { throw failure(.truncated(needed: 1)) }
    defer { position += 1 }
    return start[position]
  }

  /// Reads an unsigned integer; refuses forms that ``ByteWriter`` does not write.
  @inlinable @inline(__always) public mutating func readUnsigned() throws(DecodingFailure) -> UInt64 {
    if position < end, start[position] < 0x80 {
      defer { position &+= 1 }
      return UInt64(start[position])
    }
    // Only the copy has to stand in memory, so that this cursor can be kept in registers.
    var ahead = self
    let number = try ahead.readLongUnsigned()
    self = ahead
    return number
  }

  @usableFromInline mutating func readLongUnsigned() throws(DecodingFailure) -> UInt64 {
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

  /// Reads a length-prefixed byte string, which is valid as long as this cursor.
  @inlinable @inline(__always) public mutating func readData() throws(DecodingFailure) -> UnsafeBufferPointer<UInt8> {
    let number = try readUnsigned()
    guard number <= UInt64(remaining) else { throw failure(.tooLarge(number)) }
    let count = Int(truncatingIfNeeded: number)
    defer { position &+= count }
    return UnsafeBufferPointer(start: start + position, count: count)
  }

  /// What was read since another cursor over the same bytes stood where it stands.
  @inlinable public func bytes(since start: ByteCursor) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: self.start + start.position, count: position &- start.position)
  }

  /// Reads a length-prefixed text.
  @inlinable public mutating func readText() throws(DecodingFailure) -> String {
    let start = self
    let bytes = try readData()
    guard let text = String(checking: bytes, isASCII: bytes.isASCII) else { throw start.failure(.notUTF8) }
    return text
  }

  /// Moves behind a length-prefixed text, and makes sure that it is one.
  @inlinable public mutating func skipText() throws(DecodingFailure) {
    let start = self
    let bytes = try readData()
    guard bytes.isASCII || String(checking: bytes, isASCII: false) != nil else { throw start.failure(.notUTF8) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether all bytes are ASCII. Eight at a time; the last eight may overlap others.
  @inlinable var isASCII: Bool {
    guard count >= 8 else { return allSatisfy { $0 < 0x80 } }
    let bytes = UnsafeRawBufferPointer(self)
    var all = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    var position = 0
    while position < count &- 8 {
      all |= bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      position &+= 8
    }
    return all & 0x8080_8080_8080_8080 == 0
  }
}

extension String {
  /// The text of UTF-8 bytes; `nil` if they are none. ASCII, which is nearly all, takes a shorter way.
  @inlinable public init?(checking bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) {
    if isASCII {
      self.init(decoding: bytes, as: UTF8.self)
    } else {
      self.init(validating: bytes, as: UTF8.self)
    }
  }
}
