import CacheIdentity

/// A lookup's statement, whose parameters stay bound: from one to the next, often only the key changes.
final class KeptLookup {
  private let statement: Statement
  private var owner: OwnerID?
  private var lineage: LineageID?
  private var world: WorldAge?

  init(_ statement: Statement) { self.statement = statement }

  /// The statement, ready for its first step.
  func bind(_ key: KeyRow, _ lineage: LineageID, _ world: WorldAge) throws(StoreError) -> Statement {
    try statement.bind(key.method, at: 1)
    try statement.bind(key.firstHalf, at: 2)
    if owner != key.owner {
      try statement.bind(key.owner, at: 3)
      owner = key.owner
    }
    if self.lineage != lineage {
      try statement.bind(lineage, at: 4)
      self.lineage = lineage
    }
    if self.world != world {
      try statement.bind(world, at: 5)
      self.world = world
    }
    return statement
  }
}
