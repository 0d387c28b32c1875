import CacheIdentity

/// An open code instance as a tick finds it. Its seal is not checked: closing changes the part of it that covers the range, so one that
/// was broken stays so (W12).
struct OpenInstance {
  var key: KeyRow
  var lineage: LineageID
  var min: WorldAge
  var trace: TraceID
  var seal: Int64
  /// At most so many rows lie between it and the next one of the lineage that closes, in the table's order.
  var rowsToNext: Int

  /// The seal once the range ends at a world.
  func seal(closedAt world: WorldAge) -> Int64 { Seal.closed(seal, from: min, at: world) }
}

extension KeyRow {
  /// Whether the rows of this key stand before those of another one in `code_instance`. Who goes through rows in this order touches each page
  /// once, while it is in the processor's caches.
  func isBefore(_ other: KeyRow) -> Bool {
    if method != other.method { return method < other.method }
    if firstHalf != other.firstHalf { return firstHalf < other.firstHalf }
    return owner < other.owner
  }
}

/// Finds the newest code instances of many keys in a lineage, the last key in the table's order first.
///
/// From one key to the next it goes on row by row, and seeks only when that takes longer: so it costs no more than a seek for each
/// key if they lie apart, and a few hundred instructions if they lie together. What closed before lies behind the newest.
struct NewestInstances {
  /// As many rows as a seek costs.
  static let patience = 16

  private let statement: Statement
  private let lineage: LineageID
  private var isPlaced = false
  private var position = Position(method: MethodID(0), instance: 0, owner: OwnerID(0), lineage: LineageID(0))
  /// How many rows it goes on before it seeks: fewer where that was in vain.
  private var steps = NewestInstances.patience
  /// The rows passed since the last one that was found.
  private var passed = Int.max

  private struct Position {
    var method: MethodID
    var instance: Int64
    var owner: OwnerID
    var lineage: LineageID
  }

  init(in lineage: LineageID, _ connection: Connection) throws(StoreError) {
    self.lineage = lineage
    statement = try connection.statement(
      """
      SELECT method, instance, owner, lineage, min_world, last_world, trace, seal FROM code_instance
      WHERE (method, instance, owner, lineage) <= (?, ?, ?, ?)
      ORDER BY method DESC, instance DESC, owner DESC, lineage DESC, min_world DESC
      """)
  }

  /// To be called at last.
  func end() { statement.reset() }

  /// The open code instance of a trace, whose key is not after the one before; `nil` if there is none.
  mutating func findOpen(_ trace: TraceID, of key: KeyRow) throws(StoreError) -> OpenInstance? {
    guard try go(to: key), statement.isNull(5), statement.id(6) == trace else { return nil }
    defer { passed = 0 }
    return OpenInstance(
      key: key, lineage: lineage, min: statement.world(4), trace: trace, seal: statement.int(7), rowsToNext: passed)
  }

  /// The trace of the open code instance of a key that is not after the one before; `nil` if there is none.
  mutating func openTrace(of key: KeyRow) throws(StoreError) -> TraceID? {
    try go(to: key) && statement.isNull(5) ? statement.id(6) : nil
  }

  private mutating func go(to key: KeyRow) throws(StoreError) -> Bool {
    if isPlaced {
      for _ in 0..<steps {
        if !isAfter(key) {
          steps = min(NewestInstances.patience, steps + 1)
          return isAt(key)
        }
        if passed != .max { passed += 1 }
        guard try step() else { return false }
      }
      if !isAfter(key) { return isAt(key) }
      steps = max(1, steps / 2)
    }
    passed = .max
    statement.rewind()
    try statement.bind(key.method, key.firstHalf, key.owner, lineage)
    isPlaced = true
    return try step() && isAt(key)
  }

  private mutating func step() throws(StoreError) -> Bool {
    guard try statement.step() else {
      isPlaced = false
      return false
    }
    position = Position(
      method: statement.id(0), instance: statement.int(1), owner: statement.id(2), lineage: statement.id(3))
    return true
  }

  private func isAt(_ key: KeyRow) -> Bool {
    position.method == key.method && position.instance == key.firstHalf && position.owner == key.owner
      && position.lineage == lineage
  }

  /// Whether the row stands after all of a key's.
  private func isAfter(_ key: KeyRow) -> Bool {
    if position.method != key.method { return position.method > key.method }
    if position.instance != key.firstHalf { return position.instance > key.firstHalf }
    if position.owner != key.owner { return position.owner > key.owner }
    return position.lineage > lineage
  }
}
