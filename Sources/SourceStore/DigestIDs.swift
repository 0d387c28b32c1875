import CacheIdentity

/// Ids that follow from what a row is about, so that it is found without an index: a 1 and the first 14 bits of a digest or checksum; if
/// another row has that id, 22 bits, and so on. In a table of up to a few thousand rows an id takes two bytes, in one of a million three.
/// Those of answers begin with 27 bits.
///
/// Invariant: a row whose first id is taken has the next one, so a free id says that the row is not there. A row must stay while one
/// of a longer id begins with its bits.
struct DigestIDs: Sequence, IteratorProtocol {
  private let bits: UInt64
  private var width: UInt64

  init(_ bits: UInt64, width: UInt64 = 14) { (self.bits, self.width) = (bits, width) }

  mutating func next() -> Int64? {
    guard width < 63 else { return nil }
    defer { width += DigestIDs.step }
    return Int64(bitPattern: 1 << width | bits >> (64 - width))
  }

  private static let step: UInt64 = 8
}

// Ids of answers. Questions about one name lie together: their ids begin with the first bits of the name's.
extension DigestIDs {
  private static let answerWidth: UInt64 = 27
  private static let nameWidth: UInt64 = 13

  /// Of the first answer to what a host is asked, and so of the question.
  init(_ asked: AskedRow) {
    var sum = Checksum()
    sum.add(asked.topic.kind)
    sum.add(asked.topic.scope)
    sum.add(asked.arguments?.number ?? -1)
    sum.add(asked.name.number)
    self.init(
      DigestIDs.first(of: asked.name) << (64 - DigestIDs.nameWidth) | sum.state >> DigestIDs.nameWidth,
      width: DigestIDs.answerWidth)
  }

  /// Of the first answer to the question about a key's source.
  init(_ key: KeyRow) {
    var sum = Checksum()
    sum.add(key.method.number)
    sum.add(key.instance)
    sum.add(key.owner.number)
    self.init(sum.state, width: DigestIDs.answerWidth)
  }

  /// Of a later answer to a question.
  init(_ question: QuestionID, _ answer: Digest) {
    var sum = Checksum()
    sum.add(question.number)
    sum.add(answer)
    self.init(sum.state, width: DigestIDs.answerWidth)
  }

  /// Where questions about a name are, shortest ids first; there are others too.
  static func questions(about name: TextID) -> [ClosedRange<Int64>] {
    stride(from: answerWidth, to: 63, by: Int(step)).map { width in
      let start = Int64(bitPattern: 1 << width | first(of: name) << (width - nameWidth))
      return start...start + (1 << (width - nameWidth)) - 1
    }
  }

  /// The first bits of a text's id, behind the 1.
  private static func first(of name: TextID) -> UInt64 {
    let number = UInt64(bitPattern: name.number)
    return (number << UInt64(number.leadingZeroBitCount + 1)) >> (64 - nameWidth)
  }
}
