import Synchronization

/// Whether a store certainly holds nothing but what was put there through one ``SourceStore``.
///
/// So it is if the file held no trace when the first step through the object began its lineage, as long as no other step is taken through it and
/// nobody else commits. Other commits show in SQLite's data version, which is compared with each batch: what another process stores meanwhile
/// may be missed until then, as a miss always may (W12).
final class Solitude: Sendable {
  private struct State {
    var steps = 0
    var dataVersion: Int64 = 0
  }

  private let state = Mutex(State())
  private let isLasting = Atomic<Bool>(false)

  var lasts: Bool { isLasting.load(ordering: .acquiring) }

  /// A step is taken: it may find what others have stored. Returns whether it is the first.
  func end() -> Bool {
    isLasting.store(false, ordering: .releasing)
    return state.withLock { state in
      state.steps += 1
      return state.steps == 1
    }
  }

  /// The first step has found nothing.
  func begin(_ dataVersion: Int64) {
    state.withLock { $0.dataVersion = dataVersion }
    isLasting.store(true, ordering: .releasing)
  }

  /// Ends it if another connection has committed, as the one that writes sees it.
  func check(_ connection: Connection) throws(StoreError) {
    guard lasts else { return }
    let found = try connection.dataVersion()
    if state.withLock({ $0.dataVersion != found }) { isLasting.store(false, ordering: .releasing) }
  }
}

extension Connection {
  /// A number that changes when another connection commits.
  func dataVersion() throws(StoreError) -> Int64 { try first("PRAGMA data_version") { $0.int(0) } ?? 0 }
}

extension SourceStore {
  /// Whether nothing can be found here that was not put here through this object: who still has all that he put here need not
  /// look. Costs a load.
  public var holdsOnlyOwn: Bool { solitude.lasts }
}
