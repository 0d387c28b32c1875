import SourceCodec

/// The names of one code, in the order in which they are new. Each is new only once.
struct NameTable: ~Copyable {
  /// A name, and the constants that it is last, or -1.
  struct Record {
    let known: UnsafePointer<KnownName>
    var callee: Int32 = -1
    var global: Int32 = -1
  }

  private let table = KnownNames.table
  private(set) var list = GrowingBuffer<Record>(capacity: LayoutParts.usual)
  /// Those that only this code knows.
  private var own: [UnsafePointer<KnownName>] = []
  /// A bit for each of their hashes, modulo 64: tells of most new names that they are new.
  private var hashes: UInt64 = 0
  /// Those that were new, once they are too many to look through.
  private var index: Set<[UInt8]> = []
  private var indexed = 0

  /// Whether all are, so that different bytes are different texts.
  private(set) var isASCII = true

  deinit { for known in own { KnownName.destroy(known) } }

  /// Adds a name that is spelled out; throws if it is no text, stands here already, or is well known.
  mutating func add(spelledOut bytes: UnsafeBufferPointer<UInt8>) throws(DecodingFailure.Problem) {
    let (hash, isASCII) = ExactText.hash(bytes)
    let known: UnsafePointer<KnownName>
    if let found = table.find(bytes, hash: hash) {
      known = found
    } else {
      guard let made = KnownNames.add(bytes, hash: hash, isASCII: isASCII) else { throw .notUTF8 }
      if !made.isShared { own.append(made.known) }
      known = made.known
    }
    let bit: UInt64 = 1 << (hash & 63)
    if hashes & bit != 0, contains(bytes, hash: hash) { throw .notCanonical }
    guard known.pointee.wellKnown < 0 else { throw .notCanonical }
    self.isASCII = self.isASCII && isASCII
    hashes |= bit
    list.append(Record(known: known))
  }

  private mutating func contains(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Bool {
    guard list.count >= 64 else { return list.elements.contains { $0.known.pointee.has(bytes, hash: hash) } }
    for place in indexed..<list.count { index.insert(Array(list.base[place].known.pointee.bytes)) }
    indexed = list.count
    return index.contains(Array(bytes))
  }

  /// Adds a well-known name; false if it stands here already.
  mutating func add(wellKnown number: Int) -> Bool {
    let known = table.wellKnown[number]
    let bit: UInt64 = 1 << (known.pointee.hash & 63)
    if hashes & bit != 0, contains(known.pointee.bytes, hash: known.pointee.hash) { return false }
    hashes |= bit
    list.append(Record(known: known))
    return true
  }

  /// Forgets all.
  mutating func clear() {
    list.clear(keeping: LayoutParts.usual)
    hashes = 0
    isASCII = true
    if !own.isEmpty {
      for known in own { KnownName.destroy(known) }
      own = []
    }
    guard indexed > 0 else { return }
    index = []
    indexed = 0
  }
}
