extension Value {
  /// Makes a value of a struct type; the parameters of a bare parametric name are inferred from the fields.
  package static func construct(_ type: ResolvedType, _ fields: [Value], in view: WorldView) throws -> Value {
    let declaration: TypeDeclaration
    var concrete = type
    switch type.shape {
    case .nominal(let known, _): declaration = known
    case .anyInstance(let known): declaration = known
    default: throw RuntimeProblem.notCallable(type: type.description)
    }
    guard fields.count == declaration.fields.count else {
      let count = declaration.fields.count
      throw RuntimeProblem.wrongArgumentCount(callee: declaration.name, found: fields.count, least: count, most: count)
    }
    do {
      if case .anyInstance = type.shape { concrete = try infer(declaration, fields) }
      for (position, fieldType) in try view.types.fields(of: concrete).enumerated()
      where !fields[position].type.isSubtype(of: fieldType) {
        throw RuntimeProblem.wrongArgument(
          callee: declaration.name, position: position + 1, found: fields[position].type.description,
          expected: fieldType.description)
      }
    } catch let problem as TypeProblem { throw RuntimeProblem.type(problem) }
    return .structure(try StructValue(concrete, fields))
  }

  private static func infer(_ declaration: TypeDeclaration, _ fields: [Value]) throws -> ResolvedType {
    let parameters = try declaration.parameters.map { parameter in
      guard let position = declaration.fields.firstIndex(where: { $0.type == .named(parameter) }) else {
        throw RuntimeProblem.parameterNotInferred(name: parameter, type: declaration.name)
      }
      return fields[position].type
    }
    return try .nominal(declaration, parameters)
  }
}
