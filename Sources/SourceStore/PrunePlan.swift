import CacheIdentity

/// What planning a pruning must know of a store.
struct StoreInventory {
  /// A trace with its code instances.
  struct Trace {
    var id: TraceID
    var key: KeyRow
    var generator: Int64
    var generatedAt: Int64
    var generationNanoseconds: Int64
    var hits: Int64
    /// When it was last served; `nil` if never.
    var lastUsed: Int64?
    var source: SourceID?
    /// The source's bytes; 0 if there are none (any more).
    var sourceBytes: Int64
    /// What its rows take besides the source, as an estimate in bytes.
    var rowBytes: Int64
    var instances: [(lineage: LineageID, range: WorldRange)] = []

    var isOpen: Bool { instances.contains { $0.range.isOpen } }
  }

  var traces: [Trace] = []
  var lineages: [LineageState] = []
  var generators: [Int64: GeneratorFingerprint] = [:]
  /// The traces that rest on an answer to the question about a key's source.
  var builtFrom: [KeyRow: [TraceID]] = [:]
  /// The pages in use, in bytes.
  var usedBytes: Int64 = 0
}

/// What a pruning takes: a function of the policy and the inventory, apart from any effect.
///
/// Invariant: an open code instance goes only together with every trace that was built from its key's source. Only its
/// edges can close those when definitions change, so if one of them stays, the instance stays with its trace and edges,
/// and loses nothing but the source's bytes: a miss later, never a wrong hit (W12). Closed code instances close nothing
/// any more and can always go.
struct PrunePlan {
  /// What goes of one trace.
  struct Removal {
    var trace: TraceID
    var key: KeyRow
    /// The closed code instances that go.
    var closed: [(lineage: LineageID, min: WorldAge)]
    /// Whether all of the trace goes.
    var isWhole: Bool
    /// Whether it stays, without its source's bytes.
    var isStripped: Bool
  }

  private(set) var removals: [Removal] = []
  /// The new oldest world of lineages whose history is trimmed (W8).
  private(set) var oldest: [LineageID: WorldAge] = [:]
  private(set) var summary = PruneSummary()
  /// What goes, as an estimate in bytes.
  private(set) var bytes: Int64 = 0

  init(_ policy: PrunePolicy, _ inventory: StoreInventory) {
    if let kept = policy.keptWorlds {
      for lineage in inventory.lineages {
        let cut = WorldAge(max(1, lineage.head.number - max(1, kept) + 1))
        if cut > lineage.oldest { oldest[lineage.id] = cut }
      }
    }
    let selected =
      policy.selectsTraces
      ? inventory.traces.indices.filter {
        policy.selects(inventory.traces[$0], by: inventory.generators[inventory.traces[$0].generator])
      } : []
    if let maximum = policy.maximumBytes {
      evict(selected, downTo: maximum, policy, inventory)
    } else {
      take(Set(selected), policy, inventory)
    }
  }

  /// Takes of the selected traces the least useful ones, until what stays is small enough. Pinned traces free less than
  /// their rows promise, so the choice grows until the plan as a whole suffices.
  private mutating func evict(
    _ selected: [Int], downTo maximum: Int64, _ policy: PrunePolicy, _ inventory: StoreInventory
  ) {
    let order = inventory.evictionOrder(of: selected)
    let excess = inventory.usedBytes - maximum
    var (chosen, promised) = (0, Int64(0))
    take([], policy, inventory)
    while bytes < excess, chosen < order.count {
      let target = promised + max(excess - bytes, excess / 16)
      while promised < target, chosen < order.count {
        promised += inventory.traces[order[chosen]].bytes
        chosen += 1
      }
      take(Set(order[..<chosen]), policy, inventory)
    }
  }

  /// Plans the removal of the chosen traces, and of what the trimmed history leaves behind.
  private mutating func take(_ chosen: Set<Int>, _ policy: PrunePolicy, _ inventory: StoreInventory) {
    (removals, summary, bytes) = ([], PruneSummary(), 0)
    for lineage in inventory.lineages {
      guard let cut = oldest[lineage.id] else { continue }
      summary.worlds += Int(cut.number - lineage.oldest.number)
    }
    func goes(_ instance: (lineage: LineageID, range: WorldRange), of index: Int) -> Bool {
      if chosen.contains(index) { return !policy.closedOnly || !instance.range.isOpen }
      return oldest[instance.lineage].map { instance.range.max < $0 } ?? false
    }
    let wanted = inventory.traces.indices.filter { index in
      let instances = inventory.traces[index].instances
      return instances.isEmpty ? chosen.contains(index) : instances.allSatisfy { goes($0, of: index) }
    }
    let whole = PrunePlan.unpinned(wanted, inventory)

    var users: [SourceID: Int] = [:]
    var stripped: Set<SourceID> = []
    for trace in inventory.traces { if let source = trace.source { users[source, default: 0] += 1 } }
    for (index, trace) in inventory.traces.enumerated() {
      let isWhole = whole.contains(trace.id)
      let isStripped = !isWhole && trace.sourceBytes > 0 && trace.isOpen && chosen.contains(index) && !policy.closedOnly
      let closed = trace.instances.filter { !$0.range.isOpen && goes($0, of: index) }
      guard isWhole || isStripped || !closed.isEmpty else { continue }
      removals.append(
        Removal(
          trace: trace.id, key: trace.key, closed: closed.map { ($0.lineage, $0.range.min) }, isWhole: isWhole,
          isStripped: isStripped))
      summary.closedInstances += closed.count
      if isWhole {
        summary.openInstances += trace.instances.count - closed.count
        summary.traces += 1
        bytes += trace.rowBytes
      }
      if isStripped, let source = trace.source { stripped.insert(source) }
      if isWhole || isStripped, let source = trace.source {
        users[source, default: 1] -= 1
        if users[source] == 0 { bytes += trace.sourceBytes }
      }
    }
    summary.strippedSources = stripped.count { users[$0] == 0 }
  }

  /// The greatest set of wanted traces of which no open one has anything outside the set built from its source.
  private static func unpinned(_ wanted: [Int], _ inventory: StoreInventory) -> Set<TraceID> {
    var going = Set(wanted.map { inventory.traces[$0].id })
    let open = wanted.lazy.map { inventory.traces[$0] }.filter(\.isOpen)
    let openByKey = Dictionary(grouping: open, by: \.key)
    var basedOn: [TraceID: [KeyRow]] = [:]
    for key in openByKey.keys {
      for outer in inventory.builtFrom[key] ?? [] { basedOn[outer, default: []].append(key) }
    }

    var staying = basedOn.keys.filter { !going.contains($0) }
    while let outer = staying.popLast() {
      for key in basedOn[outer] ?? [] {
        for trace in openByKey[key] ?? [] where going.remove(trace.id) != nil { staying.append(trace.id) }
      }
    }
    return going
  }
}

extension StoreInventory.Trace {
  var bytes: Int64 { sourceBytes + rowBytes }

  /// When it was last asked for: its generation answered a request, too.
  var lastRequest: Int64 { max(lastUsed ?? generatedAt, generatedAt) }
}

extension StoreInventory {
  /// Traces in the order in which they should go: what saves the least time a byte first, so far as requests tell.
  ///
  /// The newest request is now, and demand halves in the time since which half of all traces were asked for.
  func evictionOrder(of selected: [Int]) -> [Int] {
    let requests = traces.map(\.lastRequest).sorted()
    guard let now = requests.last else { return [] }
    let halfLife = Double(now - requests[requests.count / 2])
    return EvictionCandidate.order(
      selected.map { index in
        let trace = traces[index]
        var demand = Demand(requests: trace.hits + 1, last: trace.lastRequest)
        return EvictionCandidate(
          id: index, bytes: trace.bytes,
          benefit: demand.value(at: now, halfLife: halfLife) * Double(trace.generationNanoseconds))
      }
    ).map(\.id)
  }
}
