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
}
