import CacheIdentity
import SourceStore

/// Which world of the store each world of the host is, for those that the session was told of.
///
/// Only these: between two of them the host may have had other definitions, of which nothing is known.
struct WorldMap {
  /// The lineage whose worlds these are; `nil` before the session attached.
  var lineage: LineageID?
  /// The lineage's count of evictions at the newest step.
  var evictions: Int64 = 0
  /// By host world, oldest first.
  private var steps: [(host: HostWorld, store: WorldAge)] = []

  /// The newest pair.
  var newest: (host: HostWorld, store: WorldAge)? { steps.last }

  /// Where a host world is in the store; `nil` for one that the session was not told of.
  func position(of host: HostWorld) -> (lineage: LineageID, world: WorldAge)? {
    guard let lineage, let newest = steps.last else { return nil }
    if host == newest.host { return (lineage, newest.store) }
    let index = firstStep { $0 >= host }
    guard index < steps.count, steps[index].host == host else { return nil }
    return (lineage, steps[index].store)
  }

  /// Records the store's world of a host world that is no older than any before.
  mutating func append(_ host: HostWorld, _ store: WorldAge) {
    if let last = steps.last, last.host == host { steps.removeLast() }
    steps.append((host, store))
  }

  /// A generator's declared range in the store's terms, around a world that it contains; never wider than declared.
  ///
  /// A start at the host's first world is the store's first. Any other bound is cut to worlds that the session was told
  /// of: nobody knows how worlds before it attached, or those to come, are numbered.
  func storeRange(of declared: ClosedRange<HostWorld>?, around world: WorldAge) -> WorldRange {
    guard let declared else { return .all }
    var (low, high) = (WorldAge.first, WorldAge.open)
    if declared.lowerBound > HostWorld(1) {
      let index = firstStep { $0 >= declared.lowerBound }
      low = index < steps.count ? steps[index].store : world
      // A world of the store that began with an older host world is not in the range as a whole.
      if index > 0, steps[index - 1].store == low { low = low.next }
    }
    if declared.upperBound != .open {
      let index = firstStep { $0 > declared.upperBound }
      high = index > 0 ? steps[index - 1].store : world
      if index < steps.count, steps[index].store == high { high = high.previous }
    }
    return WorldRange(min(low, world), max(high, world)) ?? .only(world)
  }

  private func firstStep(where isReached: (HostWorld) -> Bool) -> Int {
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if isReached(steps[middle].host) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
