import CacheIdentity
import SourceCodec
import SourceStore
import Synchronization

/// What a host calls: a source comes from memory, else from the store, else from the generator.
///
///     let session = CacheSession(store: try SourceStore(.file(path)), definitions: host)
///     let source = try session.source(for: instance, owner: .native, generator: generator)
///
/// Trouble with the store never breaks the host: the session generates instead (W15). Safe to use from any thread; a
/// request may block while another thread generates the same source. Generations are written behind: ``flush()`` or
/// ``close()`` makes sure that they are in the store.
public final class CacheSession<Source: SourceCodable>: Sendable {
  @usableFromInline let definitions: any DefinitionState<Source>
  let store: SourceStore?
  let isEnabled: Bool
  /// Whether a hit in memory needs nothing more.
  @usableFromInline let isServedAtOnce: Bool
  let options: SessionOptions
  @usableFromInline let bookkeeping: Bookkeeping
  let keys = SourceKeys(codec: Source.codec.description)
  @usableFromInline let memory = MemoryTier()
  let flights = FlightTable()
  let quarantine = Quarantine()
  let worlds = Mutex(WorldMap())
  let writes: WriteBehindQueue?
  /// Whether the next step must ask every question again: one before it failed. Guards the steps themselves, too.
  let mustAskAll = Mutex(false)
  let hitsToVerify = Atomic<Int>(0)

  /// Attaches to a host's definitions: finds the world of the store that has their state, or makes it.
  ///
  /// O(1) and without a write if the lineage's head has this state. If the store fails, the session is there all the same,
  /// as if it had none; the next ``redefine(_:cause:)`` tries again.
  ///
  /// - Parameter store: Where sources are kept. Without one they are kept in memory only: what was generated in a world of the
  ///   host is served in that world, and after a redefinition everything is generated anew. A store in memory
  ///   (``SourceStore/Location/memory``) finds out what still holds.
  public init(
    store: SourceStore?, definitions: any DefinitionState<Source>, options: SessionOptions = SessionOptions()
  ) {
    let store = options.isEnabled ? store : nil
    self.store = store
    isEnabled = options.isEnabled
    isServedAtOnce = options.isEnabled && options.verifyEvery <= 0
    self.definitions = definitions
    self.options = options
    let bookkeeping = Bookkeeping(options)
    self.bookkeeping = bookkeeping
    writes = store.map { [memory, quarantine] store in
      WriteBehindQueue(store: store, capacity: options.queueCapacity) { traces, result in
        switch result {
        case .success(let outcomes):
          for (trace, outcome) in zip(traces, outcomes) {
            settle(trace, outcome, memory, quarantine, bookkeeping)
          }
        case .failure(let error):
          bookkeeping.note(.storeTrouble(error))
          for trace in traces { bookkeeping.note(.dropped(trace.kept.key)) }
        }
      }
    }
    advance(nil, cause: options.cause)
    // What goes wrong here goes wrong at the first lookup, too.
    try? store?.prepareLookups()
  }

  deinit { flush() }

  /// The source of a method instance under an owner, in a world of the host; `nil` if the generator declines.
  ///
  /// Unless the generator is a ``CachedGenerator`` it runs at each request, and nothing is stored (W14).
  ///
  /// - Parameter world: The host's world; its newest if none is given. What is generated in a world that the session was not told
  ///   of (see ``redefine(_:cause:)``), or in one before it attached, is kept in memory for that world, and not stored.
  /// - Throws: What the generator throws, or a ``SessionError``.
  @inlinable
  public func source<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner = .native, generator: Generator, at world: HostWorld? = nil
  ) throws -> Source? where Generator.Source == Source {
    let world = world ?? definitions.world
    if let node = place(of: instance, owner, generator), let source = sourceInMemory(node, in: world) { return source }
    return try sourceFromBelow(for: instance, owner: owner, generator: generator, in: world, nested: nil)
  }

  /// The same, with what whatever the host builds from the source rests on. Its errors come without.
  public func recordedSource<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner = .native, generator: Generator, at world: HostWorld? = nil
  ) throws -> (source: Source?, basis: SourceBasis) where Generator.Source == Source {
    let world = world ?? definitions.world
    guard isEnabled, let fingerprint = generator.fingerprint else {
      return try withChain(of: nil) { chain in
        let context = GenerationContext(session: self, world: world, chain: chain)
        let source = try context.source(for: instance, owner: owner, generator: generator)
        return (source, SourceBasis(asked: context.edges))
      }
    }
    let served =
      try place(of: instance, owner, generator).flatMap { memoryHit($0, in: world) }
      ?? serveFromBelow(instance, owner, generator, fingerprint, in: world, nested: nil)
    return (served.source, SourceBasis(served.kept, of: instance))
  }

  /// What happened so far. Takes each lock in turn: exact only when no request runs.
  public var counters: SessionCounters {
    var counters = bookkeeping.counters
    counters.reusedFromMemory += memory.hits
    return counters
  }

  /// Returns when every generation so far is in the store, or was reported as trouble, and hits are recorded.
  public func flush() {
    writes?.flush()
    recordUses()
  }

  /// Flushes. The session can still be used; what it does then is flushed when it goes.
  public func close() { flush() }

  private func recordUses() {
    guard let store else { return }
    let now = ProcessIdentity.now
    let uses = memory.takeUses().map { TraceUse(trace: $0.key, hits: $0.value, lastUsed: now) }
    guard !uses.isEmpty else { return }
    do throws(StoreError) {
      try store.record(uses.sorted { $0.trace < $1.trace })
    } catch {
      bookkeeping.note(.storeTrouble(error))
    }
  }
}

/// Keys that no tier may serve (B11).
final class Quarantine: Sendable {
  private let keys = Mutex<Set<SourceKey>>([])

  func insert(_ key: SourceKey) { keys.withLock { _ = $0.insert(key) } }
  func contains(_ key: SourceKey) -> Bool { keys.withLock { $0.contains(key) } }
}

/// Takes in what became of a generation in the store.
private func settle(
  _ pending: PendingTrace, _ outcome: InsertOutcome, _ memory: MemoryTier, _ quarantine: Quarantine,
  _ bookkeeping: Bookkeeping
) {
  let key = pending.kept.key
  switch outcome {
  case .stored(let id, let range):
    memory.settle(pending.request, pending.kept, as: id, range: range)
    bookkeeping.note(.stored(key, range))
  case .refused(let refusal):
    if refusal == .quarantined {
      quarantine.insert(key)
      memory.remove(pending.request)
    }
    bookkeeping.note(.refused(key, refusal))
  }
}
