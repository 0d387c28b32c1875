import CacheIdentity
import SourceCodec

/// A method instance as the cache sees it: two digests that make its key, and texts for people.
///
/// The digests are asked for at each request, so a host keeps them; the texts only when a row is written.
public protocol MethodInstance: Sendable {
  /// The identity of the method's definition: its signature and body, not its place in a file.
  var definition: Digest { get }
  /// The identity of the specialization: the types of the arguments.
  var instance: Digest { get }
  /// What the method is.
  var method: MethodDescription { get }
  /// The specialization as people read it, such as `sin(Float64)`; unique for equal ``instance`` and method name.
  var specialization: String { get }
}

/// Produces source for method instances. Only a ``CachedGenerator``'s sources are stored (W14).
public protocol SourceGenerator<Instance, Source>: Sendable {
  /// What source is generated for.
  associatedtype Instance: MethodInstance
  /// What is generated.
  associatedtype Source: SourceCodable

  /// The generator's name: it says who generated a row.
  var name: String { get }

  /// Which generator this is, at which version, if it has opted in to be cached. Not to be implemented: a
  /// ``CachedGenerator`` has one, no other has.
  var fingerprint: GeneratorFingerprint? { get }

  /// Which of its sources enter the store, if it has opted in to be cached; all of them unless it says otherwise. A session's
  /// ``SessionOptions/admission`` goes before it.
  var admission: AdmissionPolicy { get }

  /// Generates source in `context.world`, and records in `context` every question it asks on the way.
  ///
  /// An error is passed to whoever asked; nothing is stored, and the next request runs the generator again (W10, B3).
  func generate(
    _ instance: Instance, owner: Owner, context: GenerationContext<Source>
  ) throws -> GeneratedSource<Source>
}

/// A generator that has opted in to be cached: what it returns depends on nothing but the instance, the owner and the
/// answers to the questions that it records.
public protocol CachedGenerator<Instance, Source>: SourceGenerator {
  /// The version of the generator's own code. `nil` if it declares none: then the build id of the executable stands for
  /// it, so that a rebuilt generator never serves old sources.
  var version: String? { get }
}

extension SourceGenerator {
  /// None: not cached.
  @inlinable public var fingerprint: GeneratorFingerprint? { nil }
  /// All.
  public var admission: AdmissionPolicy { .always }
}

extension CachedGenerator {
  /// The name and the version.
  @inlinable public var fingerprint: GeneratorFingerprint? {
    GeneratorFingerprint(generator: name, version: version ?? BuildIdentity.current)
  }
}

/// What a generator returns.
public struct GeneratedSource<Source: SourceCodable>: Sendable {
  /// The source; `nil` if the generator declines, which is an answer that is cached like any other.
  public var source: Source?
  /// The host worlds in which the generator vouches for the source, beyond what its edges say; `nil` for all. It must
  /// contain the world of the request (W10). Without edges an open range must start at the first world (B5).
  public var declaredRange: ClosedRange<HostWorld>?

  /// Makes a result.
  public init(_ source: Source?, declaredRange: ClosedRange<HostWorld>? = nil) {
    self.source = source
    self.declaredRange = declaredRange
  }
}
