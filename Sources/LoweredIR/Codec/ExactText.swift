/// A text that equals only what has the same bytes: strings that are just canonically equivalent are different names.
struct ExactText: Hashable {
  let text: String
  let hash: UInt64
  private let isASCII: Bool

  init(_ text: String) {
    var text = text
    (hash, isASCII) = text.withUTF8 { ExactText.hash($0) }
    self.text = text
  }

  static func == (left: ExactText, right: ExactText) -> Bool {
    left.hash == right.hash && left.text == right.text
      && (left.isASCII && right.isASCII || left.text.utf8.elementsEqual(right.text.utf8))
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

// Texts as bytes. Eight at a time: `String`'s own functions have to see canonical equivalence.
extension ExactText {
  /// Up to so many bytes all are in one word, from which the steps of ``hash(_:)`` lead back: texts of the same length and hash are equal.
  static let exactlyHashed = 8

  /// A hash of a text's bytes, the same in each process, and whether all of them are ASCII.
  @inline(__always) static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> (hash: UInt64, isASCII: Bool) {
    let raw = UnsafeRawBufferPointer(bytes)
    let count = raw.count
    var hash = UInt64(truncatingIfNeeded: count) &* 0xff51_afd7_ed55_8ccd
    var all: UInt64 = 0
    func add(_ word: UInt64) {
      hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 32
      all |= word
    }
    if count <= exactlyHashed {
      add(short(raw))
    } else {
      var position = 0
      // The last word may overlap the one before.
      while position < count &- 8 {
        add(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        position &+= 8
      }
      add(raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
    }
    return (hash, all & 0x8080_8080_8080_8080 == 0)
  }

  /// Whether two texts have the same bytes.
  static func areEqual(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    var (left, right) = (left, right)
    return left.withUTF8 { left in
      right.withUTF8 { areEqual(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer($0)) }
    }
  }

  /// Whether two texts of the same length have the same bytes.
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    let count = left.count
    if count <= exactlyHashed { return short(left) == short(right) }
    var position = 0
    while position < count &- 8 {
      if left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        != right.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      {
        return false
      }
      position &+= 8
    }
    return left.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      == right.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
  }

  /// All bytes of at most eight, in one word: different ones for different bytes of the same number.
  @inline(__always) private static func short(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    if count >= 4 {
      return UInt64(bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
        | UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)) << 32
    }
    if count == 0 { return 0 }
    return UInt64(bytes[0]) | UInt64(bytes[count >> 1]) << 8 | UInt64(bytes[count - 1]) << 16
  }
}
