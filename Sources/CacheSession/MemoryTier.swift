import CacheIdentity
import SourceCodec
import SourceStore
import Synchronization

/// The sources of this process, by request and world. Sharded, so that readers on many threads seldom meet.
///
/// An entry holds in the host's world in which it came here: a host world is one state of all definitions, for ever. Once
/// the store has its row it is *settled*: it holds in the row's range too, for ticks say where that ends.
@usableFromInline
final class MemoryTier: Sendable {
  private struct Entry {
    let kept: any KeptSource
    let host: HostWorld
    /// In worlds of the store; `nil` until settled.
    var range: WorldRange?
    /// The trace in the store; `nil` until settled.
    var trace: TraceID?
    /// Hits since they were last recorded.
    var uses = 0

    func holds(in host: HostWorld, _ store: WorldAge?) -> Bool {
      if self.host == host { return true }
      guard let range, let store else { return false }
      return range.contains(store)
    }

    func meets(_ other: Entry) -> Bool {
      if host == other.host { return true }
      guard let range, let otherRange = other.range else { return false }
      return range.overlaps(otherRange)
    }
  }

  private struct Entries {
    /// Oldest first.
    var byRequest: [RequestKey: [Entry]] = [:]
    /// The way back from a key that a tick closed, for what is settled.
    var requests: [SourceKey: RequestKey] = [:]
    /// The newest world that the session was told of, and the store's world that it is.
    var newest: (host: HostWorld, store: WorldAge)?
    var hits = 0

    mutating func add(_ entry: Entry, for request: RequestKey) {
      if entry.range != nil { requests[entry.kept.key] = request }
      guard let index = byRequest.index(forKey: request) else {
        byRequest[request] = [entry]
        return
      }
      byRequest.values[index].removeAll { $0.meets(entry) }
      byRequest.values[index].append(entry)
      if byRequest.values[index].count > MemoryTier.keptPerRequest { byRequest.values[index].removeFirst() }
    }

    mutating func close(_ request: RequestKey, at world: WorldAge) {
      guard let index = byRequest.index(forKey: request) else { return }
      for position in byRequest.values[index].indices {
        guard let range = byRequest.values[index][position].range, range.max > world else { continue }
        byRequest.values[index][position].range = WorldRange(range.min, world)
      }
    }
  }

  /// A key and its request have the same instance, so they are in the same shard.
  private final class Shard: Sendable {
    let entries = Mutex(Entries())
  }

  /// How many entries a request has: work goes on in few old worlds (A2), and the store has the others.
  private static let keptPerRequest = 8

  private let shards = (0..<16).map { _ in Shard() }
  private let ticks = Atomic<Int>(0)

  private func shard(of instance: Digest) -> Shard { shards[Int(truncatingIfNeeded: instance.low & 15)] }

  /// The number of ticks taken in: read before looking into the store, for ``insert(_:_:of:in:asOf:)``.
  var epoch: Int { ticks.load(ordering: .acquiring) }

  /// The number of hits so far.
  var hits: Int { shards.reduce(0) { $0 + $1.entries.withLock(\.hits) } }

  /// The source of a request in a world of the host.
  ///
  /// - Parameter store: The store's world that it is, if it is not the newest one and the store knows it.
  @usableFromInline
  func lookup(_ request: RequestKey, in host: HostWorld, store: WorldAge? = nil) -> (any KeptSource)? {
    shard(of: request.instance).entries.withLock { entries in
      guard let index = entries.byRequest.index(forKey: request) else { return nil }
      let world = entries.newest.flatMap { $0.host == host ? $0.store : nil } ?? store
      guard let position = entries.byRequest.values[index].lastIndex(where: { $0.holds(in: host, world) }) else {
        return nil
      }
      entries.hits += 1
      entries.byRequest.values[index][position].uses += 1
      return entries.byRequest.values[index][position].kept
    }
  }

  /// Keeps what the store had, as it is served in a world of the host.
  ///
  /// If a tick came after `epoch` was read, the row may be closed by now: then it is kept for that world only. (Ticks count
  /// up before they close entries, and both happen under the shard's lock, so no open row can slip through.)
  func insert(
    _ request: RequestKey, _ kept: any KeptSource, of stored: StoredSource, in host: HostWorld, asOf epoch: Int
  ) {
    shard(of: request.instance).entries.withLock { entries in
      let isCurrent = ticks.load(ordering: .acquiring) == epoch
      entries.add(
        Entry(kept: kept, host: host, range: isCurrent ? stored.range : nil, trace: stored.trace, uses: 1), for: request
      )
    }
  }

  /// Keeps what was just generated in a world of the host.
  func insert(_ request: RequestKey, generated kept: any KeptSource, in host: HostWorld) {
    shard(of: request.instance).entries.withLock {
      $0.add(Entry(kept: kept, host: host, range: nil, trace: nil), for: request)
    }
  }

  /// The store has the row of a generation: it holds in the row's range, which ticks close. Never while a tick is taken in.
  func settle(_ request: RequestKey, _ kept: any KeptSource, as trace: TraceID, range: WorldRange) {
    shard(of: request.instance).entries.withLock { entries in
      guard let index = entries.byRequest.index(forKey: request),
        let position = entries.byRequest.values[index].firstIndex(where: { $0.kept === kept })
      else { return }
      entries.byRequest.values[index][position].trace = trace
      entries.byRequest.values[index][position].range = range
      entries.requests[kept.key] = request
    }
  }

  /// Takes in a tick that followed directly on `world`: what it closed ends there. O(affected).
  func close(_ keys: [SourceKey], at world: WorldAge) {
    ticks.add(1, ordering: .sequentiallyConsistent)
    for key in keys {
      shard(of: key.instance).entries.withLock { entries in
        if let request = entries.requests[key] { entries.close(request, at: world) }
      }
    }
  }

  /// Takes in a step to a world that does not follow on `world`: nothing is known to reach it.
  func closeAll(at world: WorldAge) {
    ticks.add(1, ordering: .sequentiallyConsistent)
    for shard in shards {
      shard.entries.withLock { entries in
        for request in entries.requests.values { entries.close(request, at: world) }
      }
    }
  }

  /// From now on, requests in this world of the host are served what holds in that world of the store.
  func publish(_ host: HostWorld, _ store: WorldAge) {
    for shard in shards { shard.entries.withLock { $0.newest = (host, store) } }
  }

  /// Forgets a key.
  func remove(_ key: SourceKey, of request: RequestKey) {
    shard(of: key.instance).entries.withLock { entries in
      entries.requests[key] = nil
      entries.byRequest[request] = nil
    }
  }

  /// Forgets everything, and what is on its way from the store holds in its own world only.
  func removeAll() {
    ticks.add(1, ordering: .sequentiallyConsistent)
    for shard in shards {
      shard.entries.withLock { entries in
        entries.byRequest.removeAll()
        entries.requests.removeAll()
      }
    }
  }

  /// The uses since the last call, by trace.
  func takeUses() -> [TraceID: Int] {
    var uses: [TraceID: Int] = [:]
    for shard in shards {
      shard.entries.withLock { entries in
        for index in entries.byRequest.values.indices {
          for position in entries.byRequest.values[index].indices {
            let entry = entries.byRequest.values[index][position]
            guard let trace = entry.trace, entry.uses > 0 else { continue }
            uses[trace, default: 0] += entry.uses
            entries.byRequest.values[index][position].uses = 0
          }
        }
      }
    }
    return uses
  }
}
