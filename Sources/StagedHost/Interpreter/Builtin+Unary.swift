extension Builtin {
  /// Calls a builtin that takes one argument.
  func call(_ value: Value, in view: WorldView) throws -> Value {
    switch self {
    case .negInt: return .int(0 &- (try int(value, 1)))
    case .negFloat: return .float(-(try float(value, 1)))
    case .sqrtFloat: return .float(try float(value, 1).squareRoot())
    case .floorFloat: return .float(try float(value, 1).rounded(.down))
    case .truncFloat: return .float(try float(value, 1).rounded(.towardZero))
    case .absFloat: return .float(try float(value, 1).magnitude)
    case .roundFloat: return .float(try float(value, 1).rounded(.toNearestOrEven))
    case .floatOfInt: return .float(Double(try int(value, 1)))
    case .intOfFloat:
      let number = try float(value, 1)
      guard let exact = Int64(exactly: number) else { throw RuntimeProblem.notAnInteger(number) }
      return .int(exact)
    case .bitsOfFloat: return .int(Int64(bitPattern: try float(value, 1).bitPattern))
    case .floatOfBits: return .float(Double(bitPattern: UInt64(bitPattern: try int(value, 1))))
    case .notBool:
      guard case .bool(let holds) = value else { throw wrongArgument(1, value, "Bool") }
      return .bool(!holds)
    case .typeOf:
      guard case .type(let type) = value else { return .type(value.type) }
      do { return .type(try type.checkedSingleton) } catch { throw RuntimeProblem.type(error) }
    case .fieldCountOfValue:
      switch value {
      case .structure(let structure): return .int(Int64(structure.fields.count))
      case .tuple(let tuple): return .int(Int64(tuple.elements.count))
      default: return .int(0)
      }
    case .fieldCount, .tupleTypeLength:
      let type = try type(value, 1)
      if case .tuple(let parts, let tail) = type.shape {
        guard tail == nil else { throw wrongArgument(1, value, "a type with a fixed number of fields") }
        return .int(Int64(parts.count))
      }
      return .int(Int64(type.declaration?.fields.count ?? 0))
    case .typeParameterCount: return .int(Int64(try type(value, 1).parameters.count))
    case .typeName: return .symbol(try type(value, 1).name)
    case .functionInstance:
      guard case .function(let name) = try type(value, 1).shape else {
        throw wrongArgument(1, value, "the type of a function")
      }
      return Builtin.named(name).map { .builtin($0) } ?? .function(.function(name))
    case .tupleLength:
      guard case .tuple(let tuple) = value else { throw wrongArgument(1, value, "Tuple") }
      return .int(Int64(tuple.elements.count))
    case .arrayLength: return .int(Int64(try array(value, 1).elements.withLock { $0.count }))
    case .elementType: return .type(try array(value, 1).elementType)
    case .symbol:
      guard case .string(let text) = value else { throw wrongArgument(1, value, "String") }
      return .symbol(text)
    case .stringLength:
      guard case .string(let text) = value else { throw wrongArgument(1, value, "String") }
      return .int(Int64(text.unicodeScalars.count))
    case .syntaxLiteral: return .syntax(try SyntaxValue(.literal(try literal(value, 1))))
    case .syntaxName:
      guard case .symbol(let name) = value else { throw wrongArgument(1, value, "Symbol") }
      return .syntax(try SyntaxValue(.name(name)))
    default: throw wrongCount(1)
    }
  }
}

extension ResolvedType {
  /// `Type` of this; unlike a value's own type it can be a value again, so it must keep to the limits.
  var checkedSingleton: ResolvedType {
    get throws(TypeProblem) {
      guard depth < ResolvedType.depthLimit else { throw .tooLarge(limit: ResolvedType.depthLimit) }
      return .singleton(self)
    }
  }

  /// The declaration of a nominal type or of the bare name of one.
  package var declaration: TypeDeclaration? {
    switch shape {
    case .nominal(let declaration, _), .anyInstance(let declaration): declaration
    default: nil
    }
  }

  /// The parameters that the type is written with.
  package var parameters: [ResolvedType] {
    switch shape {
    case .nominal(_, let parameters), .union(let parameters): parameters
    case .tuple(let parts, let tail): parts + (tail.map { [$0] } ?? [])
    case .singleton(let type): [type]
    case .anyInstance, .integer, .function, .table: []
    }
  }

  /// The name without parameters.
  fileprivate var name: String {
    switch shape {
    case .nominal(let declaration, _), .anyInstance(let declaration): declaration.name
    case .union: "Union"
    case .tuple: "Tuple"
    case .singleton: "Type"
    case .table: "Table"
    case .integer, .function: description
    }
  }
}
