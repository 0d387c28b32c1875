import LoweredIR

/// The sources that were prepared last, with what was made of them for the present world. A source that is served again is the same
/// array of statements, so it is found without a look at them: inferring a call again with its constants, right after it was inferred
/// without, prepares nothing (F2).
///
/// Bounded, for sources are let go: each has one place, and the newest has it.
struct RecentCode {
  private var entries = [Entry?](repeating: nil, count: size)
  private static let size = 1 << 8

  private final class Entry {
    /// Kept, so that its array's address is no other's.
    let source: LoweredCode
    let address: UInt
    let code: FlowCode

    init(_ source: LoweredCode, _ code: FlowCode) {
      self.source = source
      address = source.address
      self.code = code
    }
  }

  /// What was made of this very source.
  func find(_ source: LoweredCode) -> FlowCode? {
    let address = source.address
    guard let entry = entries[RecentCode.place(of: address)], entry.address == address,
      entry.code.isVararg == source.isVararg, entry.code.argumentCount == source.arguments.count,
      entry.code.slotCount == source.slotCount
    else { return nil }
    return entry.code
  }

  mutating func insert(_ code: FlowCode, for source: LoweredCode) {
    entries[RecentCode.place(of: source.address)] = Entry(source, code)
  }

  private static func place(of address: UInt) -> Int {
    Int(truncatingIfNeeded: (address >> 4) &* 0x9e37_79b9_7f4a_7c15 >> 32) & (size - 1)
  }
}

extension LoweredCode {
  /// Where the statements are: while one code is kept, another one with the same address has the same statements.
  fileprivate var address: UInt { statements.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } }
}
