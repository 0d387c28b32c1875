import CacheIdentity
import SourceCodec
import SourceStore
import Synchronization

/// The sources of this process, by request and world. Readers of different requests do not meet at all, and those of one request
/// meet where they meet anyway, when the reference to its source is counted.
///
/// An entry holds in the host's world in which it came here. Once the store has its row it is *settled*: it holds in the row's
/// range too, for ticks say where that ends.
@usableFromInline
final class MemoryTier: Sendable {
  private static let tiers = Atomic<Int>(0)
  /// Tells this tier from all others that this process ever had.
  @usableFromInline let number = MemoryTier.tiers.add(1, ordering: .relaxed).newValue
  let table = MemoryTable()
  /// `nil` if everything stays.
  let budget: MemoryBudget?
  /// Whether demand is measured: it stands in a line of the node that a hit need not touch otherwise.
  @usableFromInline let hasBudget: Bool
  /// Counts misses: the time in which demand is measured. Hits read it, and no more: they would wait for each other.
  @usableFromInline let misses = Atomic<Int64>(0)
  private let ticks = Atomic<Int>(0)
  /// The newest world that the session was told of, and the store's world that it is. While they change the first is no world.
  @usableFromInline let newestHost = Atomic<UInt64>(MemoryTier.noWorld)
  @usableFromInline let newestStore = Atomic<Int64>(0)
  private static let noWorld = UInt64.max

  /// - Parameter bytes: The bytes that sources may take; `nil` for as many as there are.
  init(budget bytes: Int64? = nil) {
    budget = bytes.map { MemoryBudget(bytes: $0) }
    hasBudget = bytes != nil
  }

  /// The number of ticks taken in: read before looking into the store, for ``insert(_:_:as:range:in:asOf:)``.
  var epoch: Int { ticks.load(ordering: .acquiring) }

  /// The number of hits so far. O(requests).
  var hits: Int { table.nodes.reduce(0) { sum, node in sum + node.withLock { $0.hits } } }

  /// Adds the hits so far to what is known of each generator. O(requests).
  func addHits(to generators: [SessionActivity.Generator]) -> [SessionActivity.Generator] {
    var generators = generators
    var position = 0
    for node in table.nodes {
      let name = node.request.pointee.fingerprint.generator
      if !generators.indices.contains(position) || generators[position].name != name {
        // There are few of them.
        let known = generators.firstIndex { $0.name == name }
        if known == nil { generators.append(SessionActivity.Generator(name: name)) }
        position = known ?? generators.count - 1
      }
      generators[position].memoryHits += node.withLock { $0.hits }
    }
    return generators
  }

  /// The node of a request, if there may be something for it.
  @usableFromInline
  func find(_ request: RequestKey) -> MemoryNode? { table.find(request) }

  /// The store's world of a world of the host, if it is the newest one.
  @usableFromInline
  func newestStore(of host: HostWorld) -> WorldAge? {
    guard newestHost.load(ordering: .acquiring) == host.number else { return nil }
    let store = newestStore.load(ordering: .acquiring)
    return newestHost.load(ordering: .relaxed) == host.number ? WorldAge(store) : nil
  }

  /// Counts a hit and takes from it what is wanted; `body` runs under the node's lock and must only copy.
  ///
  /// - Parameter store: The store's world that it is, if it is not the newest one and the store knows it.
  @inlinable
  func take<Result>(
    _ node: MemoryNode, in host: HostWorld, store: WorldAge? = nil, _ body: (any KeptSource) -> Result
  ) -> Result? {
    node.lock()
    defer { node.unlock() }
    let contents = node.contents
    if contents.pointee.newest?.host == host, let kept = contents.pointee.newest?.kept {
      contents.pointee.hits &+= 1
      contents.pointee.newest?.uses &+= 1
      if hasBudget { contents.pointee.demand.request(at: misses.load(ordering: .relaxed)) }
      return body(kept)
    }
    let time = misses.load(ordering: .relaxed)
    return contents.pointee.hit(in: host, newestStore(of: host) ?? store, at: time).map(body)
  }

  /// Keeps what the store had, as it is served in a world of the host.
  ///
  /// If a tick came after `epoch` was read, the row may be closed by now: then it is kept for that world only. (Ticks count
  /// up before they close entries, and both happen under the node's lock, so no open row can slip through: a tick that
  /// does not find the node yet has counted up before it was made.)
  func insert(
    _ request: RequestKey, _ kept: any KeptSource, as trace: TraceID, range: WorldRange, in host: HostWorld,
    asOf epoch: Int
  ) {
    let bytes = size(of: kept)
    let time = misses.add(1, ordering: .relaxed).newValue
    let place = table.node(of: request, kept.key)
    table.note(kept, for: place)
    let gone = place.withLock { node in
      let isCurrent = ticks.load(ordering: .acquiring) == epoch
      node.demand.request(at: time)
      return node.add(
        MemoryEntry(
          kept: kept, host: host, uses: 1, range: isCurrent ? range : nil, trace: trace,
          bytes: bytes, nanosecondsAway: MemoryBudget.nanosecondsToStore))
    }
    hold(bytes, instead: gone)
  }

  /// Keeps what was just generated in a world of the host, or what an image had.
  ///
  /// - Parameter nanosecondsAway: The time that it takes to get it again, unless it is settled by then.
  func insert(
    _ request: RequestKey, generated kept: any KeptSource, in host: HostWorld, nanosecondsAway: Int64
  ) {
    let bytes = size(of: kept)
    let time = misses.add(1, ordering: .relaxed).newValue
    let place = table.node(of: request)
    table.note(kept, for: place)
    let gone = place.withLock { node in
      node.demand.request(at: time)
      return node.add(MemoryEntry(kept: kept, host: host, bytes: bytes, nanosecondsAway: nanosecondsAway))
    }
    hold(bytes, instead: gone)
  }

  /// The store has the row of a generation: it holds in the row's range, which ticks close. Never while a tick is taken in.
  func settle(_ request: RequestKey, _ kept: any KeptSource, as trace: TraceID, range: WorldRange) {
    table.node(of: request, kept.key).withLock { node in
      node.update { entry in
        guard entry.kept === kept else { return }
        (entry.trace, entry.range, entry.nanosecondsAway) = (trace, range, MemoryBudget.nanosecondsToStore)
      }
    }
  }

  /// Takes in a tick that followed directly on `world`: what it closed ends there. O(affected).
  func close(_ keys: [SourceKey], at world: WorldAge) {
    ticks.add(1, ordering: .sequentiallyConsistent)
    for key in keys { table.node(of: key).map { close($0, at: world) } }
  }

  /// Takes in a step to a world that does not follow on `world`: nothing is known to reach it.
  func closeAll(at world: WorldAge) {
    ticks.add(1, ordering: .sequentiallyConsistent)
    for node in table.nodes { close(node, at: world) }
  }

  /// From now on, requests in this world of the host are served what holds in that world of the store. Not from two
  /// threads at once.
  func publish(_ host: HostWorld, _ store: WorldAge) {
    newestHost.store(MemoryTier.noWorld, ordering: .relaxed)
    newestStore.store(store.number, ordering: .releasing)
    newestHost.store(host.number, ordering: .releasing)
  }

  /// Forgets what is there for a request.
  func remove(_ request: RequestKey) {
    hold(0, instead: table.find(request)?.withLock { $0.clear() } ?? [])
  }

  /// Forgets everything, and what is on its way from the store holds in its own world only.
  func removeAll() {
    ticks.add(1, ordering: .sequentiallyConsistent)
    for node in table.nodes {
      hold(0, instead: node.withLock { $0.clear() })
    }
  }

  /// The uses since the last call, by trace.
  func takeUses() -> [TraceID: Int] {
    var uses = budget?.takeUses() ?? [:]
    for node in table.nodes {
      for (trace, count) in node.withLock({ $0.takeUses() }) { uses[trace, default: 0] += count }
    }
    return uses
  }

  private func close(_ node: MemoryNode, at world: WorldAge) {
    node.withLock { node in
      node.update { entry in
        if let range = entry.range, range.max > world { entry.range = WorldRange(range.min, world) }
      }
    }
  }
}
