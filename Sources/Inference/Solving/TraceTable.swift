/// What is found by a word that is made of the objects it is about.
protocol Traced: AnyObject {
  /// The same for equal keys, mostly another one for others.
  var trace: UInt { get }
}

/// A hash table of objects that know their own hash: finding one makes no key and takes no cryptographic hash function, which would
/// cost more than all else that is done for a call. Nobody chooses addresses so that they collide.
///
/// Linear probing, at most half full. An object, so that looking something up holds on to nothing but the table itself.
final class TraceTable<Entry: Traced> {
  /// A power of two. What stands in it was retained, and is released when it is taken out.
  @exclusivity(unchecked) private var places: UnsafeMutableBufferPointer<Unmanaged<Entry>?>
  @exclusivity(unchecked) private(set) var count = 0
  @exclusivity(unchecked) private var shift: UInt = 56

  init() { places = TraceTable.emptyPlaces(256) }

  deinit {
    for entry in places { entry?.release() }
    places.deallocate()
  }

  private static func emptyPlaces(_ count: Int) -> UnsafeMutableBufferPointer<Unmanaged<Entry>?> {
    let places = UnsafeMutableBufferPointer<Unmanaged<Entry>?>.allocate(capacity: count)
    places.initialize(repeating: nil)
    return places
  }

  /// The object with this trace that is the right one.
  @inline(__always)
  func find(_ trace: UInt, where isRight: (Entry) -> Bool) -> Entry? {
    var place = Int(truncatingIfNeeded: trace &>> shift)
    while let entry = places[place] {
      if entry._withUnsafeGuaranteedRef({ $0.trace == trace && isRight($0) }) { return entry.takeUnretainedValue() }
      place = (place &+ 1) & (places.count &- 1)
    }
    return nil
  }

  /// Adds an object that is not there yet; takes constant time in the mean.
  func insert(_ entry: Entry) {
    if 2 * count >= places.count { grow() }
    count += 1
    put(.passRetained(entry))
  }

  private func put(_ entry: Unmanaged<Entry>) {
    var place = home(entry)
    while places[place] != nil { place = (place + 1) & (places.count - 1) }
    places[place] = entry
  }

  private func home(_ entry: Unmanaged<Entry>) -> Int {
    Int(truncatingIfNeeded: entry._withUnsafeGuaranteedRef(\.trace) &>> shift)
  }

  private func grow() {
    let old = places
    places = TraceTable.emptyPlaces(2 * old.count)
    shift -= 1
    for entry in old {
      if let entry { put(entry) }
    }
    old.deallocate()
  }

  /// Takes out an object, if it is there.
  func remove(_ entry: Entry) {
    let mask = places.count - 1
    var gap = home(.passUnretained(entry))
    while let other = places[gap], other.toOpaque() != Unmanaged.passUnretained(entry).toOpaque() {
      gap = (gap + 1) & mask
    }
    guard let removed = places[gap] else { return }
    defer { removed.release() }
    count -= 1
    // What comes after the gap moves into it, unless it would stand before its own place.
    var next = gap
    while true {
      next = (next + 1) & mask
      guard let follower = places[next] else { break }
      if (next - home(follower)) & mask >= (next - gap) & mask {
        places[gap] = follower
        gap = next
      }
    }
    places[gap] = nil
  }

  /// All objects, in no order.
  var all: [Entry] { places.compactMap { $0?.takeUnretainedValue() } }
}

extension UInt {
  /// Begins a trace with the address of an object that lives as long as what is found by it.
  static func trace(of object: ObjectIdentifier) -> UInt { UInt(0).traced(object) }

  /// Goes on with such an object.
  func traced(_ object: ObjectIdentifier) -> UInt { traced(UInt(bitPattern: object)) }

  /// The same for its address.
  func traced(_ address: UInt) -> UInt { ((self << 5 | self >> 59) ^ address).mixed }

  /// Its first bits depend on all.
  var mixed: UInt { self &* 0x9e37_79b9_7f4a_7c15 }
}
