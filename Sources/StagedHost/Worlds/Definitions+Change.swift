import CacheIdentity
import LoweredIR

/// A change of definitions while it is made: a draft of the next world, and what it has touched.
struct DefinitionChange {
  /// The definitions with the change.
  private(set) var draft: Definitions
  /// The world that the change commits.
  let world: HostWorld
  /// Whether anything differs from the present world.
  private(set) var isEffective = false
  /// Whether a definition was deleted that was not in force: that changes no answer, and so makes no world.
  private(set) var isRemembered = false
  /// What may have changed; `nil` for anything.
  private(set) var subjects: Set<Subject>? = []
  private let reserved: Set<String>

  /// Starts a change. `reserved` are the names of native functions, which cannot be redefined.
  init(of definitions: Definitions, reserved: Set<String>) {
    draft = definitions
    world = HostWorld(definitions.world.number + 1)
    self.reserved = reserved
  }

  /// The definitions as the new world has them, if the change makes one.
  func committed() -> Definitions {
    var result = draft
    if isEffective { result.world = world }
    return result
  }

  private mutating func touch(_ subject: Subject) {
    isEffective = true
    subjects?.insert(subject)
  }

  private func checkName(_ name: String) throws(DefinitionError.Problem) {
    if Builtin.named(name) != nil || reserved.contains(name) || TypeDeclaration.predeclared[name] != nil
      || name == "Tuple" || name == "Union"
    {
      throw .reservedName
    }
  }

  private func checkBinding(_ name: String, isType: Bool = false) throws(DefinitionError.Problem) {
    try checkName(name)
    if !isType, draft.isFunction(name, at: world) { throw .nameConflict(existing: "function") }
    switch draft.binding(name, at: world) {
    case .type where !isType: throw .nameConflict(existing: "type")
    case .constant where isType: throw .nameConflict(existing: "constant")
    case .table where isType: throw .nameConflict(existing: "table")
    default: break
    }
  }

  // MARK: Bindings

  /// Binds a constant. Does nothing if the name holds an identical value (C5).
  mutating func bind(_ name: String, to value: Value) throws(DefinitionError.Problem) {
    try checkBinding(name)
    let digest: Digest
    do { digest = try value.digest() } catch { throw .evaluation(error) }
    switch draft.binding(name, at: world) {
    case .table?: throw .nameConflict(existing: "table")
    case .constant(_, digest)?: return
    default: break
    }
    draft.bind(name, to: .constant(value, digest), at: world)
    touch(.binding(module: Method.module, name: name))
  }

  /// Defines an overlay table, unless it is there.
  mutating func defineTable(_ name: String) throws(DefinitionError.Problem) {
    guard name != MethodTable.global else { throw .reservedName }
    try checkBinding(name)
    switch draft.binding(name, at: world) {
    case .constant?: throw .nameConflict(existing: "constant")
    case .table?: return
    default: break
    }
    draft.bind(name, to: .table, at: world)
    draft.addTable(name)
    touch(.binding(module: Method.module, name: name))
  }

  // MARK: Types

  /// Declares a type. If it replaces one, everything that was declared with the old one is declared again.
  mutating func declare(
    _ name: String, kind: TypeDeclaration.Kind, parameters: [String], supertype: TypeExpression,
    fields: [StructDefinition.Field]
  ) throws(DefinitionError.Problem) {
    try checkBinding(name, isType: true)
    for names in [parameters, fields.map(\.name)] {
      if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) { throw .duplicateName(twice) }
    }
    let types = draft.types(at: world)
    let declaration = TypeDeclaration(
      name: name, kind: kind, parameters: parameters, supertype: supertype,
      scope: try scope(of: supertype, parameters: parameters, types: types.declarations), fields: fields)
    if declaration.scope.values.contains(where: { $0.isDeclared(with: name) }) { throw .ownSupertype }
    let old = types.declarations[name]
    if old?.digest == declaration.digest { return }
    var declarations = types.declarations
    declarations[name] = declaration
    if let old { try redeclareDependents(of: old, in: &declarations) }
    for (name, declaration) in declarations where types.declarations[name] !== declaration {
      draft.bind(name, to: .type(declaration), at: world)
    }
    draft.setTypes(TypeEnvironment(declarations: declarations), at: world)
    isEffective = true
    subjects = nil
    if old != nil { resolveMethodsAgain() }
  }

  /// The declarations that a supertype names; it must be an abstract nominal type.
  private func scope(
    of supertype: TypeExpression, parameters: [String], types: [String: TypeDeclaration]
  ) throws(DefinitionError.Problem) -> [String: TypeDeclaration] {
    guard case .nominal(let name, _) = supertype, let parent = types[name] else {
      throw .type(.unknownType(supertype.description))
    }
    guard parent.kind == .abstract, parent !== TypeDeclaration.type, parent !== TypeDeclaration.table else {
      throw .supertypeNotAbstract(name)
    }
    var scope: [String: TypeDeclaration] = [:]
    supertype.forEachName { if !parameters.contains($0), let named = types[$0] { scope[$0] = named } }
    let bound = Dictionary(parameters.map { ($0, ResolvedType.any) }) { first, _ in first }
    do { _ = try TypeEnvironment.resolve(supertype, declarations: scope, parameters: bound) } catch {
      throw .type(error)
    }
    return scope
  }

  private func redeclareDependents(
    of old: TypeDeclaration, in declarations: inout [String: TypeDeclaration]
  ) throws(DefinitionError.Problem) {
    for (name, dependent) in declarations where dependent.scope.values.contains(where: { $0 === old }) {
      guard let supertype = dependent.supertype else { continue }
      declarations[name] = TypeDeclaration(
        name: name, kind: dependent.kind, parameters: dependent.parameters, supertype: supertype,
        scope: try scope(of: supertype, parameters: dependent.parameters, types: declarations), fields: dependent.fields
      )
      try redeclareDependents(of: dependent, in: &declarations)
    }
  }

  /// Checks that the types of all structs' fields exist, once all types of a load are declared.
  func checkFields(of name: String) throws(DefinitionError.Problem) {
    let types = draft.types(at: world)
    guard let declaration = types.declarations[name] else { return }
    do {
      if declaration.parameters.isEmpty {
        _ = try types.fields(of: .named(declaration))
      } else {
        let bound = Dictionary(declaration.parameters.map { ($0, ResolvedType.any) }) { first, _ in first }
        for field in declaration.fields {
          _ = try TypeEnvironment.resolve(field.type, declarations: types.declarations, parameters: bound)
        }
      }
    } catch { throw .type(error) }
  }

  // MARK: Methods

  /// Defines a method. Does nothing if an equal definition is in force.
  mutating func define(_ definition: MethodDefinition) throws(DefinitionError.Problem) {
    let method = try resolve(definition)
    let present = draft.methods(of: method.function, in: method.table)?.method(
      parameters: method.parameters, at: world)
    if present?.digest == method.digest { return }
    add(method)
  }

  /// Deletes the newest definition that is equal to this one. Returns whether there was one.
  mutating func delete(_ definition: MethodDefinition) throws(DefinitionError.Problem) -> Bool {
    let method = try resolve(definition)
    let wasFunction = draft.isFunction(method.function, at: world)
    let deleted = draft.withMethods(of: method.function, in: method.table) { $0.delete(method, at: world) }
    guard let (before, after) = deleted else { return false }
    isRemembered = true
    guard before !== after else { return true }
    if let before { draft.state.remove(before.digest) }
    if let after { draft.state.insert(after.digest) }
    touchMethods(method, wasFunction: wasFunction)
    return true
  }

  private mutating func add(_ method: Method) {
    let wasFunction = draft.isFunction(method.function, at: world)
    let shadowed = draft.withMethods(of: method.function, in: method.table) { $0.add(method, at: world) }
    if let shadowed { draft.state.remove(shadowed.digest) }
    draft.state.insert(method.digest)
    touchMethods(method, wasFunction: wasFunction)
  }

  private mutating func touchMethods(_ method: Method, wasFunction: Bool) {
    touch(.function(table: method.table, name: method.function))
    if wasFunction != draft.isFunction(method.function, at: world) {
      touch(.binding(module: Method.module, name: method.function))
    }
  }

  private func resolve(_ definition: MethodDefinition) throws(DefinitionError.Problem) -> Method {
    let table = definition.table ?? MethodTable.global
    guard draft.tables.contains(table) else { throw .unknownTable(table) }
    let types = draft.types(at: world)
    let callee = try resolve(callee: definition.callee, types: types)
    try checkCallee(callee)
    let count = definition.parameterTypes.count
    let argumentCount = definition.code.arguments.count - (definition.calleeName == nil ? 0 : 1)
    guard argumentCount == count, !definition.code.isVararg || count > 0 else {
      throw .argumentCount(code: definition.code.arguments.count, signature: count)
    }
    do { try definition.code.validate() } catch { throw .invalidCode(error) }
    do throws(TypeProblem) {
      var parts: [ResolvedType] = []
      for expression in definition.parameterTypes { parts.append(try types.resolve(expression)) }
      let tail = definition.code.isVararg ? parts.removeLast() : nil
      let parameters = try ResolvedType.tuple(callee.argument.map { [$0] + parts } ?? parts, tail: tail)
      return Method(definition, digest: definition.digest, callee: callee, parameters: parameters)
    } catch { throw .type(error) }
  }

  private func resolve(
    callee expression: TypeExpression, types: TypeEnvironment
  ) throws(DefinitionError.Problem) -> Callee {
    let type: ResolvedType
    do { type = try types.resolve(expression) } catch { throw .type(error) }
    guard let callee = Callee(type) else { throw .calleeNotCallable(type: type.description) }
    return callee
  }

  private func checkCallee(_ callee: Callee) throws(DefinitionError.Problem) {
    guard callee.argument == nil else { return }
    if Builtin.named(callee.function) != nil || reserved.contains(callee.function) { throw .reservedName }
    switch draft.binding(callee.function, at: world) {
    case .constant: throw .nameConflict(existing: "constant")
    case .table: throw .nameConflict(existing: "table")
    case .type, nil: break
    }
  }

  /// Looks the types of all methods up again whose signatures name a type that was declared again. A method whose
  /// signature makes no sense any more keeps the old type: it stays defined, and no value of the new type reaches it.
  private mutating func resolveMethodsAgain() {
    let current = draft.types(at: world).declarations
    func isOutdated(_ method: Method) -> Bool {
      var outdated = false
      method.parameters.forEachDeclaration { if current[$0.name] !== $0 { outdated = true } }
      return outdated
    }
    for definitions in draft.removeMethods(where: isOutdated, at: world) {
      if let inForce = definitions.last { draft.state.remove(inForce.digest) }
      for method in definitions { add((try? resolve(method.definition)) ?? method) }
    }
  }
}

extension TypeExpression {
  /// Calls `visit` with every name that the expression contains.
  package func forEachName(_ visit: (String) -> Void) {
    switch self {
    case .nominal(let name, let parameters):
      visit(name)
      for parameter in parameters { parameter.forEachName(visit) }
    case .union(let members): for member in members { member.forEachName(visit) }
    case .tuple(let members, let tail):
      for member in members { member.forEachName(visit) }
      tail?.forEachName(visit)
    case .integer: break
    }
  }
}
