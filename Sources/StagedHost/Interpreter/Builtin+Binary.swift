extension Builtin {
  /// Calls a builtin that takes two arguments.
  func call(_ left: Value, _ right: Value, in view: WorldView) throws -> Value {
    switch self {
    case .addInt: return .int(try int(left, 1) &+ int(right, 2))
    case .subInt: return .int(try int(left, 1) &- int(right, 2))
    case .mulInt: return .int(try int(left, 1) &* int(right, 2))
    case .divInt:
      let divisor = try int(right, 2)
      guard divisor != 0 else { throw RuntimeProblem.dividedByZero }
      return .int(try int(left, 1).dividedReportingOverflow(by: divisor).partialValue)
    case .remInt:
      let divisor = try int(right, 2)
      guard divisor != 0 else { throw RuntimeProblem.dividedByZero }
      return .int(try int(left, 1).remainderReportingOverflow(dividingBy: divisor).partialValue)
    case .andInt: return .int(try int(left, 1) & int(right, 2))
    case .orInt: return .int(try int(left, 1) | int(right, 2))
    case .xorInt: return .int(try int(left, 1) ^ int(right, 2))
    case .shlInt: return .int(try int(left, 1) << int(right, 2))
    case .shrInt: return .int(try int(left, 1) >> int(right, 2))
    case .eqInt: return .bool(try int(left, 1) == int(right, 2))
    case .ltInt: return .bool(try int(left, 1) < int(right, 2))
    case .leInt: return .bool(try int(left, 1) <= int(right, 2))
    case .addFloat: return .float(try float(left, 1) + float(right, 2))
    case .subFloat: return .float(try float(left, 1) - float(right, 2))
    case .mulFloat: return .float(try float(left, 1) * float(right, 2))
    case .divFloat: return .float(try float(left, 1) / float(right, 2))
    case .eqFloat: return .bool(try float(left, 1) == float(right, 2))
    case .ltFloat: return .bool(try float(left, 1) < float(right, 2))
    case .leFloat: return .bool(try float(left, 1) <= float(right, 2))
    case .identical: return .bool(left.isIdentical(to: right))
    case .notIdentical: return .bool(!left.isIdentical(to: right))
    case .isA: return .bool(left.type.isSubtype(of: try type(right, 2)))
    case .subtype: return .bool(try type(left, 1).isSubtype(of: try type(right, 2)))
    case .getField: return try field(of: left, right)
    case .fieldType: return try fieldType(of: try type(left, 1), right, in: view)
    case .fieldName:
      let fields = try type(left, 1).declaration?.fields ?? []
      return .symbol(fields[try index(right, count: fields.count)].name)
    case .typeParameter:
      let type = try type(left, 1)
      if case .table(let name) = type.shape, try index(right, count: 1) == 0 { return .table(.table(name)) }
      let parameters = type.parameters
      let parameter = parameters[try index(right, count: parameters.count)]
      if case .integer(let number) = parameter.shape { return .int(number) }
      return .type(parameter)
    case .tupleGet:
      guard case .tuple(let tuple) = left else { throw wrongArgument(1, left, "Tuple") }
      return tuple.elements[try index(right, count: tuple.elements.count)]
    case .arrayGet:
      return try array(left, 1).elements.withLock { $0[try index(right, count: $0.count)] }
    case .arrayPush:
      let array = try array(left, 1)
      try checkElement(right, 2, of: array)
      try array.elements.withLock { elements in
        guard elements.count < ArrayValue.countLimit else {
          throw RuntimeProblem.tooLarge(what: "array", limit: ArrayValue.countLimit)
        }
        elements.append(right)
      }
      return left
    default: throw wrongCount(2)
    }
  }

  private func field(of value: Value, _ key: Value) throws -> Value {
    let fields: [Value]
    switch value {
    case .structure(let structure):
      fields = structure.fields
      if case .symbol(let name) = key {
        guard let position = structure.type.declaration?.fields.firstIndex(where: { $0.name == name }) else {
          throw RuntimeProblem.noField(name: name, type: structure.type.description)
        }
        return fields[position]
      }
    case .tuple(let tuple): fields = tuple.elements
    default: fields = []
    }
    if case .symbol(let name) = key { throw RuntimeProblem.noField(name: name, type: value.type.description) }
    return fields[try index(key, count: fields.count)]
  }

  private func fieldType(of type: ResolvedType, _ key: Value, in view: WorldView) throws -> Value {
    if case .tuple(let parts, let tail) = type.shape {
      let position = try index(key, count: tail == nil ? parts.count : .max)
      return .type(position < parts.count ? parts[position] : tail ?? .any)
    }
    let fields: [ResolvedType]
    do { fields = try view.types.fields(of: type) } catch { throw RuntimeProblem.type(error) }
    return .type(fields[try index(key, count: fields.count)])
  }
}
