import LoweredIR
import Synchronization

/// The types that a world knows by name. Immutable: a changed declaration makes a new environment.
package final class TypeEnvironment: Sendable {
  /// All declarations by name, those that exist from the start included.
  let declarations: [String: TypeDeclaration]
  private let fieldTypes = Mutex<[ResolvedType: [ResolvedType]]>([:])

  init(declarations: [String: TypeDeclaration] = TypeDeclaration.predeclared) {
    self.declarations = declarations
  }

  /// Whether every type of another environment is the same here; there may be more.
  func extends(_ other: TypeEnvironment) -> Bool {
    other.declarations.allSatisfy { declarations[$0.key] === $0.value }
  }

  /// The type that an expression names.
  func resolve(_ expression: TypeExpression) throws(TypeProblem) -> ResolvedType {
    try TypeEnvironment.resolve(expression, declarations: declarations, parameters: [:])
  }

  /// The types of a struct's fields, in order; empty for other types. A bare parametric name has fields of type `Any`
  /// where their types depend on the parameters.
  package func fields(of type: ResolvedType) throws(TypeProblem) -> [ResolvedType] {
    if let known = fieldTypes.withLock({ $0[type] }) { return known }
    let declaration: TypeDeclaration
    let bound: [String: ResolvedType]
    switch type.shape {
    case .nominal(let known, let arguments):
      declaration = known
      bound = Dictionary(zip(known.parameters, arguments)) { first, _ in first }
    case .anyInstance(let known):
      declaration = known
      bound = Dictionary(known.parameters.map { ($0, .any) }) { first, _ in first }
    default: return []
    }
    var types: [ResolvedType] = []
    for field in declaration.fields {
      types.append(try TypeEnvironment.resolve(field.type, declarations: declarations, parameters: bound))
    }
    fieldTypes.withLock { $0[type] = types }
    return types
  }

  /// Types that contain those of a struct's fields, in order, whatever parameters a bare parametric name is given; a field declared
  /// `Array{T}` has some array then, not an `Array{Any}`.
  package func fieldBounds(of type: ResolvedType) throws(TypeProblem) -> [ResolvedType] {
    guard case .anyInstance(let declaration) = type.shape else { return try fields(of: type) }
    var types: [ResolvedType] = []
    for field in declaration.fields { types.append(try resolve(field.type.without(declaration.parameters))) }
    return types
  }

  /// The type that an expression names among some declarations, with some type parameters bound.
  static func resolve(
    _ expression: TypeExpression, declarations: [String: TypeDeclaration], parameters: [String: ResolvedType],
    depth: Int = 0
  ) throws(TypeProblem) -> ResolvedType {
    guard depth < ResolvedType.depthLimit else { throw .tooLarge(limit: ResolvedType.depthLimit) }
    func all(_ expressions: [TypeExpression], allowingIntegers: Bool) throws(TypeProblem) -> [ResolvedType] {
      var types: [ResolvedType] = []
      for part in expressions {
        let type = try resolve(part, declarations: declarations, parameters: parameters, depth: depth + 1)
        if !allowingIntegers, case .integer(let number) = type.shape { throw .notAType(number) }
        types.append(type)
      }
      return types
    }
    switch expression {
    case .integer(let number): return .integer(number)
    case .union(let members): return try .union(try all(members, allowingIntegers: false))
    case .tuple(let members, let tail):
      return try .tuple(
        try all(members, allowingIntegers: false), tail: try all(tail.map { [$0] } ?? [], allowingIntegers: false).first
      )
    case .nominal(let name, let arguments):
      if let bound = parameters[name], arguments.isEmpty { return bound }
      if let function = functionName(name) { return .function(function) }
      switch (name, arguments.count) {
      case ("Tuple", 0): return try .tuple([], tail: .any)
      case ("Union", 0): return try .union([])
      case ("Type", 1): return .singleton(try all(arguments, allowingIntegers: false)[0])
      case ("Table", 1):
        guard case .nominal(let table, let none) = arguments[0], none.isEmpty else { break }
        return .table(table)
      default: break
      }
      guard let declaration = declarations[name] else { throw .unknownType(name) }
      if arguments.isEmpty { return try .named(declaration) }
      guard arguments.count == declaration.parameters.count else {
        throw .wrongParameterCount(type: name, found: arguments.count, expected: declaration.parameters.count)
      }
      return try .nominal(declaration, try all(arguments, allowingIntegers: true))
    }
  }

  /// The name inside `typeof(…)`.
  static func functionName(_ name: String) -> String? {
    guard name.hasPrefix("typeof("), name.hasSuffix(")") else { return nil }
    return String(name.dropFirst(7).dropLast())
  }
}

extension TypeExpression {
  /// A type that contains this one whatever the parameters are.
  fileprivate func without(_ parameters: [String]) -> TypeExpression {
    switch self {
    case .nominal(let name, let arguments):
      if arguments.isEmpty { return parameters.contains(name) ? .named("Any") : self }
      var dependsOnThem = false
      for argument in arguments { argument.forEachName { if parameters.contains($0) { dependsOnThem = true } } }
      return dependsOnThem ? .named(name) : self
    case .union(let members): return .union(members.map { $0.without(parameters) })
    case .tuple(let members, let tail):
      return .tuple(members.map { $0.without(parameters) }, tail: tail?.without(parameters))
    case .integer: return self
    }
  }
}
