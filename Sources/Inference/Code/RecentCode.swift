import LoweredIR

/// What was made of the sources that were served last, for the present world. A source that is served again has the layout that it had,
/// so it is found without a look at it: inferring a call again with its constants, right after it was inferred without, prepares
/// nothing (F2).
///
/// Bounded, for sources are let go: each has one place, and the newest has it.
struct RecentCode {
  private var codes = [FlowCode?](repeating: nil, count: size)
  private static let size = 1 << 8

  /// What was made of this very source.
  func find(_ layout: CodeLayout) -> FlowCode? {
    guard let code = codes[RecentCode.place(of: layout)], code.layout === layout else { return nil }
    return code
  }

  mutating func insert(_ code: FlowCode) { codes[RecentCode.place(of: code.layout)] = code }

  private static func place(of layout: CodeLayout) -> Int {
    let address = UInt(bitPattern: ObjectIdentifier(layout))
    return Int(truncatingIfNeeded: (address >> 4) &* 0x9e37_79b9_7f4a_7c15 >> 32) & (size - 1)
  }
}
