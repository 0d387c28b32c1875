/// A text that equals only what has the same bytes: strings that are just canonically equivalent are different names.
struct ExactText: Hashable {
  let text: String
  let hash: UInt64
  private let isASCII: Bool

  init(_ text: String) {
    var text = text
    (hash, isASCII) = text.withUTF8 { ExactText.hash(UnsafeRawBufferPointer($0)) }
    self.text = text
  }

  static func == (left: ExactText, right: ExactText) -> Bool {
    left.hash == right.hash && left.text == right.text
      && (left.isASCII && right.isASCII || left.text.utf8.elementsEqual(right.text.utf8))
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  /// A hash of a text's bytes, the same in each process, and whether all of them are ASCII. Eight bytes at a time: `String`'s own
  /// has to see canonical equivalence.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> (hash: UInt64, isASCII: Bool) {
    var hash = UInt64(truncatingIfNeeded: bytes.count)
    var all: UInt64 = 0
    var position = 0
    while position < bytes.count {
      var word: UInt64 = 0
      if bytes.count - position >= 8 {
        word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      } else {
        for byte in bytes[position...] { word = word << 8 | UInt64(byte) }
      }
      hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 32
      all |= word
      position += 8
    }
    return (hash, all & 0x8080_8080_8080_8080 == 0)
  }
}
