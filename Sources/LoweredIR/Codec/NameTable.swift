import SourceCodec

/// The names of one code, in the order in which they are new. Each is new only once.
struct NameTable {
  private(set) var list: [String] = []
  /// The bytes of those that are spelled out.
  private var spelledOut: [UnsafeBufferPointer<UInt8>] = []
  /// A bit for each of their hashes, modulo 64: tells of most new names that they are new.
  private var hashes: UInt64 = 0
  /// The same as `spelledOut`, once they are too many to look through.
  private var index: Set<[UInt8]> = []
  /// Which of the well-known names were read; there are at most 128.
  private var wellKnown: UInt128 = 0

  /// Whether all are, so that different bytes are different texts.
  private(set) var isASCII = true

  init() {
    list.reserveCapacity(16)
    spelledOut.reserveCapacity(16)
  }

  /// Adds a name that is spelled out; throws if it is no text, stands here already, or is well known.
  mutating func add(spelledOut bytes: UnsafeBufferPointer<UInt8>) throws(DecodingFailure.Problem) -> String {
    let (hash, isASCII) = ExactText.hash(UnsafeRawBufferPointer(bytes))
    guard let text = String(checking: bytes, isASCII: isASCII) else { throw .notUTF8 }
    let bit: UInt64 = 1 << (hash & 63)
    if hashes & bit != 0, contains(bytes) { throw .notCanonical }
    guard WellKnownNames.number(of: bytes, hash: hash) == nil else { throw .notCanonical }
    self.isASCII = self.isASCII && isASCII
    hashes |= bit
    spelledOut.append(bytes)
    list.append(text)
    return text
  }

  private mutating func contains(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard spelledOut.count >= 64 else { return spelledOut.contains { $0.elementsEqual(bytes) } }
    for name in spelledOut[index.count...] { index.insert(Array(name)) }
    return index.contains(Array(bytes))
  }

  /// Adds a well-known name; false if it stands here already.
  mutating func add(wellKnown number: Int, _ text: String) -> Bool {
    let bit: UInt128 = 1 << UInt128(number)
    guard wellKnown & bit == 0 else { return false }
    wellKnown |= bit
    list.append(text)
    return true
  }
}
