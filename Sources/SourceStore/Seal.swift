import CacheIdentity

/// Detects damage of rows: checksums over a row and over the identity of what it points to (W12).
///
/// A source's own bytes are guarded by its digest; seals guard the way there, and the ways on which definitions close what was
/// built from them. Not cryptographic: they are against bad disks, not against people who can write the file.
enum Seal {
  /// The seal of a code instance: that this row is of this key, with this range, and leads to this content.
  ///
  /// A sum of two checksums, one of the range, so that the range can be closed by who does not know the rest: see ``closed(_:from:at:)``.
  static func of(
    _ key: KeyRow, lineage: LineageID, range: WorldRange, trace: TraceID, source: Digest?
  ) -> Int64 {
    var sum = Checksum()
    sum.add(key)
    sum.add(lineage.number)
    sum.add(trace.number)
    sum.add(source?.high ?? 0)
    sum.add(source?.low ?? 1)
    // 32 bits take 4 bytes in the row.
    return Int64(Int32(truncatingIfNeeded: sum.state >> 32) &+ part(of: range.min, range.max))
  }

  /// The seal of an open code instance once its range ends. One that was broken stays so (W12).
  static func closed(_ seal: Int64, from min: WorldAge, at last: WorldAge) -> Int64 {
    guard let seal = Int32(exactly: seal) else { return seal }
    return Int64(seal &- part(of: min, .open) &+ part(of: min, last))
  }

  private static func part(of min: WorldAge, _ max: WorldAge) -> Int32 {
    var sum = Checksum()
    sum.add(min.number)
    sum.add(max.number)
    return Int32(truncatingIfNeeded: sum.state >> 32)
  }

  /// The seal of a code instance in formats 1 to 3.
  static func beforeFormatFour(
    _ key: KeyRow, lineage: LineageID, range: WorldRange, trace: TraceID, source: Digest?
  ) -> Int64 {
    var sum = Checksum()
    sum.add(key)
    sum.add(lineage.number)
    sum.add(range.min.number)
    sum.add(range.max.number)
    sum.add(trace.number)
    sum.add(source?.high ?? 0)
    sum.add(source?.low ?? 1)
    return Int64(Int32(truncatingIfNeeded: sum.state >> 32))
  }

  /// The seal of a trace: that it is of this key and rests on these answers.
  static func of(trace: TraceID, _ key: KeyRow, source: SourceID?, isBounded: Bool, edges: UnsafeRawBufferPointer)
    -> Int64
  {
    var sum = Checksum()
    sum.add(trace.number)
    sum.add(key)
    sum.add(source?.number ?? -1)
    sum.add(isBounded ? 1 : 0 as Int64)
    sum.add(edges)
    return sum.bits(23)
  }

  /// The seal of an answer: what was asked, and what was answered.
  static func of(answer: AnswerID, _ asked: AskedRow?, first: QuestionID?, digest: Digest) -> Int64 {
    var sum = Checksum()
    sum.add(answer.number)
    sum.add(first?.number ?? -1)
    if let asked {
      sum.add(asked.topic.kind)
      sum.add(asked.topic.scope)
      sum.add(asked.name.number)
      sum.add(asked.arguments?.number ?? -1)
    }
    sum.add(digest)
    return sum.bits(23)
  }

  /// What one trace adds to the checksum of an answer's backedges. Sums do not depend on order.
  static func ofBackedge(_ answer: AnswerID, _ trace: TraceID) -> Int64 {
    var sum = Checksum()
    sum.add(answer.number)
    sum.add(trace.number)
    return sum.bits(23)
  }

  /// The sums' modulus: three bytes in the row.
  static let backedgeMask: Int64 = 0x7f_ffff
}

extension Checksum {
  fileprivate mutating func add(_ key: KeyRow) {
    add(key.method.number)
    add(key.instance)
    add(key.owner.number)
  }
}
