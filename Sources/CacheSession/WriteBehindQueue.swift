import CacheIdentity
import Dispatch
import SourceStore
import Synchronization

/// Generations on their way into the store: taken from generators' threads without waiting, committed in batches on a
/// thread of its own. If one rests on a source that an image served, that one's trace goes ahead of it.
///
/// Invariant: batches commit in the order in which they were enqueued, so that an inner source is there before what was
/// built from it.
final class WriteBehindQueue: Sendable {
  /// One transaction.
  struct Batch {
    /// Traces of images.
    var copies: [NewTrace] = []
    /// What was generated.
    var traces: [PendingTrace] = []
    /// What was generated for the first time, and was to be stored the second time only.
    var leftOut: [PendingTrace] = []
  }

  private struct Pending {
    /// As they came. Those that belong into one transaction came together, and all that is there when a batch begins is in it.
    var traces: [PendingTrace] = []
    /// Whether a timer is set.
    var isScheduled = false
  }

  /// How long a generation may wait for company: a commit writes each page that it touches, so one for many costs much less
  /// than many. What a crash loses meanwhile is generated again.
  private static let gatherMilliseconds = 50

  private let store: SourceStore
  private let capacity: Int
  private let copies: @Sendable (_ edges: [Edge], HostWorld, WorldAge) -> [NewTrace]
  /// The bytes that the store may take; `nil` for as many as it likes.
  private let budget: Int64?
  private let evicted: @Sendable (Result<PruneSummary, StoreError>) -> Void
  private let report: @Sendable (Batch, Result<[InsertOutcome], StoreError>) -> Void
  private let pending = Mutex(Pending())
  private let lineage = Mutex<LineageID?>(nil)
  private let queue = DispatchQueue(label: "worldcache.write-behind", qos: .utility)

  /// - Parameters:
  ///   - copies: Says on the queue's thread what must be in the store before something that rests on these edges in this world.
  ///   - evicted: Told on the queue's thread what the store let go when it had exceeded its budget.
  ///   - report: Told on the queue's thread what became of each batch: outcomes of copies, then of generations.
  init(
    store: SourceStore, capacity: Int, budget: Int64?,
    copies: @escaping @Sendable (_ edges: [Edge], HostWorld, WorldAge) -> [NewTrace],
    evicted: @escaping @Sendable (Result<PruneSummary, StoreError>) -> Void,
    report: @escaping @Sendable (Batch, Result<[InsertOutcome], StoreError>) -> Void
  ) {
    self.store = store
    self.capacity = capacity
    self.budget = budget
    self.copies = copies
    self.evicted = evicted
    self.report = report
  }

  /// How many generations wait to be written.
  var depth: Int { pending.withLock(\.traces.count) }

  /// Where batches go from now on. A first timer is set, for that takes longer than all others.
  func attach(to lineage: LineageID) {
    self.lineage.withLock { $0 = lineage }
    let mustSchedule = pending.withLock { pending in
      defer { pending.isScheduled = true }
      return !pending.isScheduled
    }
    if mustSchedule { schedule() }
  }

  /// Takes a generation; false if there is no room, and then it is not stored.
  func enqueue(_ trace: PendingTrace) -> Bool { take(1) { $0.append(trace) } }

  /// The same for generations that belong into one transaction: all of them, or none.
  func enqueue(_ traces: [PendingTrace]) -> Bool { take(traces.count) { $0 += traces } }

  private func take(_ count: Int, adding add: (inout [PendingTrace]) -> Void) -> Bool {
    let (isTaken, mustSchedule) = pending.withLock { pending in
      guard pending.traces.count + count <= capacity else { return (false, false) }
      add(&pending.traces)
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

  /// Commits what was enqueued before, and what must be there for something to rest on these edges.
  func flush(restingOn edges: [Edge], in host: HostWorld, at world: WorldAge) {
    afterFlush { write(Batch(copies: copies(edges, host, world))) }
  }

  private func commit() {
    let traces = pending.withLock { pending in
      defer { pending.traces = [] }
      return pending.traces
    }
    var batch = Batch(traces: traces)
    do throws(StoreError) {
      try leaveOutFirstRequests(&batch)
    } catch {
      return report(batch, .failure(error))
    }
    batch.copies = batch.traces.flatMap { copies($0.edges, $0.host, $0.world) }
    write(batch)
  }

  private func leaveOutFirstRequests(_ batch: inout Batch) throws(StoreError) {
    let keys = batch.traces.filter(\.mustBeNoted).map(\.kept.key)
    guard !keys.isEmpty, lineage.withLock({ $0 }) != nil else { return }
    var answers = try store.noteRequests(keys).makeIterator()
    let isLeftOut = batch.traces.map { $0.mustBeNoted && answers.next() == false }
    batch.leftOut = zip(batch.traces, isLeftOut).filter(\.1).map(\.0)
    batch.traces = zip(batch.traces, isLeftOut).filter { !$0.1 }.map(\.0)
  }

  private func write(_ batch: Batch) {
    if batch.copies.isEmpty, batch.traces.isEmpty {
      if !batch.leftOut.isEmpty { report(batch, .success([])) }
      return
    }
    guard let lineage = lineage.withLock({ $0 }) else { return }
    do throws(StoreError) {
      report(batch, .success(try store.insert(batch.copies + batch.traces.map(\.trace), into: lineage)))
    } catch {
      return report(batch, .failure(error))
    }
    if let budget { keepWithin(budget) }
  }

  private func keepWithin(_ budget: Int64) {
    do throws(StoreError) {
      guard try store.usedBytes > budget else { return }
      evicted(.success(try store.evict(downTo: EvictionCandidate<Void>.target(of: budget))))
    } catch {
      evicted(.failure(error))
    }
  }
}
