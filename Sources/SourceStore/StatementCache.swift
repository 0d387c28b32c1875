/// Kept statements by the address of their SQL. A `Dictionary` would hash each address with a keyed hash, which costs as much as a
/// short statement.
struct StatementCache {
  private var addresses: [UInt] = []
  private var statements: [Statement?] = []
  private var count = 0

  /// The statement for an address; `nil` if there is none yet.
  func find(_ address: UInt) -> Statement? {
    if addresses.isEmpty { return nil }
    var slot = start(address)
    while let statement = statements[slot] {
      if addresses[slot] == address { return statement }
      slot = (slot + 1) & (addresses.count - 1)
    }
    return nil
  }

  /// Keeps a statement under an address that has none yet.
  mutating func keep(_ statement: Statement, at address: UInt) {
    if 2 * (count + 1) > addresses.count { grow() }
    var slot = start(address)
    while statements[slot] != nil { slot = (slot + 1) & (addresses.count - 1) }
    addresses[slot] = address
    statements[slot] = statement
    count += 1
  }

  mutating func removeAll() { (addresses, statements, count) = ([], [], 0) }

  // Multiplicative hashing: literals stand close together.
  private func start(_ address: UInt) -> Int {
    Int(truncatingIfNeeded: (address &* 0x9e37_79b9_7f4a_7c15) >> 40) & (addresses.count - 1)
  }

  private mutating func grow() {
    let kept = zip(addresses, statements)
    let capacity = max(64, 2 * addresses.count)
    (addresses, statements, count) = (
      Array(repeating: 0, count: capacity), Array(repeating: nil, count: capacity), 0
    )
    for (address, statement) in kept { if let statement { keep(statement, at: address) } }
  }
}
