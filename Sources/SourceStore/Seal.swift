import CacheIdentity

/// Detects damage of a code instance: a checksum over the row and over the identity of what it points to (W12).
///
/// A source's own bytes are guarded by its digest; the seal guards the way there: that this row is of this key, with this
/// range, and leads to this content. Not cryptographic: it is against bad disks, not against people who can write the file.
struct Seal {
  private var state: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// The seal of a row.
  static func of(
    method: MethodID, instance: Digest, owner: OwnerID, lineage: LineageID, range: WorldRange, trace: TraceID,
    source: Digest?
  ) -> Int64 {
    var seal = Seal()
    seal.add(UInt64(bitPattern: method.number))
    seal.add(instance.high)
    seal.add(instance.low)
    seal.add(UInt64(bitPattern: owner.number))
    seal.add(UInt64(bitPattern: lineage.number))
    seal.add(UInt64(bitPattern: range.min.number))
    seal.add(UInt64(bitPattern: range.max.number))
    seal.add(UInt64(bitPattern: trace.number))
    seal.add(source?.high ?? 0)
    seal.add(source?.low ?? 1)
    // 32 bits take 4 bytes in the row.
    return Int64(Int32(truncatingIfNeeded: seal.state >> 32))
  }

  // One round of the splitmix64 finalizer per word.
  private mutating func add(_ word: UInt64) {
    state = (state ^ word) &+ 0x9e37_79b9_7f4a_7c15
    state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    state = (state ^ (state >> 27)) &* 0x94d0_49bb_1331_11eb
    state ^= state >> 31
  }
}
