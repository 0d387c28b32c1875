/// Ids that follow from what a row is about, so that it is found without an index: a 1 and the first 14 bits of a digest or checksum; if
/// another row has that id, 22 bits, and so on. In a table of up to a few thousand rows an id takes two bytes, in one of a million three.
///
/// Invariant: a row whose first id is taken has the next one, so a free id says that the row is not there. A row must stay while one
/// of a longer id begins with its bits.
struct DigestIDs: Sequence, IteratorProtocol {
  private let bits: UInt64
  private var width: UInt64 = 14

  init(_ bits: UInt64) { self.bits = bits }

  mutating func next() -> Int64? {
    guard width < 63 else { return nil }
    defer { width += 8 }
    return Int64(bitPattern: 1 << width | bits >> (64 - width))
  }
}
