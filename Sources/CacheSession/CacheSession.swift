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
  let definitions: any DefinitionState<Source>
  let store: SourceStore?
  let options: SessionOptions
  let bookkeeping: Bookkeeping
  let memory = MemoryTier()
  let flights = FlightTable()
  let quarantine = Quarantine()
  let worlds = Mutex(WorldMap())
  let writes: WriteBehindQueue?
  /// Whether the next step must ask every question again: one before it failed. Guards the steps themselves, too.
  let mustAskAll = Mutex(false)
  let hitsToVerify = Atomic<Int>(0)

  /// Attaches to a host's definitions: finds the world of the store that has their state, or makes it.
  ///
  /// O(1) and without a write if the lineage's head has this state. If the store fails, the session is there all the same
  /// and generates; the next ``redefine(_:)`` tries again.
  ///
  /// - Parameter store: Where sources are kept; `nil` for a session that generates at each request.
  public init(
    store: SourceStore?, definitions: any DefinitionState<Source>, options: SessionOptions = SessionOptions()
  ) {
    self.store = store
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
          for trace in traces { bookkeeping.note(.dropped(trace.key)) }
        }
      }
    }
    advance(nil, cause: options.cause)
  }

  deinit { flush() }

  /// The source of a method instance under an owner, in a world of the host; `nil` if the generator declines.
  ///
  /// Unless the generator is a ``CachedGenerator`` it runs at each request, and nothing is stored (W14).
  ///
  /// - Parameter world: The host's world; its newest if none is given. In a world that the session was not told of (see
  ///   ``redefine(_:)``), and in one before it attached, the generator runs and nothing is stored.
  /// - Throws: What the generator throws, or a ``SessionError``.
  public func source<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner = .native, generator: Generator, at world: HostWorld? = nil
  ) throws -> Source? where Generator.Source == Source {
    try source(for: instance, owner: owner, generator: generator, in: world ?? definitions.world, nested: nil)
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
  _ trace: NewTrace, _ outcome: InsertOutcome, _ memory: MemoryTier, _ quarantine: Quarantine,
  _ bookkeeping: Bookkeeping
) {
  switch outcome {
  case .stored(let id, let range):
    memory.settle(trace.key, at: trace.world, as: id, range: range)
    bookkeeping.note(.stored(trace.key, range))
  case .refused(let refusal):
    if refusal == .quarantined {
      quarantine.insert(trace.key)
      memory.remove(trace.key)
    }
    bookkeeping.note(.refused(trace.key, refusal))
  }
}
