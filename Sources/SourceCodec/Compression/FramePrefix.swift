/// What stands before the content of the only block of a small frame: all of it follows from the two sizes.
///
///     magic number 4 | descriptor 1: single segment, no checksum, no dictionary | raw size 1 or 2 | block header 3: last, compressed
enum FramePrefix {
  /// Raw sizes up to this one have their frames taken off: one block holds them, and two bytes their size.
  static let largestRawSize = (1 << 16) - 257
  /// The most bytes that a prefix has.
  static let largestCount = 10

  /// Writes the prefix at the start of a buffer of at least ``largestCount`` bytes; returns its length. `rawSize` is at most
  /// ``largestRawSize``, `blockSize` is smaller.
  static func write(to buffer: UnsafeMutableRawBufferPointer, rawSize: Int, blockSize: Int) -> Int {
    buffer.storeBytes(of: UInt32(0xfd2f_b528).littleEndian, toByteOffset: 0, as: UInt32.self)
    var count: Int
    if rawSize < 256 {
      buffer[4] = 0x20
      buffer[5] = UInt8(truncatingIfNeeded: rawSize)
      count = 6
    } else {
      buffer[4] = 0x60
      buffer.storeBytes(of: UInt16(truncatingIfNeeded: rawSize - 256).littleEndian, toByteOffset: 5, as: UInt16.self)
      count = 7
    }
    // Last block 1, type 2 (compressed) shifted by 1, size shifted by 3.
    let header = UInt32(truncatingIfNeeded: blockSize) << 3 | 2 << 1 | 1
    for shift: UInt32 in [0, 8, 16] {
      buffer[count] = UInt8(truncatingIfNeeded: header >> shift)
      count += 1
    }
    return count
  }
}
