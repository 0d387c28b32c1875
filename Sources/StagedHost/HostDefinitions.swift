import CacheIdentity
import CacheSession
import LoweredIR
import Synchronization

/// A host's definitions as a cache session asks about them. All answers are those of the newest world.
public final class HostDefinitions: DefinitionState {
  /// The source type of the reference host.
  public typealias Source = LoweredCode

  private let natives: [NativeFunction]
  private let newest: Mutex<WorldView>

  init(natives: [any NativeGenerator], output: @escaping @Sendable (String) -> Void) {
    self.natives = natives.map { NativeFunction($0) }
    let definitions = Definitions()
    newest = Mutex(WorldView(definitions, at: definitions.world, natives: self.natives, output: output))
  }

  /// The newest world as running code sees it.
  public var view: WorldView { newest.withLock { $0 } }

  /// The newest world.
  public var world: HostWorld { view.world }

  /// The digest of all definitions in the newest world.
  public var state: Digest { view.definitions.state.digest }

  /// Publishes a change: from now on new work sees it (A5).
  func publish(_ definitions: Definitions) {
    newest.withLock { view in
      view = WorldView(definitions, at: definitions.world, natives: natives, output: view.output)
    }
  }

  /// A change of the newest definitions, not yet published.
  func change() -> DefinitionChange { DefinitionChange(of: view.definitions, reserved: Set(natives.map(\.name))) }

  /// The world that a change is about to make.
  func view(of change: DefinitionChange) -> WorldView {
    WorldView(change.committed(), at: change.world, natives: natives, output: view.output)
  }

  /// Answers a question in the newest world; `nil` if it names a type or table that does not exist.
  public func answer(_ question: Question) -> Answer? { view.answer(question) }

  /// Requests the source of an instance by its texts; does nothing if there is no such instance with that key.
  public func request(_ request: SourceRequest, in context: GenerationContext<LoweredCode>) throws {
    guard let view = view.view(at: context.world), request.specialization.hasPrefix(request.method.signature.function),
      let arguments = view.arguments(
        String(request.specialization.dropFirst(request.method.signature.function.count)))
    else { return }
    if let native = view.native(.function(request.method.signature.function)) {
      guard case .tuple(let types, nil) = arguments.shape else { return }
      let instance = NativeInstance(native, types, as: arguments, in: view)
      try HostDefinitions.request(
        request, native.generator, instance, try native.generator.owner(of: instance), context)
    } else if let parameters = view.arguments(request.method.signature.arguments),
      let method = view.definitions.methods(of: request.method.signature.function, in: request.method.table)?.method(
        parameters: parameters, at: view.world)
    {
      let instance = StagedInstance(method, arguments: arguments, in: view)
      try HostDefinitions.request(request, StagedGenerator(), instance, .native, context)
    }
  }

  private static func request<Generator: CachedGenerator>(
    _ request: SourceRequest, _ generator: Generator, _ instance: Generator.Instance, _ owner: Owner,
    _ context: GenerationContext<LoweredCode>
  ) throws where Generator.Source == LoweredCode {
    guard let fingerprint = generator.fingerprint else { return }
    let key = SourceKey(
      methodHash: SourceKey.methodHash(
        definition: instance.definition, fingerprint: fingerprint, codec: Source.codec.description),
      instance: instance.instance, owner: owner.digest)
    guard key == request.key else { return }
    _ = try context.source(for: instance, owner: owner, generator: generator)
  }
}
