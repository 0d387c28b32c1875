import SourceCodec

/// The names of one code, in the order in which they are new. Each is new only once.
struct NameTable: ~Copyable {
  /// A name, and the constants that it is last; ``none`` if it is none.
  struct Record: BitwiseCopyable {
    let known: UnsafePointer<KnownName>
    var callee = none
    var global = none

    /// Less than each place of a constant that is looked for.
    static let none = Int32.min
  }

  private let table = KnownNames.table
  private(set) var list = GrowingBuffer<Record>(capacity: LayoutParts.usual)
  /// For each name that the process keeps, the last code in which it was new: a look at one word tells whether it is new in the present
  /// one, however many names that has.
  private let newest: UnsafeMutablePointer<UInt64>
  /// The present code's number, never zero. Codes are numbered as they come; there is no time for more than 64 bits.
  private var code: UInt64 = 1
  /// Names that only this code knows.
  private var own: [UnsafePointer<KnownName>] = []
  /// Those that stand in the code, by their bytes.
  private var ownPlaces: [[UInt8]: UnsafePointer<KnownName>] = [:]

  init() {
    newest = .allocate(capacity: KnownNames.limit)
    newest.initialize(repeating: 0, count: KnownNames.limit)
  }

  deinit {
    for known in own { KnownName.destroy(known) }
    newest.deallocate()
  }

  /// Adds a name that is spelled out; throws if it is no text, stands here already, or is well known.
  @inline(__always)
  mutating func add(spelledOut bytes: UnsafeBufferPointer<UInt8>) throws(DecodingFailure.Problem) {
    let (hash, isASCII) = ExactText.hash(bytes)
    guard let known = table.find(bytes, hash: hash) else { return try add(unknown: bytes, isASCII: isASCII) }
    guard known.pointee.number >= WellKnownNames.list.count else { throw .notCanonical }
    guard add(known) else { throw .notCanonical }
  }

  /// The same for a name that the process does not know by now.
  @inline(never)
  private mutating func add(
    unknown bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool
  ) throws(DecodingFailure.Problem) {
    guard let text = String(checking: bytes, isASCII: isASCII) else { throw .notUTF8 }
    let ownCount = own.count
    let known = name(unknown: bytes, text)
    if known.pointee.number >= 0 {
      guard add(known) else { throw .notCanonical }
    } else {
      guard own.count > ownCount else { throw .notCanonical }
      list.append(Record(known: known))
    }
  }

  /// Adds a well-known name; false if it stands here already.
  mutating func add(wellKnown number: Int) -> Bool { add(table.wellKnown[number]) }

  @inline(__always) private mutating func add(_ known: UnsafePointer<KnownName>) -> Bool {
    // Less than the limit: it is kept.
    let place = newest + Int(known.pointee.number)
    guard place.pointee != code else { return false }
    place.pointee = code
    list.append(Record(known: known))
    return true
  }

  /// The one name of a text, for as long as the code's layout lives.
  mutating func name(of text: String) -> UnsafePointer<KnownName> {
    var copy = text
    return copy.withUTF8 { bytes in
      table.find(bytes, hash: ExactText.hash(bytes).hash) ?? name(unknown: bytes, text)
    }
  }

  /// The same for one that the process did not know just now.
  private mutating func name(unknown bytes: UnsafeBufferPointer<UInt8>, _ text: String) -> UnsafePointer<KnownName> {
    if !own.isEmpty, let known = ownPlaces[Array(bytes)] { return known }
    let known = KnownNames.add(bytes, text)
    if known.pointee.number < 0 {
      own.append(known)
      ownPlaces[Array(bytes)] = known
    }
    return known
  }

  /// Takes a name that may be known to this code alone, and does not stand in its list.
  mutating func take(_ known: UnsafePointer<KnownName>) {
    if known.pointee.number < 0 { own.append(known) }
  }

  /// Whether there are names that only this code knows.
  var hasOwn: Bool { !own.isEmpty }

  /// Gives those names away that only this code knows.
  mutating func giveOwn() -> [UnsafePointer<KnownName>] {
    defer { own = [] }
    return own
  }

  /// Forgets all.
  mutating func clear() {
    list.clear(keeping: LayoutParts.usual)
    code &+= 1
    if !ownPlaces.isEmpty { ownPlaces = [:] }
    if !own.isEmpty {
      for known in own { KnownName.destroy(known) }
      own = []
    }
  }
}
