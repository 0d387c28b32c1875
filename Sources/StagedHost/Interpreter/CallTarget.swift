import LoweredIR
import Synchronization

/// What a call does, once the types of callee and arguments are known in a world.
final class CallTarget: Sendable {
  enum Action: Sendable {
    /// Runs a plain method.
    case run(PreparedCode)
    /// Runs the source that is generated for an instance.
    case generate(GeneratedCode)
    /// Makes a value of a struct type.
    case construct(ResolvedType)
    /// Cannot be done.
    case fail(RuntimeProblem)
  }

  let action: Action
  /// What was asked in the global table to find out; `nil` if nothing was.
  let dispatch: Dispatch?
  /// Whether the called value is the code's first argument.
  let passesCallee: Bool

  private init(_ action: Action, dispatch: Dispatch? = nil, passesCallee: Bool = false) {
    self.action = action
    self.dispatch = dispatch
    self.passesCallee = passesCallee
  }

  convenience init(
    callee type: ResolvedType, arguments: [ResolvedType], as tuple: ResolvedType, in view: WorldView
  ) throws {
    if let native = view.native(type) {
      self.init(.generate(GeneratedCode(native, NativeInstance(native, arguments, as: tuple, in: view))))
      return
    }
    guard let callee = Callee(type) else {
      if case .singleton(let constructed) = type.shape, constructed.isStruct {
        self.init(.construct(constructed))
      } else {
        self.init(.fail(.notCallable(type: type.description)))
      }
      return
    }
    let signature: ResolvedType
    do { signature = try callee.arguments(arguments) } catch { throw RuntimeProblem.type(error) }
    let dispatch = view.dispatch(table: MethodTable.global, function: callee.function, arguments: signature)
    switch dispatch.selection {
    case .method(let method):
      let passesCallee = method.definition.calleeName != nil
      if method.definition.kind == .plain {
        self.init(.run(try view.prepared(method)), dispatch: dispatch, passesCallee: passesCallee)
      } else {
        let instance = StagedInstance(method, arguments: signature, in: view)
        self.init(.generate(GeneratedCode(instance)), dispatch: dispatch, passesCallee: passesCallee)
      }
    case .none:
      if case .singleton(let constructed) = type.shape, constructed.isStruct {
        self.init(.construct(constructed), dispatch: dispatch)
      } else {
        self.init(.fail(.noMethod(call: dispatch.signature.description)), dispatch: dispatch)
      }
    case .ambiguous(let methods):
      self.init(
        .fail(.ambiguous(call: dispatch.signature.description, methods: methods.map(\.subject))), dispatch: dispatch)
    }
  }
}

extension ResolvedType {
  /// Whether it is a struct type, or the bare name of one.
  public var isStruct: Bool {
    switch shape {
    case .nominal(let declaration, _), .anyInstance(let declaration): declaration.kind == .structure
    default: false
    }
  }
}
