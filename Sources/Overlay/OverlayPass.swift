import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost

/// `overdub(T, f, args…)`: runs `f(args…)` with the methods of the overlay table `T` in the place of the global ones,
/// in everything that it calls.
///
/// The source of an instance is the code of the method that the call selects, first in `T`, then in the global table,
/// with every call in it passed through `overdub` again (see ``Rewriter``). What it asked are two dispatches at most,
/// and the bindings that the code mentions. If no method is selected it declines, which is cached too: a method that is
/// added later changes an answer (C2, C9).
public struct OverlayPass: NativeGenerator {
  /// Makes the pass; it has no state.
  public init() {}

  /// Who generates.
  public var name: String { "overlay" }
  /// Changes whenever the pass rewrites something differently, or asks other questions.
  public var version: String? { "2" }
  /// The function's name in programs.
  public var function: String { OverlayPass.function }

  /// The name of the function that is generated.
  public static let function = "overdub"

  /// Each table is an owner of its own.
  public func owner(of instance: NativeInstance) throws -> Owner {
    guard instance.types.count >= 2, let owner = instance.types[0].owner else {
      throw OverlayPass.problem(of: instance)
    }
    return owner
  }

  /// Rewrites the code that the call selects; what it gives is well formed.
  public func generate(
    _ instance: NativeInstance, owner: Owner, context: GenerationContext<LoweredCode>
  ) throws -> GeneratedSource<LoweredCode> {
    let call = try Call(instance)
    guard let view = instance.view.view(at: context.world) else {
      throw HostError(.unknownWorld(context.world, newest: instance.view.world))
    }
    return GeneratedSource(try source(of: call, Recorder(context, view: view), context))
  }

  /// Which dispatch found no method, or several.
  public func problem(declining instance: NativeInstance) -> RuntimeProblem {
    guard let call = try? Call(instance), let callee = Callee(call.callee),
      let arguments = try? callee.arguments(call.arguments)
    else { return .notCallable(type: instance.types.dropFirst().first?.description ?? instance.specialization) }
    let overlaid = instance.view.dispatch(table: call.table, function: callee.function, arguments: arguments)
    if case .ambiguous = overlaid.selection, let problem = overlaid.problem { return problem }
    let dispatch = instance.view.dispatch(table: MethodTable.global, function: callee.function, arguments: arguments)
    return dispatch.problem ?? .declined(instance: dispatch.signature.description)
  }

  /// What an instance of `overdub` asks for.
  private struct Call {
    let table: String
    let callee: ResolvedType
    let arguments: ArraySlice<ResolvedType>

    init(_ instance: NativeInstance) throws {
      guard instance.types.count >= 2, case .table(let table) = instance.types[0].shape else {
        throw OverlayPass.problem(of: instance)
      }
      self.table = table
      callee = instance.types[1]
      arguments = instance.types[2...]
    }
  }

  /// Why there is no source for arguments that begin with no table, or end there.
  private static func problem(of instance: NativeInstance) -> RuntimeProblem {
    guard instance.types.count >= 2 else {
      return .wrongArgumentCount(callee: function, found: instance.types.count, least: 2, most: nil)
    }
    return .wrongArgument(
      callee: function, position: 1, found: instance.types[0].description, expected: "Table")
  }

  private func source(
    of call: Call, _ recorder: Recorder, _ context: GenerationContext<LoweredCode>
  ) throws -> LoweredCode? {
    if case .function(let name) = call.callee.shape, case .predeclared = recorder.view.meaning(of: name) {
      return name == Builtin.apply.rawValue ? .overdubbedApply : .straightCall
    }
    guard let callee = Callee(call.callee) else { return constructor(call, recorder) }
    let arguments: ResolvedType
    do { arguments = try callee.arguments(call.arguments) } catch { throw RuntimeProblem.type(error) }
    let overlaid = recorder.dispatch(table: call.table, function: callee.function, arguments: arguments)
    switch overlaid.selection {
    case .method(let method): return try rewritten(method, arguments, isOverlaid: true, recorder, context)
    case .ambiguous: return nil
    case .none: break
    }
    let dispatch = recorder.dispatch(table: MethodTable.global, function: callee.function, arguments: arguments)
    switch dispatch.selection {
    case .method(let method): return try rewritten(method, arguments, isOverlaid: false, recorder, context)
    case .ambiguous: return nil
    case .none: return constructor(call, recorder)
    }
  }

  /// A struct type without a constructor for the call just makes the value.
  private func constructor(_ call: Call, _ recorder: Recorder) -> LoweredCode? {
    guard case .singleton(let type) = call.callee.shape else { return nil }
    recorder.note(declarationsOf: type)
    return type.isStruct ? .straightCall : nil
  }

  private func rewritten(
    _ method: Method, _ arguments: ResolvedType, isOverlaid: Bool, _ recorder: Recorder,
    _ context: GenerationContext<LoweredCode>
  ) throws -> LoweredCode? {
    var rewriter = Rewriter(method, isOverlaid: isOverlaid, recorder)
    guard method.definition.kind != .plain else { return try rewriter.rewrite(method.definition.code).validated() }
    let instance = StagedInstance(method, arguments: arguments, in: recorder.view)
    let inner =
      method.definition.kind == .cachedGenerated
      ? try context.source(for: instance, owner: .native, generator: StagedGenerator())
      : try context.source(for: instance, owner: .native, generator: UncachedStagedGenerator())
    guard let inner else { return nil }
    do { try inner.validate() } catch { throw HostError(.invalidCode(error)) }
    return try rewriter.rewrite(inner).validated()
  }
}

extension LoweredCode {
  /// The code, if it is well formed.
  fileprivate func validated() throws -> LoweredCode {
    do { try validate() } catch { throw HostError(.invalidCode(error)) }
    return self
  }

  /// `overdub(T, f, args…)` where `f` calls nothing: `f(args…)`.
  fileprivate static let straightCall = LoweredCode(
    arguments: ["#table", "#callee", "#arguments"], isVararg: true,
    statements: [
      .value(.call(.global(Builtin.apply.rawValue), [.slot(1), .slot(2)])),
      .return(.ssa(0)),
    ])

  /// `overdub(T, _apply, f, groups…)`: `_apply(overdub, (T, f), groups…)`.
  fileprivate static let overdubbedApply = LoweredCode(
    arguments: ["#table", "#callee", "#function", "#groups"], isVararg: true,
    statements: [
      .value(.call(.global(Builtin.tuple.rawValue), [.slot(0), .slot(2)])),
      .value(.call(.global(Builtin.tuple.rawValue), [.global(OverlayPass.function), .ssa(0)])),
      .value(.call(.global(Builtin.apply.rawValue), [.global(Builtin.apply.rawValue), .ssa(1), .slot(3)])),
      .return(.ssa(2)),
    ])
}
