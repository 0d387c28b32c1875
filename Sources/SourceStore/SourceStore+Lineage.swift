import CacheIdentity

/// Where a lineage is.
public struct LineageState: Hashable, Sendable {
  /// The lineage's id.
  public let id: LineageID
  /// Its name.
  public let name: String
  /// Its newest world.
  public let head: WorldAge
  /// The digest of the definitions in that world.
  public let state: Digest
  /// The first world of which history is kept (W8).
  public let oldest: WorldAge
  /// How many open code instances went without a tick: by pruning, quarantine or damage.
  public let evictions: Int64
}

extension SourceStore {
  /// The lineage with a name; `nil` if there is none.
  public func lineage(named name: String) throws(StoreError) -> LineageState? {
    try read { connection throws(StoreError) in try connection.lineage(named: name) }
  }

  /// Every lineage, by name.
  public func lineages() throws(StoreError) -> [LineageState] {
    try read { connection throws(StoreError) in try connection.lineages() }
  }

  /// The digest of the definitions in a world; `nil` if the lineage has not reached it, or if history back to it was pruned.
  public func state(of lineage: LineageID, at world: WorldAge) throws(StoreError) -> Digest? {
    try read { connection throws(StoreError) in
      try connection.first("SELECT state FROM world WHERE lineage = ? AND world = ?", lineage, world) {
        row throws(StoreError) in try row.digest(0)
      }
    }
  }
}

extension Connection {
  func lineages() throws(StoreError) -> [LineageState] {
    try all(
      """
      SELECT l.id, l.name, l.head, l.state, l.oldest, l.evictions, w.state
      FROM lineage l LEFT JOIN world w ON w.lineage = l.id AND w.world = l.head ORDER BY l.name
      """
    ) { row throws(StoreError) in try LineageState(row) }
  }

  func lineage(named name: String) throws(StoreError) -> LineageState? {
    try first(
      """
      SELECT l.id, l.name, l.head, l.state, l.oldest, l.evictions, w.state
      FROM lineage l LEFT JOIN world w ON w.lineage = l.id AND w.world = l.head WHERE l.name = ?
      """, name
    ) { row throws(StoreError) in try LineageState(row) }
  }

  func lineage(_ id: LineageID) throws(StoreError) -> LineageState {
    let found = try first(
      """
      SELECT l.id, l.name, l.head, l.state, l.oldest, l.evictions, w.state
      FROM lineage l LEFT JOIN world w ON w.lineage = l.id AND w.world = l.head WHERE l.id = ?
      """, id
    ) { row throws(StoreError) in try LineageState(row) }
    guard let found else { throw damaged("lineage \(id.number) has no row") }
    return found
  }
}

extension LineageState {
  /// Reads a lineage with the state of its head's own row. Whoever attaches trusts that the head has this state, so a
  /// damaged head must not pass (W12).
  fileprivate init(_ row: Statement) throws(StoreError) {
    id = row.id(0)
    name = row.text(1)
    head = row.world(2)
    state = try row.digest(3)
    oldest = row.world(4)
    evictions = row.int(5)
    let atHead = try row.isNull(6) ? nil : row.digest(6)
    guard atHead == state, oldest <= head, head < .open else {
      throw row.damaged("lineage \(name): world \(head) is not one of its state")
    }
  }
}
