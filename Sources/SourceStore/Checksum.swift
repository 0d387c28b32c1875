import CacheIdentity

/// A 64-bit checksum that is the same in every process and version. Not cryptographic: it finds damage and spreads numbers, and
/// whoever uses it for look-ups compares what is found.
struct Checksum {
  private(set) var state: UInt64 = 0x9e37_79b9_7f4a_7c15

  init() {}

  // One round of the splitmix64 finalizer per word.
  mutating func add(_ word: UInt64) {
    state = (state ^ word) &+ 0x9e37_79b9_7f4a_7c15
    state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    state = (state ^ (state >> 27)) &* 0x94d0_49bb_1331_11eb
    state ^= state >> 31
  }

  mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }

  mutating func add(_ digest: Digest) {
    add(digest.high)
    add(digest.low)
  }

  /// Adds the number of bytes and the bytes, eight at a time, little-endian, filled up with zeros.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt64(bytes.count))
    var offset = 0
    while offset + 8 <= bytes.count {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    guard offset < bytes.count else { return }
    var last: UInt64 = 0
    withUnsafeMutableBytes(of: &last) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset...])) }
    add(UInt64(littleEndian: last))
  }

  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// The upper bits as a number that takes few bytes in a row.
  func bits(_ count: UInt64) -> Int64 { Int64(bitPattern: state >> (64 - count)) }
}
