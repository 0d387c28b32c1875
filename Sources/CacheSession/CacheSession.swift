import CacheIdentity
import SourceCodec
import SourceStore
import Synchronization
import SystemImage

/// What a host calls: a source comes from memory, else from an image, else from the store, else from the generator.
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
  @usableFromInline let memory: MemoryTier
  let flights = FlightTable()
  let quarantine = Quarantine()
  let worlds = Mutex(WorldMap())
  let images: ImageTier
  /// Whether the store had any key out of service at the last step, or could not say; asked only if there are images.
  let storeHasQuarantine = Atomic<Bool>(false)
  let writes: WriteBehindQueue?
  /// Tells whoever watches the store's file; `nil` without one.
  let activity: ActivityPublisher?
  /// Whether the next step must ask every question again: one before it failed. Guards the steps themselves, too.
  let mustAskAll = Mutex(false)
  let hitsToVerify = Atomic<Int>(0)
  /// The store's admission policies; `nil` before the first generation.
  let storedAdmission = Mutex<[String: AdmissionPolicy]?>(nil)

  /// Attaches to a host's definitions: finds the world of the store that has their state, or makes it.
  ///
  /// O(1) and without a write if the lineage's head has this state. If the store fails, the session is there all the same,
  /// as if it had none; the next ``redefine(_:cause:)`` tries again.
  ///
  /// - Parameters:
  ///   - store: Where sources are kept. Without one they are kept in memory only: what was generated in a world of the
  ///     host is served in that world, and after a redefinition everything is generated anew. A store in memory
  ///     (``SourceStore/Location/memory``) finds out what still holds.
  ///   - images: What is asked before the store, later ones first. In the state from which an image was built all of it holds;
  ///     in another one its questions are asked once, and what rests on another answer is masked (E1). Who demands a
  ///     signature opens them with the keys that he trusts (``SystemImage/init(_:trusting:)``).
  public init(
    store: SourceStore?, images: [SystemImage] = [], definitions: any DefinitionState<Source>,
    options: SessionOptions = SessionOptions()
  ) {
    let store = options.isEnabled ? store : nil
    self.store = store
    isEnabled = options.isEnabled
    isServedAtOnce = options.isEnabled && options.verifyEvery <= 0
    self.definitions = definitions
    self.options = options
    memory = MemoryTier(budget: options.memoryBudget)
    let bookkeeping = Bookkeeping(options)
    self.bookkeeping = bookkeeping
    let images = ImageTier(options.isEnabled ? images : [])
    self.images = images
    writes = store.map { [memory, quarantine] store in
      WriteBehindQueue(
        store: store, capacity: options.queueCapacity, budget: options.storeBudget,
        copies: { edges, host, world in
          images.copies(for: edges, in: host, at: world) { bookkeeping.note(.imageTrouble($0)) }
        },
        evicted: { result in
          switch result {
          case .success(let summary): bookkeeping.note(.evicted(summary))
          case .failure(let error): bookkeeping.note(.storeTrouble(error))
          }
        },
        report: { batch, result in
          for trace in batch.leftOut {
            bookkeeping.note(.notAdmitted(trace.kept.key, .firstRequest), by: trace.request.fingerprint.generator)
          }
          switch result {
          case .success(let outcomes):
            for (copy, outcome) in zip(batch.copies, outcomes) {
              settle(copy, outcome, images, memory, quarantine, bookkeeping)
            }
            for (trace, outcome) in zip(batch.traces, outcomes.dropFirst(batch.copies.count)) {
              settle(trace, outcome, images, memory, quarantine, bookkeeping)
            }
          case .failure(let error):
            images.forgetCopies()
            bookkeeping.note(.storeTrouble(error))
            for trace in batch.traces {
              bookkeeping.note(.dropped(trace.kept.key), by: trace.request.fingerprint.generator)
            }
          }
        })
    }
    if let store, store.location != .memory {
      activity = ActivityPublisher(ActivityBoard(store: store.path)) { [memory, writes] in
        SessionActivity(
          process: .current, lineage: options.lineage, publishedAt: ProcessIdentity.now,
          queueDepth: writes?.depth ?? 0, generators: memory.addHits(to: bookkeeping.generators))
      }
    } else {
      activity = nil
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
    return (served.source, SourceBasis(served.kept, of: GeneratorRequest(instance, owner, generator)))
  }

  /// What happened so far. Takes each lock in turn: exact only when no request runs.
  public var counters: SessionCounters {
    var counters = bookkeeping.counters
    counters.reusedFromMemory += memory.hits
    counters.evictedFromMemory = memory.evictions
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
