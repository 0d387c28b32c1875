import CacheIdentity
import SourceCodec
import SourceStore

/// What a host calls: sources from memory, else from the store, else from the generator.
public final class CacheSession<Source: SourceCodable>: Sendable {
  private let definitions: any DefinitionState<Source>

  /// Attaches to the definitions of a host.
  public init(definitions: any DefinitionState<Source>) {
    self.definitions = definitions
  }

  /// The source of a method instance under an owner, in a world of the host (its newest if none is given).
  public func source<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner = .native, generator: Generator, at world: HostWorld? = nil
  ) throws -> Source? where Generator.Source == Source {
    let context = GenerationContext(session: self, world: world ?? definitions.world)
    return try generator.generate(instance, owner: owner, context: context).source
  }

  /// Takes in that the host has changed definitions; `subjects` are all that may have changed, `nil` for anything.
  public func redefine(_ subjects: Set<Subject>?) {}
}
