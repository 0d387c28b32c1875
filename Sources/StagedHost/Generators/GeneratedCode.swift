import CacheIdentity
import CacheSession
import LoweredIR
import Synchronization

/// From where running code gets the source of generated functions.
enum SourceRequester: Sendable {
  /// From the session, while a program runs.
  case session(CacheSession<LoweredCode>)
  /// From the context of the generator that is running: the source becomes an edge of what it generates (C6).
  case context(GenerationContext<LoweredCode>)
  /// From nowhere: generated functions cannot be called.
  case unavailable
}

/// An instance of a generated function in one world, and its source once it was needed.
final class GeneratedCode: Sendable {
  private enum Instance: Sendable {
    case staged(StagedInstance)
    case native(NativeFunction, NativeInstance)
  }

  private let instance: Instance
  /// The source made ready; kept as long as the world's view is.
  let prepared = Mutex<PreparedCode?>(nil)

  init(_ instance: StagedInstance) { self.instance = .staged(instance) }

  init(_ native: NativeFunction, _ instance: NativeInstance) { self.instance = .native(native, instance) }

  /// The function with the argument types.
  var specialization: String {
    switch instance {
    case .staged(let instance): instance.specialization
    case .native(_, let instance): instance.specialization
    }
  }

  /// Requests the source, and prepares it for a world.
  func code(from requester: SourceRequester, in view: WorldView) throws -> PreparedCode {
    switch instance {
    case .staged(let instance):
      let source: LoweredCode?
      if instance.staged.definition.kind == .cachedGenerated {
        source = try requester.source(for: instance, owner: .native, generator: StagedGenerator(), at: view.world)
      } else {
        source = try requester.source(
          for: instance, owner: .native, generator: UncachedStagedGenerator(), at: view.world)
      }
      guard let source else { throw RuntimeProblem.declined(instance: instance.specialization) }
      let location = instance.staged.definition.location
      return try PreparedCode(source, in: view, frame: CallFrame(callee: instance.specialization, location: location))
    case .native(let native, let instance):
      guard let source = try GeneratedCode.source(of: native.generator, instance, from: requester) else {
        throw native.generator.problem(declining: instance)
      }
      return try PreparedCode(source, in: view, frame: CallFrame(callee: instance.specialization, location: nil))
    }
  }

  private static func source(
    of generator: some NativeGenerator, _ instance: NativeInstance, from requester: SourceRequester
  ) throws -> LoweredCode? {
    let owner = try generator.owner(of: instance)
    return try requester.source(for: instance, owner: owner, generator: generator, at: instance.view.world)
  }
}

extension SourceRequester {
  func source<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner, generator: Generator, at world: HostWorld
  ) throws -> LoweredCode? where Generator.Source == LoweredCode {
    switch self {
    case .session(let session):
      try session.source(for: instance, owner: owner, generator: generator, at: world)
    case .context(let context):
      try context.source(for: instance, owner: owner, generator: generator)
    case .unavailable: throw RuntimeProblem.noSession(instance: instance.specialization)
    }
  }
}
