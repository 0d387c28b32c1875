import CacheIdentity
import SourceCodec

/// A request that is made again and again, for a host that keeps its method instances as objects: its key is made once, and a hit in
/// memory costs a look-up, whatever the types of instance and generator are.
///
///     let request = PreparedRequest(for: instance, generator: generator)
///     let source = try session.source(for: request)
public final class PreparedRequest<Source: SourceCodable>: Sendable {
  // First, for a hit needs nothing else of it.
  @usableFromInline let place = MemoryPlace()
  /// `nil` if the generator is not cached.
  @usableFromInline let key: RequestKey?
  @usableFromInline let source: @Sendable (CacheSession<Source>, HostWorld) throws -> Source?
  @usableFromInline let instance: any MethodInstance
  @usableFromInline let recorded:
    @Sendable (CacheSession<Source>, HostWorld) throws -> (source: Source?, basis: SourceBasis)

  /// Prepares a request for the source of an instance under an owner.
  public init<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner = .native, generator: Generator
  ) where Generator.Source == Source {
    key = generator.fingerprint.map {
      RequestKey(definition: instance.definition, instance: instance.instance, owner: owner.digest, fingerprint: $0)
    }
    self.instance = instance
    source = { session, world in
      try session.sourceFromBelow(for: instance, owner: owner, generator: generator, in: world, nested: nil)
    }
    recorded = { session, world in
      try session.recordedSource(for: instance, owner: owner, generator: generator, at: world)
    }
  }
}

extension CacheSession {
  /// The source of a prepared request, as ``source(for:owner:generator:at:)`` gives it.
  @inlinable
  public func source(for request: PreparedRequest<Source>, at world: HostWorld? = nil) throws -> Source? {
    let world = world ?? definitions.world
    if isServedAtOnce, let key = request.key, let node = request.place.find(key, in: memory),
      let source = sourceInMemory(node, in: world)
    {
      return source
    }
    return try request.source(self, world)
  }

  /// The same, with what whatever the host builds from the source rests on: ``recordedSource(for:owner:generator:at:)``.
  @inlinable
  public func recordedSource(
    for request: PreparedRequest<Source>, at world: HostWorld? = nil
  ) throws -> (source: Source?, basis: SourceBasis) {
    let world = world ?? definitions.world
    if isServedAtOnce, let key = request.key, let node = request.place.find(key, in: memory),
      let hit = memoryHit(node, in: world)
    {
      return (hit.source, SourceBasis(hit.kept, of: request.instance))
    }
    return try request.recorded(self, world)
  }
}
