/// The tuple types, by the objects that their parts are. A type is made of each call's arguments, so finding it makes no key and takes
/// no cryptographic hash function: nobody chooses addresses so that they collide.
///
/// Linear probing, at most half full. Types live as long as the process, so none is taken out.
struct TupleTypes: Sendable {
  private struct Place {
    var trace: UInt = 0
    var type: Unmanaged<ResolvedType>?
  }

  /// A power of two.
  private var places = [Place](repeating: Place(), count: 1 << 10)
  private var count = 0

  func find(_ parts: TupleParts) -> ResolvedType? { places[place(of: parts)].type?.takeUnretainedValue() }

  /// Adds a type, unless an equal one is there. Returns the one that is there now; takes constant time in the mean.
  mutating func insert(_ type: ResolvedType, of parts: TupleParts) -> ResolvedType {
    if 2 * count >= places.count { grow() }
    let place = place(of: parts)
    if let known = places[place].type { return known.takeUnretainedValue() }
    places[place] = Place(trace: parts.trace, type: .passRetained(type))
    count += 1
    return type
  }

  /// Where a type is, or is to be.
  private func place(of parts: TupleParts) -> Int {
    var place = first(parts.trace)
    while let known = places[place].type,
      places[place].trace != parts.trace || !known._withUnsafeGuaranteedRef({ parts.areParts(of: $0) })
    {
      place = (place + 1) & (places.count - 1)
    }
    return place
  }

  /// The first bits of a product depend on all of its factors.
  private func first(_ trace: UInt) -> Int { Int(trace >> 32) & (places.count - 1) }

  private mutating func grow() {
    let known = places
    places = [Place](repeating: Place(), count: 2 * known.count)
    for entry in known where entry.type != nil {
      var place = first(entry.trace)
      while places[place].type != nil { place = (place + 1) & (places.count - 1) }
      places[place] = entry
    }
  }
}

/// What a tuple type is made of. Nothing is counted for its parts: types live as long as the process.
struct TupleParts {
  let parts: [Unmanaged<ResolvedType>]
  let tail: ResolvedType?
  /// The same for equal parts, mostly another one for others.
  let trace: UInt

  init(_ parts: [Unmanaged<ResolvedType>], tail: ResolvedType?) {
    self.parts = parts
    self.tail = tail
    var trace = tail.map { UInt(bitPattern: ObjectIdentifier($0)) } ?? 0
    for part in parts {
      trace = ((trace << 5 | trace >> 59) ^ UInt(bitPattern: part.identity)) &* 0x9e37_79b9_7f4a_7c15
    }
    self.trace = trace
  }

  func areParts(of type: ResolvedType) -> Bool {
    guard case .tuple(let own, let ownTail) = type.shape, ownTail === tail, own.count == parts.count else {
      return false
    }
    for position in own.indices where ObjectIdentifier(own[position]) != parts[position].identity { return false }
    return true
  }
}

extension Unmanaged {
  /// Which object it is.
  fileprivate var identity: ObjectIdentifier { _withUnsafeGuaranteedRef { ObjectIdentifier($0) } }
}
