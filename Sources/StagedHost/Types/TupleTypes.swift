/// The tuple types, by the objects that their parts are. A type is made of each call's arguments, so finding it makes no key and takes
/// no cryptographic hash function: nobody chooses addresses so that they collide.
///
/// Linear probing, at most half full. Types live as long as the process, so none is taken out.
struct TupleTypes: Sendable {
  private struct Place {
    var trace: UInt
    var type: ResolvedType?
  }

  /// A power of two.
  private var places = [Place](repeating: Place(trace: 0, type: nil), count: 1 << 10)
  private var count = 0

  /// The same for equal parts, mostly another one for others.
  static func trace(_ parts: ArraySlice<ResolvedType>, _ tail: ResolvedType?) -> UInt {
    var trace = tail.map { UInt(bitPattern: ObjectIdentifier($0)) } ?? 0
    for part in parts {
      trace = ((trace << 5 | trace >> 59) ^ UInt(bitPattern: ObjectIdentifier(part))) &* 0x9e37_79b9_7f4a_7c15
    }
    return trace
  }

  func find(_ trace: UInt, _ parts: ArraySlice<ResolvedType>, _ tail: ResolvedType?) -> ResolvedType? {
    places[place(of: trace, parts, tail)].type
  }

  /// Adds a type, unless an equal one is there. Returns the one that is there now; takes constant time in the mean.
  mutating func insert(
    _ type: ResolvedType, _ trace: UInt, _ parts: ArraySlice<ResolvedType>, _ tail: ResolvedType?
  ) -> ResolvedType {
    if 2 * count >= places.count { grow() }
    let place = place(of: trace, parts, tail)
    if let known = places[place].type { return known }
    places[place] = Place(trace: trace, type: type)
    count += 1
    return type
  }

  /// Where a type is, or is to be.
  private func place(of trace: UInt, _ parts: ArraySlice<ResolvedType>, _ tail: ResolvedType?) -> Int {
    var place = first(trace)
    while let known = places[place].type, places[place].trace != trace || !known.isTuple(of: parts, tail) {
      place = (place + 1) & (places.count - 1)
    }
    return place
  }

  /// The first bits of a product depend on all of its factors.
  private func first(_ trace: UInt) -> Int { Int(trace >> 32) & (places.count - 1) }

  private mutating func grow() {
    let known = places
    places = [Place](repeating: Place(trace: 0, type: nil), count: 2 * known.count)
    for entry in known where entry.type != nil {
      var place = first(entry.trace)
      while places[place].type != nil { place = (place + 1) & (places.count - 1) }
      places[place] = entry
    }
  }
}

extension ResolvedType {
  fileprivate func isTuple(of parts: ArraySlice<ResolvedType>, _ tail: ResolvedType?) -> Bool {
    guard case .tuple(let own, let ownTail) = shape else { return false }
    return ownTail === tail && own.count == parts.count && zip(own, parts).allSatisfy { $0 === $1 }
  }
}
