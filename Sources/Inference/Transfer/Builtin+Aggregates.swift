import StagedHost

// Transfer functions of the builtins that take tuples, structs, arrays and texts together and apart.

extension LatticeElement {
  /// A tuple of elements.
  static func tuple(_ parts: [LatticeElement]) -> LatticeElement {
    if parts.contains(where: \.isBottom) { return .bottom }
    guard parts.count <= ResolvedType.inferredSizeLimit,
      let type = try? ResolvedType.tuple(of: parts.map(\.uncountedType))
    else { return .type(.anyTuple) }
    let limited = type.limited
    return limited === type ? LatticeElement(type, parts: parts) : .type(limited)
  }
}

extension Builtin {
  func fieldCount(of value: LatticeElement) -> LatticeElement {
    if let parts = value.parts { return LatticeElement(value: .int(Int64(parts.count))) }
    let type = value.type
    guard type.isConcrete else { return .type(.int) }
    return LatticeElement(value: .int(type.isStruct ? Int64(type.declaration?.fields.count ?? 0) : 0))
  }

  func field(of value: LatticeElement, _ key: LatticeElement, in view: WorldView) -> LatticeElement {
    if case .union(let members) = value.type.shape {
      return members.reduce(.bottom) { $0.join(field(of: LatticeElement($1), key, in: view)) }
    }
    guard key.type.intersects(.symbol) || key.type.intersects(.int) else { return .bottom }
    let type = value.type
    if case .tuple = type.shape { return element(of: value, key) }
    guard type.isStruct, let declaration = type.declaration else {
      // Other concrete values have no fields.
      return type.isConcrete ? .bottom : .any
    }
    if let parts = value.knownParts {
      return field(key, declaration, parts.count) { parts[$0] }
    }
    guard let types = try? view.types.fieldBounds(of: type) else { return .any }
    return field(key, declaration, types.count) { LatticeElement(types[$0]) }
  }

  /// The field that a name or a number tells, or any.
  private func field(
    _ key: LatticeElement, _ declaration: TypeDeclaration, _ count: Int, _ part: (Int) -> LatticeElement
  ) -> LatticeElement {
    switch key.constant {
    case .symbol(let name)?: declaration.fields.firstIndex { $0.name == name }.map(part) ?? .bottom
    case .int(let number)?: number >= 1 && number <= count ? part(Int(number) - 1) : .bottom
    default: (0..<count).reduce(.bottom) { $0.join(part($1)) }
    }
  }

  func tupleLength(_ value: LatticeElement) -> LatticeElement {
    if case .tuple(let parts, nil) = value.type.shape { return LatticeElement(value: .int(Int64(parts.count))) }
    return value.type.intersects(.anyTuple) ? .type(.int) : .bottom
  }

  func element(of value: LatticeElement, _ key: LatticeElement) -> LatticeElement {
    if case .union(let members) = value.type.shape {
      return members.reduce(.bottom) { $0.join(element(of: LatticeElement($1), key)) }
    }
    guard key.type.intersects(.int) else { return .bottom }
    guard case .tuple(let types, let tail) = value.type.shape else {
      return value.type.intersects(.anyTuple) ? .any : .bottom
    }
    let parts = value.knownParts
    let rest = tail.map { LatticeElement($0) } ?? .bottom
    func part(_ position: Int) -> LatticeElement { parts?[position] ?? LatticeElement(types[position]) }
    guard case .int(let number)? = key.constant else { return types.indices.reduce(rest) { $0.join(part($1)) } }
    if number >= 1, number <= types.count { return part(Int(number) - 1) }
    return number > types.count ? rest : .bottom
  }

  func vector(_ elements: [LatticeElement]) -> LatticeElement {
    // The element type is that of the values, if they all have one.
    let types = elements.map(\.type)
    let elementType: ResolvedType
    if types.allSatisfy(\.isConcrete) {
      elementType = types.first.map { first in types.allSatisfy { $0 === first } ? first : .any } ?? .any
    } else {
      return .type(.anyArray)
    }
    return LatticeElement.array(of: elementType)
  }

  func array(_ arguments: [LatticeElement]) -> LatticeElement {
    if self == .arrayNew {
      guard arguments[0].type.intersects(.type), arguments[1].type.intersects(.int) else { return .bottom }
      guard case .type(let type)? = arguments[0].constant else { return .type(.anyArray) }
      return arguments[2].type.intersects(type) ? .array(of: type) : .bottom
    }
    let array = arguments[0].type
    guard array.intersects(.anyArray) else { return .bottom }
    let elementType = array.arrayElement ?? .any
    switch self {
    case .arrayLength: return .type(.int)
    case .arrayGet: return arguments[1].type.intersects(.int) ? LatticeElement(elementType) : .bottom
    case .arraySet: return arguments[1].type.intersects(.int) ? arguments[2].meet(elementType) : .bottom
    case .arrayPush:
      // The element may not fit, and what is no array is refused.
      return arguments[1].meet(elementType).isBottom ? .bottom : arguments[0].meet(.anyArray)
    default: return array.arrayElement.map { LatticeElement(value: .type($0)) } ?? .type(.type)
    }
  }

  /// `string` of anything, `symbol` of a text.
  func text(_ arguments: [LatticeElement]) -> LatticeElement {
    if self == .string { return .type(.string) }
    return arguments[0].type.intersects(.string) ? .type(.symbol) : .bottom
  }
}

extension LatticeElement {
  /// An array whose elements have a type.
  static func array(of elementType: ResolvedType) -> LatticeElement {
    .type(((try? ResolvedType.nominal(.array, [elementType])) ?? .anyArray).limited)
  }
}

extension ResolvedType {
  /// The element type, if this is the type of arrays with one.
  var arrayElement: ResolvedType? {
    guard case .nominal(let declaration, let parameters) = shape, declaration === TypeDeclaration.array else {
      return nil
    }
    return parameters[0]
  }

  /// `Array`: all arrays.
  static let anyArray = (try? ResolvedType.named(.array)) ?? .any
}
