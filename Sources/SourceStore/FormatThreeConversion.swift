import CacheIdentity

/// Takes the rows of format 3 into the tables of the newest format, inside the migration's transaction.
struct FormatThreeConversion {
  let connection: Connection

  func run() throws(StoreError) {
    try EarlierFormat(connection).convertInstances(
      from: """
        SELECT c.method, c.owner, c.lineage, c.min_world, c.last_world, c.trace, c.source, c.revived, c.seal, s.digest,
          c.instance, t.instance_rest
        FROM format3_code_instance c LEFT JOIN source s ON s.id = c.source LEFT JOIN trace t ON t.id = c.trace
        """
    ) { Digest(halves: $0.int(10), $0.int(11)) }
  }

  /// The log, which formats 1 to 3 have in one form.
  func convertLog() throws(StoreError) {
    let worlds: [WorldID] = try connection.all("SELECT DISTINCT lineage, world FROM format3_invalidation") { row in
      WorldID(lineage: row.id(0), world: row.world(1))
    }
    for world in worlds {
      let closings: [(trace: TraceID, answer: AnswerID, depth: Int)] = try connection.all(
        "SELECT trace, answer, depth FROM format3_invalidation WHERE lineage = ? AND world = ? ORDER BY position",
        world.lineage, world.world
      ) { ($0.id(0), $0.id(1), Int($0.int(2))) }
      try connection.log(closings, in: world)
    }
  }
}
