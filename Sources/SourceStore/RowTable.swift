/// Values by the id of a row, for plans over very many rows. A `Dictionary` hashes each id with a keyed hash, which costs more than the
/// rest of what it does.
///
/// Invariant: at most half of the slots are taken, so a search ends.
struct RowTable<Row, Value> {
  private var slots: [(id: RowID<Row>, value: Value)?] = []
  private var count = 0

  subscript(id: RowID<Row>) -> Value? {
    slots.isEmpty ? nil : slots[slot(of: id)]?.value
  }

  /// Sets a value; returns whether there was none.
  @discardableResult
  mutating func set(_ id: RowID<Row>, to value: Value) -> Bool {
    if 2 * (count + 1) > slots.count { grow() }
    let slot = slot(of: id)
    let isNew = slots[slot] == nil
    slots[slot] = (id, value)
    if isNew { count += 1 }
    return isNew
  }

  /// Where an id is, or goes to.
  private func slot(of id: RowID<Row>) -> Int {
    // Multiplicative hashing: ids are given one after the other.
    let hash = UInt64(bitPattern: id.number) &* 0x9e37_79b9_7f4a_7c15
    var slot = Int(truncatingIfNeeded: hash >> 20) & (slots.count - 1)
    while let taken = slots[slot], taken.id != id { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func grow() {
    let kept = slots
    slots = Array(repeating: nil, count: max(64, 2 * kept.count))
    for case let taken? in kept { slots[slot(of: taken.id)] = taken }
  }
}
