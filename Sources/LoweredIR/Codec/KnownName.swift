import SourceCodec
import Synchronization

/// What there is to know of the bytes of a name, found out once. Its bytes stand behind it: most names are one line of the processor's
/// caches in all.
@usableFromInline struct KnownName {
  @usableFromInline let hash: UInt64
  let count: Int
  @usableFromInline let text: String
  /// Its number among the names that the process keeps, of which the well-known ones are the first; -1 of other names.
  fileprivate(set) var number: Int32
  let isASCII: Bool

  @inlinable var name: CodeLayout.Name { CodeLayout.Name(text, hash: hash) }

  /// The size of a line.
  private static let alignment = 64

  /// Whether it has other bytes, whose hash is known.
  @inline(__always)
  static func has(
    _ known: UnsafePointer<KnownName>, _ other: UnsafeBufferPointer<UInt8>, hash: UInt64
  ) -> Bool {
    guard known.pointee.hash == hash, known.pointee.count == other.count else { return false }
    return other.count <= ExactText.exactlyHashed
      || ExactText.areEqual(UnsafeRawBufferPointer(bytes(of: known)), UnsafeRawBufferPointer(other))
  }

  static func bytes(of known: UnsafePointer<KnownName>) -> UnsafeBufferPointer<UInt8> {
    let start = UnsafeRawPointer(known + 1).assumingMemoryBound(to: UInt8.self)
    return UnsafeBufferPointer(start: start, count: known.pointee.count)
  }

  /// Finds out all about the bytes of a text. To be let go by ``destroy(_:)``, if at all.
  static func make(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) -> UnsafePointer<KnownName> {
    let (hash, isASCII) = ExactText.hash(bytes)
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<KnownName>.stride + bytes.count, alignment: alignment)
    let place = memory.bindMemory(to: KnownName.self, capacity: 1)
    place.initialize(
      to: KnownName(hash: hash, count: bytes.count, text: text, number: -1, isASCII: isASCII))
    let copy = UnsafeMutableRawPointer(place + 1).bindMemory(to: UInt8.self, capacity: bytes.count)
    _ = UnsafeMutableBufferPointer(start: copy, count: bytes.count).initialize(from: bytes)
    return UnsafePointer(place)
  }

  static func destroy(_ known: UnsafePointer<KnownName>) {
    let place = UnsafeMutablePointer(mutating: known)
    place.deinitialize(count: 1)
    UnsafeMutableRawPointer(place).deallocate()
  }
}

/// The names that this process has read: the same few thousand stand in nearly all sources, so most are made once.
///
/// Never shrinks, and grows no further than ``limit`` names of at most ``longest`` bytes: a megabyte or two, whatever is read. Names
/// beyond are made for each code anew. Reading waits for nobody: a place is written once, before it is published.
enum KnownNames {
  /// How many names are kept, well-known ones included.
  static let limit = 1 << 13
  static let longest = 128

  typealias Place = Atomic<UnsafePointer<KnownName>?>

  /// A hash table with room for twice the names.
  ///
  /// Invariant: the memory lives as long as the process, and what stands in a place is written once, before it is published.
  struct Table: @unchecked Sendable {
    private let places: UnsafeMutablePointer<Place>
    /// The well-known names by their numbers.
    let wellKnown: UnsafeBufferPointer<UnsafePointer<KnownName>>
    private static let size = 2 * limit
    /// To the bits of a hash that all bits before them have a part in.
    private static let shift = UInt64(64 - size.trailingZeroBitCount)
    /// How far from its own place a name may stand, so that looking for it takes no longer, whatever was read.
    private static let reach = 16

    init() {
      places = .allocate(capacity: Table.size)
      for number in 0..<Table.size { (places + number).initialize(to: Place(nil)) }
      let names = WellKnownNames.list.map { name in
        var text = name
        return text.withUTF8 { KnownName.make($0, name) }
      }
      let list = UnsafeMutableBufferPointer<UnsafePointer<KnownName>>.allocate(capacity: names.count)
      _ = list.initialize(from: names)
      wellKnown = UnsafeBufferPointer(list)
      for (number, name) in names.enumerated() { _ = put(name, number: number) }
    }

    /// A place for names with a hash, so far from their first.
    @inline(__always) static func place(of hash: UInt64, _ distance: UInt64) -> Int {
      Int(truncatingIfNeeded: ((hash >> shift) &+ distance) & UInt64(size - 1))
    }

    /// The name with these bytes, if it is known.
    @inline(__always)
    func find(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> UnsafePointer<KnownName>? {
      var distance: UInt64 = 0
      while distance < UInt64(Table.reach) {
        guard let known = places[Table.place(of: hash, distance)].load(ordering: .acquiring) else { return nil }
        if KnownName.has(known, bytes, hash: hash) { return known }
        distance &+= 1
      }
      return nil
    }

    /// Adds a name unless it is known by now; `nil` if there is no place for it.
    fileprivate func insert(_ made: UnsafePointer<KnownName>) -> UnsafePointer<KnownName>? {
      var result: UnsafePointer<KnownName>?
      KnownNames.count.withLock { count in
        result = find(KnownName.bytes(of: made), hash: made.pointee.hash)
        guard result == nil, count < limit, put(made, number: count) else { return }
        count += 1
        result = made
      }
      return result
    }

    private func put(_ known: UnsafePointer<KnownName>, number: Int) -> Bool {
      for distance in 0..<UInt64(Table.reach) {
        let place = Table.place(of: known.pointee.hash, distance)
        if places[place].load(ordering: .relaxed) == nil {
          UnsafeMutablePointer(mutating: known).pointee.number = Int32(truncatingIfNeeded: number)
          places[place].store(known, ordering: .releasing)
          return true
        }
      }
      return false
    }
  }

  /// How many names are kept; held by whoever adds one.
  private static let count = Mutex(WellKnownNames.list.count)
  static let table = Table()

  /// Finds out about the bytes of a text, which are not known. From now on they are known, unless the name's number is negative: then the
  /// caller lets go of it.
  @inline(never)
  static func add(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) -> UnsafePointer<KnownName> {
    let made = KnownName.make(bytes, text)
    guard bytes.count <= longest, let known = table.insert(made) else { return made }
    if known != made { KnownName.destroy(made) }
    return known
  }
}

extension ByteCursor {
  /// Reads a length-prefixed text of the kind that stands in many sources, such as the name of a method. The caller lets go of a name
  /// whose number is negative.
  mutating func readKnownName() throws(DecodingFailure) -> UnsafePointer<KnownName> {
    let start = self
    let bytes = try readData()
    let (hash, isASCII) = ExactText.hash(bytes)
    if let known = KnownNames.table.find(bytes, hash: hash) { return known }
    guard let text = String(checking: bytes, isASCII: isASCII) else { throw start.failure(.notUTF8) }
    return KnownNames.add(bytes, text)
  }
}
