import CacheIdentity
import LoweredIR
import Synchronization

/// One world of a host as running code sees it, with everything that was looked up or prepared in it.
///
/// What a view answers never changes, so code that holds a view goes on in its world whatever is defined meanwhile
/// (A2).
public final class WorldView: Sendable {
  /// The world.
  public let world: HostWorld
  let definitions: Definitions
  package let types: TypeEnvironment
  package let natives: [NativeFunction]
  let output: @Sendable (String) -> Void
  private let caches = Mutex(Caches())

  private struct Caches {
    var names: [String: GlobalName] = [:]
    var dispatches: [DispatchKey: Dispatch] = [:]
    var targets: [TargetKey: CallTarget] = [:]
    var prepared: [ObjectIdentifier: PreparedCode] = [:]
  }

  private struct DispatchKey: Hashable {
    let table: String
    let function: String
    let arguments: ResolvedType

    /// There are few tables: a call is mostly asked for in one or two.
    func hash(into hasher: inout Hasher) {
      hasher.combine(function)
      hasher.combine(arguments)
    }
  }

  private struct TargetKey: Hashable {
    let callee: ResolvedType
    let arguments: ResolvedType
  }

  init(
    _ definitions: Definitions, at world: HostWorld, natives: [NativeFunction],
    output: @escaping @Sendable (String) -> Void
  ) {
    self.definitions = definitions
    self.world = world
    self.natives = natives
    self.output = output
    types = definitions.types(at: world)
  }
}

extension WorldView {
  /// The view of another world that this one's definitions remember; `nil` for a later world.
  public func view(at world: HostWorld) -> WorldView? {
    if world == self.world { return self }
    return world < self.world ? WorldView(definitions, at: world, natives: natives, output: output) : nil
  }
}

// MARK: Names

extension WorldView {
  /// The native function of a type; `nil` for any other type. There are few.
  package func native(_ type: ResolvedType) -> NativeFunction? { natives.first { $0.type === type } }

  /// The type that an expression names.
  public func resolve(_ expression: TypeExpression) throws(TypeProblem) -> ResolvedType {
    try types.resolve(expression)
  }

  /// What a global name means. Remembered: a repeated question costs one look-up.
  public func meaning(of name: String) -> Meaning { globalName(name).meaning }

  /// The same for a caller that remembers it, with the worlds in which it may have changed, ascending: nothing is kept here.
  package func meaningAsked(of name: String) -> (meaning: Meaning, changes: [HostWorld]) {
    let history = definitions.history(of: name)
    return (meaning(of: name, history), history?.bindingChanges ?? [])
  }

  /// A global name with what it means. Remembered: a repeated question costs one look-up.
  package func globalName(_ name: String) -> GlobalName {
    if let known = caches.withLock({ $0.names[name] }) { return known }
    let history = definitions.history(of: name)
    let made = GlobalName(
      name, meaning: meaning(of: name, history), isBound: history?.binding(at: world) != nil)
    return caches.withLock { caches in
      if let known = caches.names[name] { return known }
      caches.names[name] = made
      return made
    }
  }

  /// What a global name holds; `nil` if it is not bound.
  public func global(_ name: String) -> Value? {
    switch meaning(of: name) {
    case .bound(let value), .predeclared(let value): value
    case .genericFunction(let type): .function(type)
    case .nothing: nil
    }
  }

  /// The answer to what a name is bound to.
  package func answer(binding name: String) -> Answer {
    if let binding = definitions.binding(name, at: world) { return binding.answer(of: name) }
    switch meaning(of: name) {
    case .genericFunction: return Binding.functionAnswer(name)
    case .bound, .predeclared: return Binding.predeclaredAnswer(name)
    case .nothing: return .none
    }
  }

  private func meaning(of name: String, _ history: NameHistory?) -> Meaning {
    switch history?.binding(at: world) {
    case .constant(let value, _)?: return .bound(value)
    case .table?: return .bound(.table(.table(name)))
    case .type(let declaration)?: return (try? .bound(.type(.named(declaration)))) ?? .nothing
    case nil: break
    }
    guard let history else {
      if let value = Value.predeclared(name) { return .predeclared(value) }
      return natives.first { $0.name == name }.map { .predeclared(.function($0.type)) } ?? .nothing
    }
    if let value = history.predeclared { return .predeclared(value) }
    return history.isFunction(at: world) ? .genericFunction(history.function) : .nothing
  }
}

// MARK: Methods

extension WorldView {
  /// What a call of a function selects in a table, for concrete argument types. Remembered: a repeated call costs one
  /// look-up.
  public func dispatch(table: String, function: String, arguments: ResolvedType) -> Dispatch {
    let key = DispatchKey(table: table, function: function, arguments: arguments)
    if let known = caches.withLock({ $0.dispatches[key] }) { return known }
    let made = dispatchAsked(table: table, function: function, arguments: arguments)
    return caches.withLock { caches in
      if let known = caches.dispatches[key] { return known }
      caches.dispatches[key] = made
      return made
    }
  }

  /// The same for a caller that remembers it: nothing is kept here.
  package func dispatchAsked(table: String, function: String, arguments: ResolvedType) -> Dispatch {
    let methods = definitions.methods(of: function, in: table)
    return Dispatch(
      table: table, function: function, arguments: arguments,
      selection: methods.map { .select(among: $0, at: world, arguments: arguments) } ?? .none,
      changes: methods?.changes ?? [])
  }

  /// The methods that calls of a possibly abstract signature can reach in a table, the more specific first.
  public func matches(table: String, function: String, arguments: ResolvedType) -> [Method] {
    matches(table: table, function: function, arguments: arguments, atMost: .max) ?? []
  }

  /// The same; `nil` if there are more than `limit`, which is found without ordering them.
  package func matches(table: String, function: String, arguments: ResolvedType, atMost limit: Int) -> [Method]? {
    guard let methods = definitions.methods(of: function, in: table) else { return [] }
    return Matches.matches(among: methods.methods(at: world), arguments: arguments, atMost: limit)
  }

  /// What happens when a value of a type is called with arguments of some types.
  func target(callee: ResolvedType, arguments: [ResolvedType]) throws -> CallTarget {
    let tuple: ResolvedType
    do { tuple = try .tuple(arguments) } catch { throw RuntimeProblem.type(error) }
    let key = TargetKey(callee: callee, arguments: tuple)
    if let known = caches.withLock({ $0.targets[key] }) { return known }
    let made = try CallTarget(callee: callee, arguments: arguments, as: tuple, in: self)
    return caches.withLock { caches in
      if let known = caches.targets[key] { return known }
      caches.targets[key] = made
      return made
    }
  }

  /// A method's code, ready to run in this world.
  func prepared(_ method: Method) throws(RuntimeProblem) -> PreparedCode {
    let key = ObjectIdentifier(method)
    if let known = caches.withLock({ $0.prepared[key] }) { return known }
    let made = try PreparedCode(
      method.definition.code, in: self,
      frame: CallFrame(callee: method.signature.description, location: method.definition.location))
    return caches.withLock { caches in
      if let known = caches.prepared[key] { return known }
      caches.prepared[key] = made
      return made
    }
  }
}

/// A dispatch question with what it selected.
public final class Dispatch: Sendable {
  /// The table that was asked.
  public let table: String
  /// The function.
  public let function: String
  /// The argument types as a tuple type.
  public let arguments: ResolvedType
  /// What was selected.
  public let selection: Selection
  /// The worlds in which a method of the function came to the table or went, ascending.
  let changes: [HostWorld]
  private let knownEdge = Lazy<Edge>()

  init(table: String, function: String, arguments: ResolvedType, selection: Selection, changes: [HostWorld]) {
    self.table = table
    self.function = function
    self.arguments = arguments
    self.selection = selection
    self.changes = changes
  }

  /// The question and the answer, as an edge of what asked. Made once.
  public var edge: Edge {
    knownEdge.value { Edge(.dispatch(table: table, signature: signature), selection.answer) }
  }

  /// The call in canonical text.
  public var signature: Signature { Signature(function: function, arguments: arguments.argumentText) }

  /// Why the call cannot be made; `nil` if a method is selected.
  public var problem: RuntimeProblem? {
    switch selection {
    case .method: nil
    case .none: .noMethod(call: signature.description)
    case .ambiguous(let methods): .ambiguous(call: signature.description, methods: methods.map(\.subject))
    }
  }
}
