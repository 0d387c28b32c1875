extension BenchmarkGroup {
  /// What eviction saves: time of generation, in caches of several sizes.
  static let eviction = BenchmarkGroup(
    name: "eviction", abstract: "time that caches of a budget save, by how they evict; recorded requests with --corpus"
  ) { run in
    let requests = run.scale(quick: 10_000, normal: 20_000, full: 50_000)
    let traces =
      try run.corpora.compactMap { try RequestTrace(besideCorpus: $0) } + [
        .zipf(1500, requests: requests), .scans(1500, requests: requests), .phases(1500, requests: requests),
        .loop(1342, requests: requests), .loop(1342, requests: requests, isUniform: true),
      ]
    return traces.flatMap { evictionRows($0, run) }
  }
}

/// What of all bytes there is room for. The last is what 1,342 entries have that share room for 1,024.
private let shares: [Double] = [0.05, 0.1, 0.2, 0.3, 0.5, 1024 / 1342]

/// A row for each budget, and one for all of them together.
private func evictionRows(_ trace: RequestTrace, _ run: Run) -> [Row] {
  let columns = shares.map { share in
    run.progress("eviction: \(trace.name), \(Int(share * 100))%")
    return EvictionPolicy.all.map { $0.run(trace, Int64(share * Double(trace.allBytes))) }
  }
  let sums = EvictionPolicy.all.indices.map { policy in columns.reduce(0) { $0 + $1[policy] } }
  return zip(shares, columns).map { share, saved in
    row("time saved", "\(trace.name), room for \(Int(share * 100))%", saved, of: trace.repeated)
  } + [row("time saved in all", trace.name, sums, of: trace.repeated * Double(shares.count))]
}

/// - Parameters:
///   - saved: The time that each policy saved.
///   - repeated: The time that there was to save; what was not saved is paid.
private func row(_ name: String, _ variant: String, _ saved: [Double], of repeated: Double) -> Row {
  let named = Array(zip(EvictionPolicy.all.map(\.name), saved))
  func time(of policy: EvictionPolicy) -> Double { named.first { $0.0 == policy.name }?.1 ?? .nan }
  let ours = time(of: .benefit)
  return Row(
    name: name, variant: variant, readings: named.map { Reading(contender: $0.0, median: $0.1) },
    ratios: [
      Ratio(name: "paidOfLRU", value: (repeated - ours) / (repeated - time(of: .lru))),
      Ratio(name: "savedOfBelady", value: ours / time(of: .belady)),
      Ratio(name: "savedOfWeightedBelady", value: ours / time(of: .weightedBelady)),
    ])
}
