import SourceCodec
import Synchronization

/// What there is to know of the bytes of a name, found out once.
struct KnownName {
  let name: CodeLayout.Name
  /// A copy of the bytes.
  let bytes: UnsafeBufferPointer<UInt8>
  let hash: UInt64
  let isASCII: Bool
  /// Its number among the well-known names, or -1.
  let wellKnown: Int

  func has(_ other: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Bool {
    self.hash == hash && bytes.count == other.count
      && ExactText.areEqual(UnsafeRawBufferPointer(bytes), UnsafeRawBufferPointer(other))
  }

  /// Finds out all about bytes; `nil` if they are no text. To be let go by ``destroy(_:)``, if at all.
  static func make(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64, isASCII: Bool) -> UnsafePointer<KnownName>? {
    guard let text = String(checking: bytes, isASCII: isASCII) else { return nil }
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    let place = UnsafeMutablePointer<KnownName>.allocate(capacity: 1)
    place.initialize(
      to: KnownName(
        name: CodeLayout.Name(text, hash: hash), bytes: UnsafeBufferPointer(copy), hash: hash, isASCII: isASCII,
        wellKnown: WellKnownNames.number(of: bytes, hash: hash) ?? -1))
    return UnsafePointer(place)
  }

  static func destroy(_ known: UnsafePointer<KnownName>) {
    known.pointee.bytes.deallocate()
    let place = UnsafeMutablePointer(mutating: known)
    place.deinitialize(count: 1)
    place.deallocate()
  }
}

/// The names that this process has read: the same few thousand stand in nearly all sources, so most are made once.
///
/// Never shrinks, and grows no further than ``limit`` names of at most ``longest`` bytes: a megabyte or two, whatever is read. Names
/// beyond are made for each code anew. Reading waits for nobody: a place is written once, before it is published.
enum KnownNames {
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
    /// How far from its own place a name may stand, so that looking for it takes no longer, whatever was read.
    private static let reach = 16

    init() {
      places = .allocate(capacity: Table.size)
      for number in 0..<Table.size { (places + number).initialize(to: Place(nil)) }
      let names = WellKnownNames.list.compactMap { name in
        var name = name
        return name.withUTF8 { bytes in
          let (hash, isASCII) = ExactText.hash(bytes)
          return KnownName.make(bytes, hash: hash, isASCII: isASCII)
        }
      }
      let list = UnsafeMutableBufferPointer<UnsafePointer<KnownName>>.allocate(capacity: names.count)
      _ = list.initialize(from: names)
      wellKnown = UnsafeBufferPointer(list)
      for name in names { _ = put(name) }
    }

    /// The name with these bytes, if it is known.
    func find(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> UnsafePointer<KnownName>? {
      var distance: UInt64 = 0
      while distance < UInt64(Table.reach) {
        let place = Int(truncatingIfNeeded: (hash &+ distance) & UInt64(Table.size - 1))
        guard let known = places[place].load(ordering: .acquiring) else { return nil }
        if known.pointee.has(bytes, hash: hash) { return known }
        distance += 1
      }
      return nil
    }

    /// Adds a name unless it is known by now; `isShared` is false if there is no place for it.
    func insert(_ made: UnsafePointer<KnownName>) -> (known: UnsafePointer<KnownName>, isShared: Bool) {
      var result = (known: made, isShared: false)
      KnownNames.count.withLock { count in
        if let other = find(made.pointee.bytes, hash: made.pointee.hash) {
          result = (other, true)
        } else if count < limit, put(made) {
          count += 1
          result.isShared = true
        }
      }
      return result
    }

    private func put(_ known: UnsafePointer<KnownName>) -> Bool {
      for distance in 0..<UInt64(Table.reach) {
        let place = Int(truncatingIfNeeded: (known.pointee.hash &+ distance) & UInt64(Table.size - 1))
        if places[place].load(ordering: .relaxed) == nil {
          places[place].store(known, ordering: .releasing)
          return true
        }
      }
      return false
    }
  }

  /// How many names were added; held by whoever adds one.
  private static let count = Mutex(0)
  static let table = Table()

  /// Finds out about bytes that are not known: `isShared` says whether they are known from now on, or the caller lets go of them. `nil`
  /// if they are no text.
  static func add(
    _ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64, isASCII: Bool
  ) -> (known: UnsafePointer<KnownName>, isShared: Bool)? {
    guard let made = KnownName.make(bytes, hash: hash, isASCII: isASCII) else { return nil }
    guard bytes.count <= longest else { return (made, false) }
    let (known, isShared) = table.insert(made)
    if known != made { KnownName.destroy(made) }
    return (known, isShared)
  }

  /// The name of bytes, without making it once more where it is known; `nil` if they are no text.
  static func name(of bytes: UnsafeBufferPointer<UInt8>) -> CodeLayout.Name? {
    let (hash, isASCII) = ExactText.hash(bytes)
    if let known = table.find(bytes, hash: hash) { return known.pointee.name }
    guard let (known, isShared) = add(bytes, hash: hash, isASCII: isASCII) else { return nil }
    let name = known.pointee.name
    if !isShared { KnownName.destroy(known) }
    return name
  }
}

extension ByteCursor {
  /// Reads a length-prefixed text of the kind that stands in many sources, such as the name of a method or a file.
  package mutating func readKnownText() throws(DecodingFailure) -> String { try readKnownName().text }

  mutating func readKnownName() throws(DecodingFailure) -> CodeLayout.Name {
    let start = self
    guard let name = KnownNames.name(of: try readData()) else { throw start.failure(.notUTF8) }
    return name
  }
}
