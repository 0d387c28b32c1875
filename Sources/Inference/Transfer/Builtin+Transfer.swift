import StagedHost

// Transfer functions: what a builtin gives for what is known of its arguments. Each gives an element that contains the result of
// every call that returns; a call that cannot return gives bottom. Numbers of arguments are checked before.

extension Builtin {
  /// What a call gives. Any builtin but `_apply`, which calls back.
  func transfer(_ arguments: [LatticeElement], in view: WorldView) -> LatticeElement {
    let arity = arity
    guard arguments.count >= arity.least, arguments.count <= arity.most ?? .max else { return .bottom }
    if isFoldable, let folded = folded(arguments, in: view) { return folded }
    if let signature {
      for argument in arguments where !argument.intersects(signature.argument) { return .bottom }
      return LatticeElement(signature.result)
    }
    switch self {
    case .identical, .notIdentical: return identity(arguments[0], arguments[1])
    case .typeOf: return typeOf(arguments[0])
    case .isA: return isA(arguments[0], arguments[1])
    case .subtype: return types(arguments) ? .type(.bool) : .bottom
    case .getField: return field(of: arguments[0], arguments[1], in: view)
    case .fieldCountOfValue: return fieldCount(of: arguments[0])
    case .fieldType, .applyType: return types(arguments.prefix(1)) ? .type(.type) : .bottom
    case .fieldCount, .tupleTypeLength, .typeParameterCount: return types(arguments) ? .type(.int) : .bottom
    case .fieldName, .typeName: return types(arguments.prefix(1)) ? .type(.symbol) : .bottom
    case .typeParameter: return types(arguments.prefix(1)) ? .any : .bottom
    case .functionInstance: return types(arguments) ? .type(.function) : .bottom
    case .tuple: return .tuple(arguments)
    case .tupleLength: return tupleLength(arguments[0])
    case .tupleGet: return element(of: arguments[0], arguments[1])
    case .vector: return vector(arguments)
    case .arrayNew, .arrayLength, .arrayGet, .arraySet, .arrayPush, .elementType: return array(arguments)
    case .string, .symbol, .stringLength: return self == .stringLength ? .type(.int) : text(arguments)
    case .print, .printLine: return LatticeElement(.nothing)
    case .error, .raise: return .bottom
    case .syntax, .syntaxLiteral, .syntaxName: return .type(.syntax)
    default: return .any
    }
  }

  /// The types of a builtin over numbers.
  private var signature: (argument: ResolvedType, result: ResolvedType)? {
    switch self {
    case .addInt, .subInt, .mulInt, .divInt, .remInt, .negInt, .andInt, .orInt, .xorInt, .shlInt, .shrInt:
      (.int, .int)
    case .eqInt, .ltInt, .leInt: (.int, .bool)
    case .addFloat, .subFloat, .mulFloat, .divFloat, .negFloat, .sqrtFloat, .floorFloat, .truncFloat, .absFloat,
      .roundFloat:
      (.float, .float)
    case .eqFloat, .ltFloat, .leFloat: (.float, .bool)
    case .floatOfInt, .floatOfBits: (.int, .float)
    case .intOfFloat, .bitsOfFloat: (.float, .int)
    case .notBool: (.bool, .bool)
    default: nil
    }
  }

  // MARK: Folding

  /// Whether calls with the same arguments always give the same, do nothing else, and may be made while inferring.
  private var isFoldable: Bool {
    switch self {
    case .vector, .arrayNew, .arrayLength, .arrayGet, .arraySet, .arrayPush, .print, .printLine, .error, .raise, .apply:
      false
    default: true
    }
  }

  /// The result of a call with nothing but constants; `nil` if there are others.
  private func folded(_ arguments: [LatticeElement], in view: WorldView) -> LatticeElement? {
    let takesMutable = self == .identical || self == .notIdentical
    for argument in arguments {
      switch argument.form {
      case .only: break
      case .constant(let constant) where takesMutable || !constant.isMutable: break
      default: return nil
      }
    }
    let values = arguments.map { $0.constant ?? .nothing }
    if self == .tuple, values.count > LatticeElement.partLimit { return nil }
    return (try? call(values, in: view)).map { LatticeElement(value: $0) } ?? .bottom
  }

  // MARK: Types and identity

  private func types(_ arguments: some Collection<LatticeElement>) -> Bool {
    arguments.allSatisfy { $0.type.intersects(.type) }
  }

  private func identity(_ left: LatticeElement, _ right: LatticeElement) -> LatticeElement {
    left.type.intersects(right.type) ? .type(.bool) : LatticeElement(value: .bool(self == .notIdentical))
  }

  private func isA(_ value: LatticeElement, _ type: LatticeElement) -> LatticeElement {
    guard types([type]) else { return .bottom }
    guard case .type(let tested)? = type.constant else { return .type(.bool) }
    if value.type.isSubtype(of: tested) { return LatticeElement(value: .bool(true)) }
    return value.type.intersects(tested) ? .type(.bool) : LatticeElement(value: .bool(false))
  }

  private func typeOf(_ value: LatticeElement) -> LatticeElement {
    let type = value.type
    if case .union(let members) = type.shape {
      return members.reduce(.bottom) { $0.join(typeOf(LatticeElement($1))) }
    }
    // The type of a type's value is `Type{T}`, which folding found; tuples of types are concrete too.
    return type.isConcrete ? LatticeElement(value: .type(type)) : .type(.type)
  }
}
