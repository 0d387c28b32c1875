import CacheIdentity
import CacheSession
import LoweredIR
import Synchronization

/// The reference host: a small language with multiple dispatch, generated functions and overlay method tables.
///
///     let host = Host { print($0, terminator: "") }
///     try host.load(try Program.parse(text, file: "program.ir"))
///     host.attach(CacheSession(store: store, definitions: host.definitions))
///     try host.run("main")
///
/// Every change of definitions raises the world by one (A1). Work that is running goes on in the world it started in
/// (A2).
public final class Host: Sendable {
  /// What a session attaches to.
  public let definitions: HostDefinitions
  private let session = Mutex<CacheSession<LoweredCode>?>(nil)
  /// Held while definitions change, the session's part included.
  private let changing = Mutex<Void>(())

  /// Makes a host without definitions. `natives` are the generated functions that are part of this program; `output`
  /// takes what programs print.
  public init(natives: [any NativeGenerator] = [], output: @escaping @Sendable (String) -> Void) {
    definitions = HostDefinitions(natives: natives, output: output)
  }

  /// From now on generated functions get their source from a session, and it hears of every change. It must have been
  /// made with ``definitions``.
  public func attach(_ session: CacheSession<LoweredCode>) { self.session.withLock { $0 = session } }

  /// The newest world as running code sees it.
  public var view: WorldView { definitions.view }

  // MARK: Running

  /// Calls the global function of this name with no arguments, in the newest world.
  @discardableResult
  public func run(_ function: String) throws(HostError) -> Value { try call(function, []) }

  /// Calls what a global name holds, in the newest world or in that of an older view.
  public func call(_ name: String, _ arguments: [Value], in view: WorldView? = nil) throws(HostError) -> Value {
    let view = view ?? definitions.view
    guard let callee = view.global(name) else { throw HostError(.unbound(name: name)) }
    let requester = session.withLock { $0 }.map { SourceRequester.session($0) } ?? .unavailable
    var interpreter = Interpreter(view: view, requester: requester)
    return try interpreter.call(callee, arguments)
  }

  // MARK: Changing definitions

  /// Takes the definitions of a file in as one change: types first, then tables, methods, and constants in their order.
  /// Returns whether anything differs; if not, or if one of them is refused, nothing changes.
  @discardableResult
  public func load(_ all: [Definition]) throws -> Bool {
    try commit { change in
      for definition in all { try Host.declareType(definition, in: &change) }
      for case .structType(let type) in all {
        try Host.located(type.name) { () throws(DefinitionError.Problem) in try change.checkFields(of: type.name) }
      }
      for case .table(let name) in all {
        try Host.located(name) { () throws(DefinitionError.Problem) in try change.defineTable(name) }
      }
      for case .method(let method) in all {
        try Host.located(method.name, method.location) { () throws(DefinitionError.Problem) in
          try change.define(method)
        }
      }
      for case .constant(let name, let code) in all {
        try Host.located(name) { () throws(DefinitionError.Problem) in
          try change.bind(name, to: try self.evaluate(code, name, change))
        }
      }
    }
  }

  /// Takes one definition in. Returns whether it differs from the present one.
  @discardableResult
  public func define(_ definition: Definition) throws -> Bool { try load([definition]) }

  /// Deletes the newest definition of a method that equals this one; the one that it shadowed comes back (A4). Returns
  /// whether there was one.
  @discardableResult
  public func delete(_ definition: MethodDefinition) throws -> Bool {
    var isDeleted = false
    _ = try commit { change in
      isDeleted = try Host.located(definition.name, definition.location) {
        () throws(DefinitionError.Problem) in try change.delete(definition)
      }
    }
    return isDeleted
  }

  /// Binds a constant. Returns whether it held another value.
  @discardableResult
  public func setBinding(_ name: String, to value: Value) throws -> Bool {
    try commit { change in
      try Host.located(name) { () throws(DefinitionError.Problem) in try change.bind(name, to: value) }
    }
  }

  private func commit(_ body: (inout DefinitionChange) throws -> Void) throws -> Bool {
    try changing.withLock { _ in
      var change = definitions.change()
      try body(&change)
      guard change.isEffective || change.isRemembered else { return false }
      definitions.publish(change.committed())
      guard change.isEffective else { return true }
      session.withLock { $0 }?.redefine(change.subjects)
      return true
    }
  }

  private static func declareType(_ definition: Definition, in change: inout DefinitionChange) throws {
    switch definition {
    case .abstractType(let name, let supertype):
      try located(name) { () throws(DefinitionError.Problem) in
        try change.declare(name, kind: .abstract, parameters: [], supertype: supertype, fields: [])
      }
    case .structType(let type):
      try located(type.name) { () throws(DefinitionError.Problem) in
        try change.declare(
          type.name, kind: .structure, parameters: type.parameters, supertype: type.supertype, fields: type.fields)
      }
    case .constant, .table, .method: break
    }
  }

  private static func located<Result>(
    _ name: String, _ location: SourceLocation? = nil, _ body: () throws(DefinitionError.Problem) -> Result
  ) throws(DefinitionError) -> Result {
    do { return try body() } catch { throw DefinitionError(name: name, location: location, error) }
  }

  /// The value of a constant in the world that a change is about to make.
  private func evaluate(
    _ code: LoweredCode, _ name: String, _ change: DefinitionChange
  ) throws(DefinitionError.Problem) -> Value {
    let view = definitions.view(of: change)
    do {
      let prepared = try PreparedCode(code, in: view, frame: CallFrame(callee: "const \(name)", location: nil))
      var interpreter = Interpreter(view: view, requester: .unavailable)
      return try interpreter.run(prepared, [])
    } catch { throw .evaluation(error) }
  }
}

extension MethodDefinition {
  /// The name of what is called, for errors.
  fileprivate var name: String {
    if case .nominal(let name, _) = callee, let function = TypeEnvironment.functionName(name) { return function }
    return callee.description
  }
}
