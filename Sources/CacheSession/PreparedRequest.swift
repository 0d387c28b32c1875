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
  @usableFromInline let body: any RequestBody<Source>

  /// Prepares a request for the source of an instance under an owner.
  @inlinable
  public init<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner = .native, generator: Generator
  ) where Generator.Source == Source {
    key = generator.fingerprint.map {
      RequestKey(definition: instance.definition, instance: instance.instance, owner: owner.digest, fingerprint: $0)
    }
    body = GeneratorRequest(instance, owner, generator)
  }

  /// Where memory has something for it. Touches the key only the first time.
  @inlinable
  func node(in memory: MemoryTier) -> MemoryNode? {
    if let node = place.node(in: memory) { return node }
    return key.flatMap { place.lookUp($0, in: memory) }
  }
}

/// What is requested, for who does not know the types of instance and generator: what is needed of it once memory has nothing. An
/// object, so that what rests on the source refers to it and copies nothing.
@usableFromInline
protocol RequestBody<Source>: AnyObject, Sendable {
  associatedtype Source: SourceCodable

  /// See ``MethodInstance/specialization``.
  var specialization: String { get }
  func source(from session: CacheSession<Source>, in world: HostWorld) throws -> Source?
  func recordedSource(
    from session: CacheSession<Source>, in world: HostWorld
  ) throws -> (source: Source?, basis: SourceBasis)
}

/// The same with the types.
@usableFromInline
final class GeneratorRequest<Generator: SourceGenerator>: RequestBody {
  @usableFromInline typealias Source = Generator.Source

  @usableFromInline let instance: Generator.Instance
  @usableFromInline let owner: Owner
  @usableFromInline let generator: Generator

  @inlinable
  init(_ instance: Generator.Instance, _ owner: Owner, _ generator: Generator) {
    self.instance = instance
    self.owner = owner
    self.generator = generator
  }

  @usableFromInline var specialization: String { instance.specialization }

  @usableFromInline
  func source(from session: CacheSession<Source>, in world: HostWorld) throws -> Source? {
    try session.sourceFromBelow(for: instance, owner: owner, generator: generator, in: world, nested: nil)
  }

  @usableFromInline
  func recordedSource(
    from session: CacheSession<Source>, in world: HostWorld
  ) throws -> (source: Source?, basis: SourceBasis) {
    try session.recordedSource(for: instance, owner: owner, generator: generator, at: world)
  }
}

extension CacheSession {
  /// The source of a prepared request, as ``source(for:owner:generator:at:)`` gives it.
  @inlinable
  public func source(for request: PreparedRequest<Source>, at world: HostWorld? = nil) throws -> Source? {
    let world = world ?? definitions.world
    if isServedAtOnce, let node = request.node(in: memory),
      let source = sourceInMemory(node, in: world)
    {
      return source
    }
    return try request.body.source(from: self, in: world)
  }

  /// The same, with what whatever the host builds from the source rests on: ``recordedSource(for:owner:generator:at:)``.
  @inlinable
  public func recordedSource(
    for request: PreparedRequest<Source>, at world: HostWorld? = nil
  ) throws -> (source: Source?, basis: SourceBasis) {
    let world = world ?? definitions.world
    if isServedAtOnce, let node = request.node(in: memory),
      let hit = memoryHit(node, in: world)
    {
      return (hit.source, SourceBasis(hit.kept, of: request.body))
    }
    return try request.body.recordedSource(from: self, in: world)
  }
}
