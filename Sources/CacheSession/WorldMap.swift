import CacheIdentity
import SourceStore

/// Which world of the store each world of the host is: the steps at which either changed, oldest first.
struct WorldMap {
  /// The lineage whose worlds these are; `nil` before the session attached.
  var lineage: LineageID?
  /// The lineage's count of evictions at the newest step.
  var evictions: Int64 = 0
  private var steps: [(host: HostWorld, store: WorldAge)] = []

  /// The newest pair.
  var newest: (host: HostWorld, store: WorldAge)? { steps.last }

  /// Where a host world is in the store.
  func position(of host: HostWorld) -> (lineage: LineageID, world: WorldAge)? {
    guard let lineage, let world = storeWorld(of: host) else { return nil }
    return (lineage, world)
  }

  /// Records that from this host world on, the store's world is this one.
  mutating func append(_ host: HostWorld, _ store: WorldAge) {
    if let last = steps.last, last.host == host { steps.removeLast() }
    steps.append((host, store))
  }

  /// The store's world of a host world: the last step at or before it. `nil` before the session attached, and for a world
  /// that the session was not told of: there nothing is known to hold.
  func storeWorld(of host: HostWorld) -> WorldAge? {
    guard let newest = steps.last, host <= newest.host else { return nil }
    if host == newest.host { return newest.store }
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].host <= host { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? steps[low - 1].store : nil
  }

  /// A generator's declared range in the store's terms, around a world that it contains; never wider than declared.
  ///
  /// A bound before the session attached is the first world if it is the host's first, else the world of attaching. An end
  /// that lies in the future is cut at the newest world, for nobody knows how the worlds to come will be numbered.
  func storeRange(of declared: ClosedRange<HostWorld>?, around world: WorldAge) -> WorldRange {
    guard let declared else { return .all }
    let low: WorldAge
    if declared.lowerBound <= HostWorld(1) {
      low = .first
    } else {
      low = steps.first { $0.host >= declared.lowerBound }?.store ?? world
    }
    let high = declared.upperBound == .open ? .open : lastStoreWorld(endingBy: declared.upperBound) ?? world
    return WorldRange(min(low, world), max(high, world)) ?? .only(world)
  }

  /// The newest world of the store all of whose host worlds lie at or before `bound`.
  private func lastStoreWorld(endingBy bound: HostWorld) -> WorldAge? {
    guard let newest, newest.host > bound else { return newest?.store }
    let next = steps.firstIndex { $0.host > bound } ?? steps.endIndex
    // The step before it goes on until the next one begins, so it must begin right after the bound.
    let isWhole = next < steps.endIndex && steps[next].host.number - 1 == bound.number
    let last = isWhole ? next - 1 : next - 2
    return last >= 0 ? steps[last].store : nil
  }
}
