import CacheIdentity
import SourceStore
import SystemImage

/// Everything that happens in a session, in one enum: for logs, counters and tests.
public enum CacheEvent: Hashable, Sendable {
  /// The session found its state at a world; `asked` questions were put to the host if that took a tick.
  case attached(world: WorldAge, ticked: Bool, asked: Int, closed: Int, revived: Int)
  /// The host's definitions changed, and this is the world now.
  case redefined(world: WorldAge, ticked: Bool, asked: Int, closed: Int, revived: Int)
  /// What holds of an image in the host's new state: everything but `masked` entries, for which `asked` questions were put.
  case imageValidated(path: String, asked: Int, masked: Int)
  /// A hit in this process's memory.
  case reusedFromMemory(SourceKey)
  /// A hit in an image.
  case reusedFromImage(SourceKey)
  /// A hit in the store.
  case reusedFromStore(SourceKey)
  /// A trace was found to hold again, by asking for answers that were not recorded (C7). The hit follows.
  case revived(SourceKey)
  /// A generator begins to run.
  case generating(SourceKey, specialization: String)
  /// It returned.
  case generated(SourceKey, specialization: String, nanoseconds: Int64)
  /// It threw, or what it returned was refused; nothing is stored (W10).
  case generationFailed(SourceKey, specialization: String)
  /// A generator that is not cached ran (W14).
  case passedThrough(generator: String, specialization: String)
  /// A request waits for another thread that generates the same (W13).
  case waited(SourceKey)
  /// A generator asked for what is being generated further up (W13).
  case reentered(SourceKey)
  /// A generation is in the store.
  case stored(SourceKey, WorldRange)
  /// The trace of a source that an image served is in the store, for something that was generated rests on it.
  case copiedFromImage(SourceKey, WorldRange)
  /// A generation, or what it rests on, is not in the store, and why.
  case refused(SourceKey, Refusal)
  /// A generation is not to enter the store, by its generator's policy, and why; it is served from memory.
  case notAdmitted(SourceKey, AdmissionRefusal)
  /// A generation is not in the store because the queue of writes was full or the store failed.
  case dropped(SourceKey)
  /// The store took more than its budget, and let this go (W12).
  case evicted(PruneSummary)
  /// A generator gave another source for the same answers; the key is quarantined (B11).
  case impure(SourceKey, stored: Digest, found: Digest)
  /// The store did not do its part; the session went on without it (W15).
  case storeTrouble(StoreError)
  /// An image, or an entry of it, is damaged; the session went on without it (W15).
  case imageTrouble(ImageError)
}

/// How often each thing happened in a session.
public struct SessionCounters: Hashable, Sendable {
  /// Runs of cached generators.
  public var generated = 0
  /// Hits in memory.
  public var reusedFromMemory = 0
  /// Hits in images.
  public var reusedFromImage = 0
  /// Hits in the store.
  public var reusedFromStore = 0
  /// Hits in the store that a revalidation made possible; they count as ``reusedFromStore`` too.
  public var revivedOnRequest = 0
  /// Runs of generators that are not cached.
  public var passedThrough = 0
  /// Generators that threw or whose result was refused.
  public var generationFailures = 0
  /// Requests that waited for another thread.
  public var waited = 0
  /// Nested requests for what was being generated.
  public var reentered = 0
  /// Traces of images that were put into the store, because something generated rests on them.
  public var copiedFromImage = 0
  /// Generations recorded.
  public var stored = 0
  /// Generations that the store refused.
  public var refused = 0
  /// Generations of generators none of whose sources enter the store.
  public var excluded = 0
  /// Generations that were too fast for their generator's policy to let them into the store.
  public var tooFast = 0
  /// Generations that happened for the first time, of generators whose sources enter the store the second time.
  public var firstRequests = 0
  /// Generations that did not fit into the queue, or that the store failed to take.
  public var dropped = 0
  /// Requests whose sources were evicted from memory.
  public var evictedFromMemory = 0
  /// Traces that were evicted from the store.
  public var evictedFromStore = 0
  /// Ticks committed.
  public var ticks = 0
  /// Questions that the host was asked again.
  public var asked = 0
  /// Code instances that ticks closed.
  public var closed = 0
  /// Code instances that ticks revived.
  public var revived = 0
  /// Generators found impure.
  public var impure = 0
  /// Failures of the store.
  public var storeTroubles = 0
  /// Images and entries of images that were found damaged.
  public var imageTroubles = 0
  /// Time in generators that no other generator called, in nanoseconds: nested runs count once.
  public var generationNanoseconds: Int64 = 0

  /// Nothing happened yet.
  public init() {}

  mutating func count(_ event: CacheEvent) {
    switch event {
    case .attached(_, let ticked, let asked, let closed, let revived),
      .redefined(_, let ticked, let asked, let closed, let revived):
      ticks += ticked ? 1 : 0
      self.asked += asked
      self.closed += closed
      self.revived += revived
    case .imageValidated(_, let asked, _): self.asked += asked
    case .reusedFromMemory: reusedFromMemory += 1
    case .reusedFromImage: reusedFromImage += 1
    case .reusedFromStore: reusedFromStore += 1
    case .revived: revivedOnRequest += 1
    case .generating: generated += 1
    case .generated: break
    case .generationFailed: generationFailures += 1
    case .passedThrough: passedThrough += 1
    case .waited: waited += 1
    case .reentered: reentered += 1
    case .stored: stored += 1
    case .copiedFromImage: copiedFromImage += 1
    case .refused: refused += 1
    case .notAdmitted(_, let refusal):
      switch refusal {
      case .excluded: excluded += 1
      case .fast: tooFast += 1
      case .firstRequest: firstRequests += 1
      }
    case .dropped: dropped += 1
    case .evicted(let summary): evictedFromStore += summary.traces
    case .impure: impure += 1
    case .storeTrouble: storeTroubles += 1
    case .imageTrouble: imageTroubles += 1
    }
  }
}
