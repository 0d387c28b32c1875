import CacheIdentity
import CacheSession
import LoweredIR

/// Generates source for `cached generated function`s by running their code on the argument types.
public struct StagedGenerator: CachedGenerator {
  /// Makes the generator; it has no state.
  public init() {}

  /// Who generates.
  public var name: String { "staged" }
  /// Changes whenever the interpreter, lowering or the rules of what is recorded change their meaning.
  public var version: String? { "1" }

  /// Runs the generator's code and lowers what it returns.
  public func generate(
    _ instance: StagedInstance, owner: Owner, context: GenerationContext<LoweredCode>
  ) throws -> GeneratedSource<LoweredCode> {
    GeneratedSource(try Generation.run(instance, context))
  }
}

/// The same for `generated function`s, which have not opted in to be cached (W14).
public struct UncachedStagedGenerator: SourceGenerator {
  /// Makes the generator; it has no state.
  public init() {}

  /// Who generates.
  public var name: String { "staged" }

  /// Runs the generator's code and lowers what it returns.
  public func generate(
    _ instance: StagedInstance, owner: Owner, context: GenerationContext<LoweredCode>
  ) throws -> GeneratedSource<LoweredCode> {
    GeneratedSource(try Generation.run(instance, context))
  }
}

private enum Generation {
  /// How many generators may run inside each other: each takes part of the thread's stack.
  static let depthLimit = 50

  @TaskLocal static var depth = 0

  static func run(_ instance: StagedInstance, _ context: GenerationContext<LoweredCode>) throws -> LoweredCode {
    guard depth < depthLimit else { throw HostError(.recursionTooDeep(limit: depthLimit)) }
    guard let view = instance.view.view(at: context.world) else {
      throw HostError(.unknownWorld(context.world, newest: instance.view.world))
    }
    return try $depth.withValue(depth + 1) { try source(instance, Recorder(context, view: view)) }
  }

  private static func source(_ instance: StagedInstance, _ recorder: Recorder) throws -> LoweredCode {
    let method = instance.staged
    let generator = method.definition.code
    recorder.note(method)
    recorder.note(declarationsOf: instance.arguments)
    guard case .tuple(var types, _) = instance.arguments.shape else { return generator }
    if method.startsWithCallee, method.definition.calleeName == nil { types.removeFirst() }
    let result = try run(try recorder.view.prepared(method), of: instance, on: types, recorder)
    guard let body = Syntax(body: result) else { throw HostError(.notSource(type: result.type.description)) }
    let code: LoweredCode
    do {
      code = try Lowering.lower(body: body, arguments: generator.arguments, isVararg: generator.isVararg)
    } catch { throw HostError(.invalidCode(error)) }
    recorder.note(bindingsIn: code)
    return code
  }

  private static func run(
    _ code: PreparedCode, of instance: StagedInstance, on types: [ResolvedType], _ recorder: Recorder
  ) throws(HostError) -> Value {
    var interpreter = Interpreter(view: recorder.view, requester: .context(recorder.context), recorder: recorder)
    do { return try interpreter.run(code, types.map { .type($0) }) } catch {
      var failure = error
      let location = instance.staged.definition.location
      if failure.stack.count < HostError.stackLimit {
        failure.stack.append(CallFrame(callee: "generator of " + instance.specialization, location: location))
      }
      throw failure
    }
  }
}

extension Syntax {
  /// The body that a generator's result stands for: syntax as it is, another value as a constant; `nil` if code cannot
  /// contain it.
  fileprivate init?(body value: Value) {
    switch value {
    case .syntax(let value): self = value.syntax
    case .function, .builtin, .table: self = .name(value.description)
    default:
      guard let literal = Literal(value) else { return nil }
      self = .literal(literal)
    }
  }
}
