import CacheIdentity

/// All that definitions ever said of one name: to what it was bound, and the methods of the function of that name in each table. What
/// is asked about a name is found by one look-up.
struct NameHistory: Sendable {
  /// `typeof` the function of this name.
  let function: ResolvedType
  /// What the name means from the start; `nil` for nothing.
  let predeclared: Value?
  private var bindings: [Version] = []
  /// One for each table in which the function ever had a method.
  private(set) var methods: [FunctionMethods] = []

  private struct Version {
    let from: HostWorld
    let binding: Binding
  }

  init(of name: String) {
    function = .function(name)
    predeclared = .predeclared(name)
  }

  /// What a definition has bound to the name in a world.
  func binding(at world: HostWorld) -> Binding? { bindings.last { $0.from <= world }?.binding }

  /// Whether the function has a method in some table.
  func isFunction(at world: HostWorld) -> Bool { methods.contains { $0.isDefined(at: world) } }

  /// The function's methods in a table.
  func methods(in table: String) -> FunctionMethods? { methods.first { $0.table == table } }

  /// Whether the name was bound in some of the worlds.
  func isBound(in worlds: ClosedRange<HostWorld>) -> Bool { bindings.contains { worlds.contains($0.from) } }

  /// The worlds in which what the name is bound to may have changed, ascending: by a definition of its own, or of the
  /// function's first method or its last one's end.
  var bindingChanges: [HostWorld] {
    if bindings.isEmpty, methods.count == 1 { return methods[0].changes }
    return Set(bindings.map(\.from) + methods.flatMap(\.changes)).sorted()
  }

  mutating func bind(to binding: Binding, at world: HostWorld) {
    bindings.removeAll { $0.from == world }
    bindings.append(Version(from: world, binding: binding))
  }

  /// Changes the function's methods in a table.
  mutating func withMethods<Result>(in table: String, _ body: (inout FunctionMethods) -> Result) -> Result {
    if let position = methods.firstIndex(where: { $0.table == table }) { return body(&methods[position]) }
    var made = FunctionMethods(in: table)
    defer { methods.append(made) }
    return body(&made)
  }
}
