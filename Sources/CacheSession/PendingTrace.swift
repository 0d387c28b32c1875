import CacheIdentity
import SourceStore

/// A generation on its way into the store. What the store wants to know of it is put together by the queue's thread.
///
/// An object, so that the generator's thread writes it once and hands on a reference.
final class PendingTrace: Sendable {
  let kept: any KeptSource
  let request: RequestKey
  let owner: Owner
  let instance: any MethodInstance
  /// The world of the generation, for the host and in the store.
  let host: HostWorld
  let world: WorldAge
  /// The worlds in which the generator vouches for it, in the lineage's terms.
  let declared: WorldRange
  let edges: [Edge]
  /// When it was generated, in milliseconds since 1970.
  let generatedAt: Int64
  let generationNanoseconds: Int64
  /// Whether it is to be stored only if its key was noted before.
  let mustBeNoted: Bool

  init(
    kept: any KeptSource, request: RequestKey, owner: Owner, instance: any MethodInstance, host: HostWorld,
    world: WorldAge, declared: WorldRange, edges: [Edge], generatedAt: Int64, generationNanoseconds: Int64,
    mustBeNoted: Bool
  ) {
    self.kept = kept
    self.request = request
    self.owner = owner
    self.instance = instance
    self.host = host
    self.world = world
    self.declared = declared
    self.edges = edges
    self.generatedAt = generatedAt
    self.generationNanoseconds = generationNanoseconds
    self.mustBeNoted = mustBeNoted
  }

  /// What the store records.
  var trace: NewTrace {
    NewTrace(
      key: kept.key, method: instance.method, generator: request.fingerprint, owner: owner,
      specialization: instance.specialization, world: world, declared: declared, edges: edges, source: kept.encoded(),
      provenance: Provenance(
        process: .current, generatedAt: generatedAt, generationNanoseconds: generationNanoseconds))
  }
}
