import SourceCodec

// Literals, and the types and syntax in them.
extension CodeDecoder {
  /// Literals that hold no reference, which are most, take a shorter way.
  @inline(never)
  mutating func readLiteralOperand(_ number: UInt64) throws(DecodingFailure) -> FlowOperand {
    let kind: FlowConstant.Kind
    switch number {
    case CodeKind.Literal.string.rawValue: kind = .string
    case CodeKind.Literal.symbol.rawValue: kind = .symbol
    case CodeKind.Literal.type.rawValue:
      var ahead = cursor
      let head = try ahead.readUnsigned()
      guard head == CodeKind.TypeExpression.nominal.rawValue else { fallthrough }
      cursor = ahead
      kind = .nominal
    default: return parts.pointee.operand(try readLiteral(number, depth: Nesting.limit))
    }
    let nameCount = parts.pointee.names.list.count
    let name = try readName(try cursor.readUnsigned())
    let constant = FlowConstant(kind, known(name))
    // A new name is no constant yet.
    return name == nameCount ? parts.pointee.newOperand(constant) : parts.pointee.operand(constant)
  }

  private mutating func readLiteral(_ number: UInt64, depth: Int) throws(DecodingFailure) -> Literal {
    switch CodeKind.Literal(rawValue: number) {
    case .nothing: return .nothing
    case .false: return .bool(false)
    case .true: return .bool(true)
    case .int:
      let value = Int64(zigzag: try cursor.readUnsigned())
      guard value < 0 || value >= CodeKind.Literal.smallIntegers else { throw cursor.failure(.notCanonical) }
      return .int(value)
    case .float: return .float(bits: try cursor.readUnsigned().byteSwapped)
    case .string: return .string(try readText())
    case .symbol: return .symbol(try readText())
    case .type: return .type(try readType(depth: depth))
    case .syntax: return .syntax(try readSyntax(depth: depth))
    case nil:
      let value = number - CodeKind.Literal.firstInteger
      guard value < UInt64(CodeKind.Literal.smallIntegers) else { throw unknown(number, of: "literal") }
      return .int(Int64(value))
    }
  }

  private func check(depth: Int) throws(DecodingFailure) {
    guard depth > 0 else { throw cursor.failure(.tooLarge(UInt64(Nesting.limit) + 1)) }
  }

  private mutating func readType(depth: Int) throws(DecodingFailure) -> TypeExpression {
    try check(depth: depth)
    let head = try cursor.readUnsigned()
    let number = head >> CodeKind.bits
    switch CodeKind.TypeExpression(rawValue: head & (1 << CodeKind.bits - 1)) {
    case .nominal:
      let count = try count(number)
      return .nominal(try readText(), try readTypes(count, depth: depth))
    case .union: return .union(try readTypes(try count(number), depth: depth))
    case .tuple:
      let members = try readTypes(try count(number >> 1), depth: depth)
      return .tuple(members, tail: number & 1 == 1 ? try readType(depth: depth - 1) : nil)
    case .integer, nil:
      guard number == 0 else { throw cursor.failure(.notCanonical) }
      return .integer(Int64(zigzag: try cursor.readUnsigned()))
    }
  }

  private mutating func readTypes(_ count: Int, depth: Int) throws(DecodingFailure) -> [TypeExpression] {
    var types: [TypeExpression] = []
    types.reserveCapacity(count)
    for _ in 0..<count { types.append(try readType(depth: depth - 1)) }
    return types
  }

  private mutating func readSyntax(depth: Int) throws(DecodingFailure) -> Syntax {
    try check(depth: depth)
    let head = try cursor.readUnsigned()
    let number = head >> CodeKind.bits
    let tag = head & (1 << CodeKind.bits - 1)
    switch CodeKind.Syntax(rawValue: tag) {
    case .name: return .name(try readText(number))
    case .literal: return .literal(try readLiteral(number, depth: depth - 1))
    case .form:
      let count = try count(number)
      let head = try readText()
      var parts: [Syntax] = []
      parts.reserveCapacity(count)
      for _ in 0..<count { parts.append(try readSyntax(depth: depth - 1)) }
      return .form(head, parts)
    case nil: throw unknown(tag, of: "syntax")
    }
  }
}
