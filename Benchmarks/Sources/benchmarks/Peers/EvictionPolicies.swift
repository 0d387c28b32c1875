import WorldCache

/// A cache of a budget that keeps what its policy says. Returns the time that it saved, in nanoseconds.
struct EvictionPolicy: Sendable {
  let name: String
  let run: @Sendable (RequestTrace, _ budget: Int64) -> Double
}

extension EvictionPolicy {
  static let lru = EvictionPolicy("LRU") { _, known in known.last }
  static let lfu = EvictionPolicy("LFU") { _, known in known.count }
  static let random = EvictionPolicy("random") { id, known in
    Double(SeededGenerator.mix(UInt64(id) << 32 | UInt64(known.clock)) >> 11)
  }
  /// Greedy dual size frequency: what was evicted last lifts everything that comes after it.
  static let gdsf = EvictionPolicy("GDSF") { _, known in known.lift + known.count * known.benefitPerByte }
  /// Knows the future, and lets go of what is asked for last.
  static let belady = EvictionPolicy("Belady", mayPass: true) { _, known in -known.next }
  /// The same with what a byte saves until then: no optimum, which is hard to find, but more than others can know.
  static let weightedBelady = EvictionPolicy("Belady, by benefit", mayPass: true) { _, known in
    known.benefitPerByte / max(1, known.next - Double(known.clock))
  }

  /// What is known of one thing when something must go.
  struct Known {
    var clock = 0
    var last = 0.0
    var count = 0.0
    /// When it is asked for again; infinite if never.
    var next = 0.0
    var lift = 0.0
    var benefitPerByte = 0.0
  }

  /// Lets go of what has the least score until the rest fits; of the newcomer, too, if `mayPass`.
  private init(_ name: String, mayPass: Bool = false, _ score: @escaping @Sendable (Int, Known) -> Double) {
    self.name = name
    run = { trace, budget in
      let next = trace.nextRequests
      var known = trace.nanoseconds.indices.map {
        Known(benefitPerByte: trace.nanoseconds[$0] / Double(trace.bytes[$0]))
      }
      var (kept, used, saved, lift) = (Set<Int>(), Int64(0), 0.0, 0.0)
      for (clock, id) in trace.requests.enumerated() {
        known[id].last = Double(clock)
        known[id].count += 1
        known[id].next = next[clock]
        known[id].lift = lift
        if kept.contains(id) {
          saved += trace.nanoseconds[id]
          continue
        }
        kept.insert(id)
        used += trace.bytes[id]
        while used > budget {
          let scored = kept.lazy.filter { mayPass || $0 != id || kept.count == 1 }.map { kept in
            var current = known[kept]
            current.clock = clock
            return (score(kept, current), kept)
          }
          guard let victim = scored.min(by: { $0 < $1 }) else { break }
          lift = max(lift, victim.0.isFinite ? victim.0 : lift)
          kept.remove(victim.1)
          used -= trace.bytes[victim.1]
        }
      }
      return saved
    }
  }

  private init(named name: String, _ run: @escaping @Sendable (RequestTrace, Int64) -> Double) {
    self.name = name
    self.run = run
  }

  /// What memory does with a budget.
  static let benefit = EvictionPolicy(named: "WorldCache") { trace, budget in
    var demand = trace.nanoseconds.map { _ in Demand() }
    var kept: Set<Int> = []
    var seen: Set<Int> = []
    var (used, saved, hits, misses) = (Int64(0), 0.0, Int64(0), Int64(0))
    for id in trace.requests {
      if kept.contains(id) {
        hits += 1
        saved += trace.nanoseconds[id]
        demand[id].request(at: misses)
        continue
      }
      misses += 1
      seen.insert(id)
      demand[id].request(at: misses)
      kept.insert(id)
      used += trace.bytes[id]
      guard used > budget else { continue }
      let halfLife = Demand.halfLife(kept: kept.count, misses: misses, requests: hits + misses)
      let regret = Double(misses - Int64(seen.count)) / Double(hits + misses)
      let candidates = kept.sorted().map { id in
        EvictionCandidate(
          id: id, bytes: trace.bytes[id],
          benefit: demand[id].value(at: misses, halfLife: halfLife) * trace.nanoseconds[id]
            * EvictionCandidate<Int>.preference(SeededGenerator.mix(UInt64(id)), regret: regret))
      }
      for candidate in EvictionCandidate.order(candidates)
      where used > EvictionCandidate<Int>.target(of: budget) {
        kept.remove(candidate.id)
        used -= candidate.bytes
      }
    }
    return saved
  }

  static let all = [benefit, lru, lfu, gdsf, random, belady, weightedBelady]
}

extension RequestTrace {
  /// For each request, when the same is asked for again; infinite if never.
  fileprivate var nextRequests: [Double] {
    var next = [Double](repeating: .infinity, count: requests.count)
    var seen: [Int: Int] = [:]
    for (clock, id) in requests.enumerated().reversed() {
      if let later = seen[id] { next[clock] = Double(later) }
      seen[id] = clock
    }
    return next
  }
}
