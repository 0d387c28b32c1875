import CacheIdentity
import SourceStore
import Synchronization

/// What the sources in memory may take, and do.
final class MemoryBudget: Sendable {
  /// What an entry takes besides its source.
  static let bytesPerEntry: Int64 = 256
  /// The time that a hit in the store takes, and one in an image, in nanoseconds: how they compare with generations is what
  /// matters here.
  static let nanosecondsToStore: Int64 = 5_000
  static let nanosecondsToImage: Int64 = 1_000

  let bytes: Int64
  let used = Atomic<Int64>(0)
  let evictions = Atomic<Int>(0)
  let isEvicting = Atomic<Bool>(false)
  /// Uses of what was evicted, not recorded yet.
  private let uses = Mutex<[TraceID: Int]>([:])

  init(bytes: Int64) { self.bytes = bytes }

  func keepUses(of contents: inout MemoryContents) {
    let taken = contents.takeUses()
    guard !taken.isEmpty else { return }
    uses.withLock { uses in for (trace, count) in taken { uses[trace, default: 0] += count } }
  }

  func takeUses() -> [TraceID: Int] {
    uses.withLock { uses in
      defer { uses = [:] }
      return uses
    }
  }
}

extension MemoryTier {
  /// The requests whose sources were evicted so far.
  var evictions: Int { budget?.evictions.load(ordering: .relaxed) ?? 0 }

  /// What a source counts against the budget: its encoded form, and what stands around it.
  func size(of kept: any KeptSource) -> Int64 {
    budget == nil ? 0 : MemoryBudget.bytesPerEntry + Int64(kept.encoded()?.payload.count ?? 0)
  }

  /// Counts an entry in place of others, lets those go, and evicts if it is too much by now.
  func hold(_ bytes: Int64, instead gone: [MemoryEntry]) {
    guard let budget else { return withExtendedLifetime(gone) {} }
    let change = bytes - gone.reduce(0) { $0 + $1.bytes }
    let used = budget.used.wrappingAdd(change, ordering: .relaxed).newValue
    if used > budget.bytes { evict(budget) }
  }

  /// Lets go what saves the least time a byte until the rest fits (``Demand``). What else goes on meanwhile goes on: one thread
  /// evicts, others may exceed the budget by what they keep in this time. Eviction closes nothing; hits become misses (W12).
  ///
  /// Looks at each request that ever was, so its cost is O(requests log requests), once for many misses.
  private func evict(_ budget: MemoryBudget) {
    guard budget.isEvicting.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
      return
    }
    defer { budget.isEvicting.store(false, ordering: .releasing) }
    let nodes = table.nodes
    let time = misses.load(ordering: .relaxed)
    let (hits, kept) = nodes.reduce((0, 0)) { sums, node in
      node.withLock { (sums.0 + $0.hits, sums.1 + ($0.bytes > 0 ? 1 : 0)) }
    }
    let requests = Int64(hits) + time
    let halfLife = Demand.halfLife(kept: kept, misses: time, requests: requests)
    let regret = Double(max(0, time - Int64(nodes.count))) / Double(max(1, requests))
    let target = EvictionCandidate<MemoryNode>.target(of: budget.bytes)
    let candidates = nodes.compactMap { node in
      node.withLock { contents -> EvictionCandidate<MemoryNode>? in
        let bytes = contents.bytes
        guard bytes > 0 else { return nil }
        let demand = contents.demand.value(at: time, halfLife: halfLife)
        let preference = EvictionCandidate<MemoryNode>.preference(node.request.pointee.instance.low, regret: regret)
        return EvictionCandidate(
          id: node, bytes: bytes, benefit: demand * Double(contents.nanosecondsAway) * preference)
      }
    }
    for candidate in EvictionCandidate.order(candidates) where budget.used.load(ordering: .relaxed) > target {
      let gone = candidate.id.withLock { contents in
        budget.keepUses(of: &contents)
        return contents.clear()
      }
      budget.used.wrappingSubtract(gone.reduce(0) { $0 + $1.bytes }, ordering: .relaxed)
      budget.evictions.wrappingAdd(1, ordering: .relaxed)
    }
  }
}
