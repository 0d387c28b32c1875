import CacheIdentity
import SourceCodec
import SourceStore
import Synchronization

/// What a request is for. Cheaper to make than a ``SourceKey``, which costs a SHA-256: the method hash is left in its parts.
struct RequestKey: Hashable {
  let definition: Digest
  let instance: Digest
  let owner: Digest
  let fingerprint: GeneratorFingerprint

  /// The key in the store, for sources in a codec's form.
  func sourceKey(codec: CodecIdentity) -> SourceKey {
    SourceKey(
      methodHash: SourceKey.methodHash(
        definition: definition, fingerprint: fingerprint, codec: codec.description),
      instance: instance, owner: owner)
  }

  // The digests are uniform; the fingerprint hardly ever tells keys apart.
  func hash(into hasher: inout Hasher) { hasher.combine(definition.low ^ instance.high ^ owner.low) }
}

/// A source as it is served, with the digest that an edge on it needs.
struct ServedSource<Source: SourceCodable>: Sendable {
  let source: Source?
  let digest: Digest?

  /// What a question about this source is answered.
  var answer: Answer { .source(digest) }
}

/// A source in memory, without its type: the tier is not generic, so that the hot path is compiled for what it does.
///
/// Values are kept as they are. Instances of classes are kept as bytes: what was handed out must not reach the cache (B6).
enum CachedContent: Sendable {
  case value(any AnyObject & Sendable)
  case encoded(EncodedSource)

  private final class Box<Source: SourceCodable>: Sendable {
    let served: ServedSource<Source>
    init(_ served: ServedSource<Source>) { self.served = served }
  }

  init<Source: SourceCodable>(_ source: Source?, _ encoded: EncodedSource?) {
    if let encoded, Source.self is AnyObject.Type {
      self = .encoded(encoded)
    } else {
      self = .value(Box(ServedSource(source: source, digest: encoded?.digest)))
    }
  }

  /// What to hand out; `nil` if it is of another type, or if bytes that were checked before no longer decode.
  func served<Source: SourceCodable>(as type: Source.Type) -> ServedSource<Source>? {
    switch self {
    case .value(let box): (box as? Box<Source>)?.served
    case .encoded(let encoded): (try? encoded.open()).map { ServedSource(source: $0, digest: encoded.digest) }
    }
  }
}

/// The sources of this process, by request and world.
///
/// What was just generated holds in its own world only, until the store has its row and so ticks say when it closes: then
/// it is *settled*. Sharded, so that readers on many threads seldom meet.
final class MemoryTier: Sendable {
  private struct Entry {
    var range: WorldRange
    var content: CachedContent
    var key: SourceKey
    /// The trace in the store; `nil` until settled.
    var trace: TraceID?
    var uses: Int
  }

  private struct Entries {
    var byRequest: [RequestKey: [Entry]] = [:]
    /// The way back from a key that a tick closed.
    var requests: [SourceKey: RequestKey] = [:]
    var hits = 0

    mutating func add(_ entry: Entry, for request: RequestKey) {
      byRequest[request, default: []].removeAll { $0.range.overlaps(entry.range) }
      byRequest[request, default: []].append(entry)
      if byRequest[request, default: []].count > MemoryTier.keptPerRequest { byRequest[request]?.removeFirst() }
      requests[entry.key] = request
    }

    mutating func close(_ request: RequestKey, at world: WorldAge) {
      byRequest[request] = byRequest[request]?.compactMap { entry in
        guard entry.range.max > world else { return entry }
        guard let range = WorldRange(entry.range.min, world) else { return nil }
        var closed = entry
        closed.range = range
        return closed
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

  /// The number of ticks taken in: read before looking into the store, for ``insert(_:_:_:_:at:asOf:)``.
  var epoch: Int { ticks.load(ordering: .acquiring) }

  /// The number of hits so far.
  var hits: Int { shards.reduce(0) { $0 + $1.entries.withLock(\.hits) } }

  /// The source of a request in a world of the store.
  func lookup(_ request: RequestKey, at world: WorldAge) -> (key: SourceKey, content: CachedContent)? {
    shard(of: request.instance).entries.withLock { entries in
      guard let index = entries.byRequest.index(forKey: request),
        let position = entries.byRequest.values[index].lastIndex(where: { $0.range.contains(world) })
      else { return nil }
      entries.hits += 1
      entries.byRequest.values[index][position].uses += 1
      return (entries.byRequest.values[index][position].key, entries.byRequest.values[index][position].content)
    }
  }

  /// Keeps what the store had.
  ///
  /// If a tick came after `epoch` was read, the row may be closed by now: then it is kept for its own world only. (Ticks count
  /// up before they close entries, and both happen under the shard's lock, so no open row can slip through.)
  func insert(
    _ request: RequestKey, _ key: SourceKey, _ content: CachedContent, of stored: StoredSource, at world: WorldAge,
    asOf epoch: Int
  ) {
    shard(of: request.instance).entries.withLock { entries in
      let isCurrent = ticks.load(ordering: .acquiring) == epoch
      let entry = Entry(
        range: isCurrent ? stored.range : .only(world), content: content, key: key, trace: stored.trace, uses: 1)
      entries.add(entry, for: request)
    }
  }

  /// Keeps what was just generated, for its own world until it is settled.
  func insert(_ request: RequestKey, _ key: SourceKey, generated content: CachedContent, at world: WorldAge) {
    let entry = Entry(range: .only(world), content: content, key: key, trace: nil, uses: 0)
    shard(of: request.instance).entries.withLock { $0.add(entry, for: request) }
  }

  /// The store has the row of a generation: its range is the row's, which ticks close. Never while a tick is taken in.
  func settle(_ key: SourceKey, at world: WorldAge, as trace: TraceID, range: WorldRange) {
    shard(of: key.instance).entries.withLock { entries in
      guard let request = entries.requests[key],
        let position = entries.byRequest[request]?.lastIndex(where: { $0.range.contains(world) && $0.trace == nil })
      else { return }
      entries.byRequest[request]?[position].trace = trace
      entries.byRequest[request]?[position].range = range
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
        for request in Array(entries.byRequest.keys) { entries.close(request, at: world) }
      }
    }
  }

  /// Forgets a key.
  func remove(_ key: SourceKey) {
    shard(of: key.instance).entries.withLock { entries in
      if let request = entries.requests.removeValue(forKey: key) { entries.byRequest[request] = nil }
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
        for index in entries.byRequest.indices {
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
