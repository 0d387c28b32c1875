import CacheIdentity
import SourceCodec

/// A host's definitions, as a session asks about them when it attaches and after each change.
///
/// While a session attaches or redefines, the host must not change definitions. Requests ask too, from any thread: what
/// they were answered counts only if ``world`` is the same before and after.
public protocol DefinitionState<Source>: Sendable {
  /// The host's source type.
  associatedtype Source: SourceCodable

  /// The host's newest world.
  var world: HostWorld { get }
  /// The digest of all definitions in that world; see ``StateDigest``.
  var state: Digest { get }

  /// Answers a question in the newest world; `nil` if the question makes no sense here, such as a signature with a type that does
  /// not exist. What has no answer closes whatever asked for it (E4). Never called with ``Question/source(_:specialization:)``.
  func answer(_ question: Question) -> Answer?

  /// Requests a generated source that a stored trace rests on, by calling `context.source(for:owner:generator:)` for the
  /// instance that `request` describes; does nothing if there is no such instance here. Its errors mean just that the
  /// outer source is generated again (C7).
  func request(_ request: SourceRequest, in context: GenerationContext<Source>) throws
}

/// An inner source that a stored trace was built from, described so that the host can find its instance and generator.
public struct SourceRequest: Hashable, Sendable {
  /// The key, which the instance found must have.
  public let key: SourceKey
  /// What the instance is a specialization of.
  public let method: MethodDescription
  /// The specialization, as ``MethodInstance/specialization`` gave it.
  public let specialization: String
  /// The generator's name.
  public let generator: String
  /// The owner.
  public let owner: Owner

  /// Makes a request.
  public init(key: SourceKey, method: MethodDescription, specialization: String, generator: String, owner: Owner) {
    self.key = key
    self.method = method
    self.specialization = specialization
    self.generator = generator
    self.owner = owner
  }
}
