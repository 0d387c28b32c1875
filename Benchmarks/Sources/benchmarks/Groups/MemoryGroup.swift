import Synchronization
import WorldCache

extension BenchmarkGroup {
  /// A hit in a session's memory, beside a dictionary with the same keys and values.
  static let memory = BenchmarkGroup(name: "memory", abstract: "a hit in memory, beside a Dictionary") { run in
    var rows: [Row] = []
    let counts = run.scale(
      quick: [1000, 10_000], normal: [1000, 100_000, 1_000_000], full: [1000, 10_000, 100_000, 1_000_000])
    for count in counts { rows.append(try memoryRow("hit", Workload(count: count, edges: 0), run)) }
    rows.append(try memoryRow("hit of 2 KiB", Workload(count: 10_000, size: .exactly(2048), edges: 0), run))
    rows.append(try memoryRow("hit of 64 KiB", Workload(count: 1000, size: .exactly(65_536), edges: 0), run))
    return rows
  }
}

private func memoryRow(_ name: String, _ workload: Workload, _ run: Run) throws -> Row {
  run.progress("memory: \(workload.count) sources of \(workload.size)")
  let contenders = try MemoryContenders(workload)
  let batch = workload.size == .exactly(65_536) ? 5000 : 50_000
  return Row(
    name, "\(workload.count) x \(workload.size)",
    try run.comparison(batch: batch).measure(contenders.all, over: workload.count),
    ratios: [
      ("ofDictionary", MemoryContenders.prepared, MemoryContenders.dictionary),
      ("byInstanceOfDictionary", MemoryContenders.byInstance, MemoryContenders.dictionary),
    ])
}

/// Ways of having sources in memory.
struct MemoryContenders {
  static let prepared = "WorldCache, prepared"
  static let byInstance = "WorldCache, by instance"
  static let dictionary = "Dictionary"
  static let locked = "Dictionary in a Mutex"

  /// A dictionary for many threads.
  private final class Locked: Sendable {
    let sources: Mutex<[SourceKey: Blob]>
    init(_ sources: [SourceKey: Blob]) { self.sources = Mutex(sources) }
  }

  let all: [Contender]

  init(_ workload: Workload) throws {
    let session = CacheSession(store: nil, definitions: SyntheticDefinitions(watches: []))
    let generator = SyntheticGenerator(workload)
    let instances = (0..<workload.count).map(workload.instance)
    let requests = instances.map { PreparedRequest(for: $0, generator: generator) }
    let keys = (0..<workload.count).map(workload.key)
    for instance in instances { _ = try session.source(for: instance, generator: generator) }
    // Each has sources of its own: what one has just read is in the processor's caches for others.
    let sources = Dictionary(uniqueKeysWithValues: keys.indices.map { (keys[$0], workload.source($0)) })
    let locked = Locked(Dictionary(uniqueKeysWithValues: keys.indices.map { (keys[$0], workload.source($0)) }))
    all = [
      Contender(MemoryContenders.prepared) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= try session.source(for: requests[index])?.touched ?? 0 }
        return sum
      },
      Contender(MemoryContenders.dictionary) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= sources[keys[index]]?.touched ?? 0 }
        return sum
      },
      Contender(MemoryContenders.byInstance) { indices in
        var sum: UInt64 = 0
        for index in indices {
          sum &+= try session.source(for: instances[index], generator: generator)?.touched ?? 0
        }
        return sum
      },
      Contender(MemoryContenders.locked) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= locked.sources.withLock { $0[keys[index]] }?.touched ?? 0 }
        return sum
      },
    ]
  }
}

extension Blob {
  /// The checksum of ``touch(_:)``.
  var touched: UInt64 { bytes.withUnsafeBytes(touch) }
}

extension EncodedSource {
  /// The same of the bytes as they are stored.
  var touched: UInt64 { payload.withUnsafeBytes(touch) }
}
