import LoweredIR

extension Builtin {
  /// Calls any builtin that neither calls back nor prints.
  package func call(_ arguments: [Value], in view: WorldView) throws -> Value {
    switch (arity, arguments.count) {
    case ((1, 1?), 1): return try call(arguments[0], in: view)
    case ((2, 2?), 2): return try call(arguments[0], arguments[1], in: view)
    default: break
    }
    try checkCount(arguments.count)
    switch self {
    case .applyType: return .type(try applyType(arguments))
    case .tuple:
      return try .tuple(of: arguments)
    case .vector:
      let first = arguments.first?.type ?? .any
      let isUniform = arguments.allSatisfy { $0.type === first }
      return .array(try ArrayValue(of: isUniform ? first : .any, arguments))
    case .arrayNew:
      let count = try int(arguments[1], 2)
      guard count >= 0 else { throw RuntimeProblem.outOfBounds(callee: rawValue, index: count, count: 0) }
      guard count <= ArrayValue.countLimit else {
        throw RuntimeProblem.tooLarge(what: "array", limit: ArrayValue.countLimit)
      }
      let array = try ArrayValue(of: try type(arguments[0], 1), [])
      try checkElement(arguments[2], 3, of: array)
      array.elements.withLock { $0 = Array(repeating: arguments[2], count: Int(count)) }
      return .array(array)
    case .arraySet:
      let array = try array(arguments[0], 1)
      try checkElement(arguments[2], 3, of: array)
      try array.elements.withLock { $0[try index(arguments[1], count: $0.count)] = arguments[2] }
      return arguments[2]
    case .string: return .string(try Builtin.concatenate(arguments))
    case .error, .raise: throw RuntimeProblem.raised(try Builtin.concatenate(arguments))
    case .syntax: return try form(arguments)
    default: throw wrongCount(arguments.count)
    }
  }

  private func applyType(_ arguments: [Value]) throws -> ResolvedType {
    let parameters = try arguments.enumerated().dropFirst().map { position, argument in
      if case .int(let number) = argument { return ResolvedType.integer(number) }
      return try type(argument, position + 1)
    }
    let base = try type(arguments[0], 1)
    do throws(TypeProblem) {
      if base === ResolvedType.type, parameters.count == 1 { return try parameters[0].checkedSingleton }
      switch base.shape {
      case .tuple, .union:
        for case .integer(let number) in parameters.map(\.shape) { throw .notAType(number) }
      default: break
      }
      switch base.shape {
      case .tuple(let parts, _?) where parts.isEmpty: return try .tuple(parameters)
      case .union(let members) where members.isEmpty: return try .union(parameters)
      case .nominal(let declaration, let bound) where bound.isEmpty: fallthrough
      case .anyInstance(let declaration):
        guard parameters.count == declaration.parameters.count else {
          throw .wrongParameterCount(
            type: declaration.name, found: parameters.count, expected: declaration.parameters.count)
        }
        return try .nominal(declaration, parameters)
      default: throw .wrongParameterCount(type: base.description, found: parameters.count, expected: 0)
      }
    } catch { throw RuntimeProblem.type(error) }
  }

  private func form(_ arguments: [Value]) throws -> Value {
    guard case .symbol(let head) = arguments[0] else { throw wrongArgument(1, arguments[0], "Symbol") }
    var depth = 0
    let parts = try arguments.enumerated().dropFirst().map { position, argument in
      switch argument {
      case .syntax(let part):
        depth = max(depth, part.depth)
        return part.syntax
      case .symbol(let name): return Syntax.name(name)
      case .function, .builtin, .table: return Syntax.name(argument.description)
      default: return Syntax.literal(try literal(argument, position + 1))
      }
    }
    return .syntax(try SyntaxValue(.form(head, parts), depth: depth + 1))
  }

  /// The texts of values as one.
  static func concatenate(_ values: [Value]) throws -> String {
    if values.count == 1, case .string(let text) = values[0] { return text }
    var result = ""
    for value in values {
      if case .string(let text) = value { result += text } else { result += value.description }
      guard result.utf8.count <= textLimit else { throw RuntimeProblem.tooLarge(what: "string", limit: textLimit) }
    }
    return result
  }

  private static let textLimit = 1 << 26
}

// MARK: Arguments

extension Builtin {
  func int(_ value: Value, _ position: Int) throws -> Int64 {
    guard case .int(let number) = value else { throw wrongArgument(position, value, "Int64") }
    return number
  }

  func float(_ value: Value, _ position: Int) throws -> Double {
    guard case .float(let number) = value else { throw wrongArgument(position, value, "Float64") }
    return number
  }

  func type(_ value: Value, _ position: Int) throws -> ResolvedType {
    guard case .type(let type) = value else { throw wrongArgument(position, value, "Type") }
    return type
  }

  func array(_ value: Value, _ position: Int) throws -> ArrayValue {
    guard case .array(let array) = value else { throw wrongArgument(position, value, "Array") }
    return array
  }

  /// The position from 0 that an index from 1, the second argument, means.
  func index(_ value: Value, count: Int) throws -> Int {
    let number = try int(value, 2)
    guard number >= 1, number <= count else {
      throw RuntimeProblem.outOfBounds(callee: rawValue, index: number, count: count)
    }
    return Int(number) - 1
  }

  func literal(_ value: Value, _ position: Int) throws -> Literal {
    guard let literal = Literal(value) else { throw wrongArgument(position, value, "a value that code can contain") }
    return literal
  }

  func checkElement(_ value: Value, _ position: Int, of array: ArrayValue) throws {
    guard value.type.isSubtype(of: array.elementType) else {
      throw wrongArgument(position, value, array.elementType.description)
    }
  }

  func checkCount(_ count: Int) throws {
    guard count >= arity.least, arity.most.map({ count <= $0 }) ?? true else { throw wrongCount(count) }
  }

  func wrongCount(_ count: Int) -> RuntimeProblem {
    .wrongArgumentCount(callee: rawValue, found: count, least: arity.least, most: arity.most)
  }

  func wrongArgument(_ position: Int, _ value: Value, _ expected: String) -> RuntimeProblem {
    .wrongArgument(callee: rawValue, position: position, found: value.type.description, expected: expected)
  }
}

extension Literal {
  /// The literal of a value; `nil` if code cannot contain it.
  init?(_ value: Value) {
    switch value {
    case .nothing: self = .nothing
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .float(let value): self = .float(value)
    case .string(let value): self = .string(value)
    case .symbol(let value): self = .symbol(value)
    case .type(let type): self = .type(type.expression)
    case .syntax(let value): self = .syntax(value.syntax)
    case .function, .builtin, .tuple, .structure, .array, .table: return nil
    }
  }
}
