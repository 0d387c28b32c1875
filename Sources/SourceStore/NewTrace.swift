import CacheIdentity
import SourceCodec

/// A generation to be recorded: what was asked for, what was asked on the way, and what came out.
public struct NewTrace: Hashable, Sendable {
  /// The key.
  public var key: SourceKey
  /// The method, for people.
  public var method: MethodDescription
  /// The generator, which the key's method hash covers.
  public var generator: GeneratorFingerprint
  /// The owner, whose digest the key contains.
  public var owner: Owner
  /// The method instance, for people.
  public var specialization: String
  /// The world of the generation.
  public var world: WorldAge
  /// The worlds in which the generator vouches for it, in this lineage's terms; ``WorldRange/all`` if it said nothing.
  public var declared: WorldRange
  /// The questions asked and their answers, in order.
  public var edges: [Edge]
  /// What was generated; `nil` if the generator declined.
  public var source: EncodedSource?
  /// How it came to be.
  public var provenance: Provenance

  /// Makes a record.
  public init(
    key: SourceKey, method: MethodDescription, generator: GeneratorFingerprint, owner: Owner, specialization: String,
    world: WorldAge, declared: WorldRange = .all, edges: [Edge], source: EncodedSource?, provenance: Provenance
  ) {
    self.key = key
    self.method = method
    self.generator = generator
    self.owner = owner
    self.specialization = specialization
    self.world = world
    self.declared = declared
    self.edges = edges
    self.source = source
    self.provenance = provenance
  }

  /// What a question about this key's source is answered.
  public var sourceAnswer: Answer { .source(source?.digest) }
}

/// What became of a record.
public enum InsertOutcome: Hashable, Sendable {
  /// It is served from now on, in this range.
  case stored(TraceID, WorldRange)
  /// It was not stored, and why.
  case refused(Refusal)
}

/// Why a generation was not recorded. None of these is an error: the source was generated and can be used.
public enum Refusal: Hashable, Sendable {
  /// The history back to the world of the generation was pruned (W8).
  case historyPruned(oldest: WorldAge)
  /// The lineage has not reached the world of the generation, so nothing can be recorded there (W1).
  case beyondHead(WorldAge)
  /// Another answer to the same question is recorded in the same world (W2).
  case contradiction(Question)
  /// It rests on a source of which nothing is recorded in its world.
  case unrecordedSource(Question)
  /// Another source of the same key is recorded in the same world: the generator is not a function of its answers (B11).
  case conflict(stored: Digest, found: Digest)
  /// The key is quarantined (B11).
  case quarantined
  /// The declared range leaves nothing around the world of the generation.
  case outsideDeclaredRange(WorldRange)
}
