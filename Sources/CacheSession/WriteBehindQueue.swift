import CacheIdentity
import Dispatch
import SourceStore
import Synchronization

/// Generations on their way into the store: taken from generators' threads without waiting, committed in batches on a
/// thread of its own.
///
/// Invariant: batches commit in the order in which they were enqueued, so that an inner source is there before what was
/// built from it.
final class WriteBehindQueue: Sendable {
  private struct Pending {
    var traces: [PendingTrace] = []
    /// Whether a timer is set.
    var isScheduled = false
  }

  /// How long a generation may wait for company: a commit writes each page that it touches, so one for many costs much less
  /// than many. What a crash loses meanwhile is generated again.
  private static let gatherMilliseconds = 50

  private let store: SourceStore
  private let capacity: Int
  private let report: @Sendable ([PendingTrace], Result<[InsertOutcome], StoreError>) -> Void
  private let pending = Mutex(Pending())
  private let lineage = Mutex<LineageID?>(nil)
  private let queue = DispatchQueue(label: "worldcache.write-behind", qos: .utility)

  /// - Parameter report: Told on the queue's thread what became of each batch.
  init(
    store: SourceStore, capacity: Int,
    report: @escaping @Sendable ([PendingTrace], Result<[InsertOutcome], StoreError>) -> Void
  ) {
    self.store = store
    self.capacity = capacity
    self.report = report
  }

  /// Where batches go from now on. A first timer is set, for that takes longer than all others.
  func attach(to lineage: LineageID) {
    self.lineage.withLock { $0 = lineage }
    let mustSchedule = pending.withLock { pending in
      defer { pending.isScheduled = true }
      return !pending.isScheduled
    }
    if mustSchedule { schedule() }
  }

  /// Takes generations that belong into one transaction; false if there is no room, and then none of them is stored.
  func enqueue(_ traces: [PendingTrace]) -> Bool {
    let (isTaken, mustSchedule) = pending.withLock { pending in
      guard pending.traces.count + traces.count <= capacity else { return (false, false) }
      pending.traces += traces
      defer { pending.isScheduled = true }
      return (true, !pending.isScheduled)
    }
    if mustSchedule { schedule() }
    return isTaken
  }

  /// Commits after a while, and goes on as long as there is something: setting a timer costs as much as ten misses, so the
  /// generators' threads do it only after a pause.
  private func schedule() {
    queue.asyncAfter(deadline: .now() + .milliseconds(WriteBehindQueue.gatherMilliseconds)) { [weak self] in
      guard let self else { return }
      let mustGoOn = pending.withLock { pending in
        pending.isScheduled = !pending.traces.isEmpty
        return pending.isScheduled
      }
      guard mustGoOn else { return }
      commit()
      schedule()
    }
  }

  /// Returns when everything that was enqueued before is committed or reported as failed.
  func flush() { afterFlush {} }

  /// Commits what was enqueued before, then runs `body`, with no batch between.
  func afterFlush<Result>(_ body: () -> Result) -> Result {
    queue.sync {
      commit()
      return body()
    }
  }

  private func commit() {
    let traces = pending.withLock { pending in
      defer { pending.traces = [] }
      return pending.traces
    }
    guard !traces.isEmpty, let lineage = lineage.withLock({ $0 }) else { return }
    do throws(StoreError) {
      report(traces, .success(try store.insert(traces.map(\.trace), into: lineage)))
    } catch {
      report(traces, .failure(error))
    }
  }
}
