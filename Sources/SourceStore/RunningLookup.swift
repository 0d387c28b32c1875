import CSQLite
import CacheIdentity

/// The statement of lookups, which runs as long as the read transaction does: each of its steps answers another lookup, with the cursors of
/// the one before. Beginning, binding and ending a statement for each is a quarter of a hit's instructions.
///
/// Invariant: a row counts only if the statement has taken the request that it is to answer, or goes on with that very request. What an
/// earlier one has left is passed over.
final class RunningLookup {
  private let statement: Statement
  /// The row of the table `request`; it is there as long as the statement is.
  private let request: UnsafeMutablePointer<worldcache_request>

  static let sql = """
    SELECT c.min_world, c.last_world, c.trace, c.seal, s.digest, s.codec, s.dictionary, s.raw_size, s.seal, s.bytes
    FROM request r LEFT JOIN code_instance c ON c.method = r.method AND c.instance = r.instance
      AND c.owner = r.owner AND c.lineage = r.lineage AND c.min_world <= r.world
    LEFT JOIN source s ON s.id = c.source
    """
  /// `ORDER BY` would collect and sort all requests. So SQLite is asked to go backwards where it is free to choose, and newest ranges come
  /// first; should it go forwards, it takes longer.
  static let settings = "PRAGMA reverse_unordered_selects = 1"

  init(_ connection: Connection) throws(StoreError) {
    request = try connection.defineRequest()
    statement = try connection.compile(RunningLookup.sql)
  }

  /// Goes to the row of a key and lineage whose range contains a world, and returns the statement and the range; `nil` if there is none.
  func find(
    _ key: KeyRow, _ lineage: LineageID, _ world: WorldAge
  ) throws(StoreError) -> (row: Statement, range: WorldRange)? {
    request.pointee = worldcache_request(
      method: key.method.number, instance: key.firstHalf, owner: key.owner.number, lineage: lineage.number,
      world: world.number, is_waiting: 1)
    try step()
    if request.pointee.is_waiting != 0 {
      // The key before has another range. To begin anew is cheaper than to go through all that it has.
      stop()
      try step()
    }
    var last: WorldAge?
    repeat {
      let (min, end) = (statement.world(0), statement.world(1))
      if min.number == 0, statement.isNull(0) { return nil }
      // Worlds begin at 1, so NULL, which reads as 0, is an open end.
      guard let range = WorldRange(min, end.number == 0 ? .open : end), range.min >= .first else {
        throw statement.damaged("no range of worlds: \(min.number)...\(end.number)")
      }
      if range.contains(world) { return (statement, range) }
      // Passed from the newest on, older ones end before this one, which ends too early (W4).
      if let last, min < last { return nil }
      last = min
      request.pointee.is_waiting = 1
      try step()
    } while request.pointee.is_waiting != 0
    return nil
  }

  /// Ends the statement, which holds a read transaction open.
  func stop() { statement.rewind() }

  private func step() throws(StoreError) {
    do {
      if try statement.step() { return }
    } catch {
      stop()
      throw error
    }
    stop()
    throw statement.damaged("a lookup has come to an end")
  }
}
