/// What is found by a word that is made of the objects it is about.
protocol Traced: AnyObject {
  /// The same for equal keys, mostly another one for others.
  var trace: UInt { get }
}

/// A hash table of objects that know their own hash: finding one makes no key and takes no cryptographic hash function, which would
/// cost more than all else that is done for a call. Nobody chooses addresses so that they collide.
///
/// Linear probing, at most half full.
struct TraceTable<Entry: Traced> {
  /// A power of two.
  private var places = [Entry?](repeating: nil, count: 256)
  private(set) var count = 0
  private var shift: UInt = 56

  /// The object with this trace that is the right one.
  @inline(__always)
  func find(_ trace: UInt, where isRight: (Entry) -> Bool) -> Entry? {
    var place = Int(trace >> shift)
    while let entry = places[place] {
      if entry.trace == trace, isRight(entry) { return entry }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// Adds an object that is not there yet; takes constant time in the mean.
  mutating func insert(_ entry: Entry) {
    if 2 * count >= places.count { grow() }
    count += 1
    put(entry)
  }

  private mutating func put(_ entry: Entry) {
    var place = Int(entry.trace >> shift)
    while places[place] != nil { place = (place + 1) & (places.count - 1) }
    places[place] = entry
  }

  private mutating func grow() {
    let old = places
    places = [Entry?](repeating: nil, count: 2 * old.count)
    shift -= 1
    for entry in old {
      if let entry { put(entry) }
    }
  }

  /// Takes out an object, if it is there.
  mutating func remove(_ entry: Entry) {
    let mask = places.count - 1
    var gap = Int(entry.trace >> shift)
    while let other = places[gap], other !== entry { gap = (gap + 1) & mask }
    if places[gap] == nil { return }
    count -= 1
    // What comes after the gap moves into it, unless it would stand before its own place.
    var next = gap
    while true {
      next = (next + 1) & mask
      guard let follower = places[next] else { break }
      let home = Int(follower.trace >> shift)
      if (next - home) & mask >= (next - gap) & mask {
        places[gap] = follower
        gap = next
      }
    }
    places[gap] = nil
  }

  /// All objects, in no order.
  var all: some Sequence<Entry> { places.lazy.compactMap { $0 } }
}

extension UInt {
  /// Begins a trace with the address of an object that lives as long as what is found by it.
  static func trace(of object: ObjectIdentifier) -> UInt { UInt(0).traced(object) }

  /// Goes on with such an object.
  func traced(_ object: ObjectIdentifier) -> UInt {
    ((self << 5 | self >> 59) ^ UInt(bitPattern: object)).mixed
  }

  /// Its first bits depend on all.
  var mixed: UInt { self &* 0x9e37_79b9_7f4a_7c15 }
}
