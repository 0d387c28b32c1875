import SourceCodec

/// Reads one code; see `LoweredCode+Codec.swift` for the form. What it reads may still be invalid code.
struct CodeDecoder {
  private(set) var reader: ByteReader
  private var names = NameTable()
  private var position = 0

  init(reader: ByteReader) { self.reader = reader }

  mutating func readCode() throws(DecodingFailure) -> LoweredCode {
    let head = try reader.readUnsigned()
    let argumentCount = try count(head >> CodeKind.codeBits)
    let method = head & CodeKind.hasMethod == 0 ? nil : try reader.readText()
    let localCount = try reader.readCount()
    let arguments = try readNames(argumentCount)
    let locals = try readNames(localCount)
    let statementCount = try reader.readCount()
    var statements: [Statement] = []
    statements.reserveCapacity(statementCount)
    while position < statementCount {
      statements.append(try readStatement())
      position += 1
    }
    return LoweredCode(
      arguments: arguments, isVararg: head & CodeKind.isVararg != 0, locals: locals, statements: statements,
      methodForInferenceLimitHeuristics: method)
  }

  /// A count of things that follow, each of at least one byte.
  private func count(_ number: UInt64) throws(DecodingFailure) -> Int {
    guard number <= UInt64(reader.remaining) else { throw reader.failure(.tooLarge(number)) }
    return Int(number)
  }

  private func unknown(_ tag: UInt64, of kind: String) -> DecodingFailure {
    reader.failure(.unknownTag(tag, of: kind))
  }

  // MARK: Statements

  private mutating func readStatement() throws(DecodingFailure) -> Statement {
    let head = try reader.readUnsigned()
    let number = head >> CodeKind.statementBits
    let tag = head & (1 << CodeKind.statementBits - 1)
    switch CodeKind.Statement(rawValue: tag) {
    case .value: return .value(.operand(try readOperand(number)))
    case .call: return .value(try readCall(number))
    case .assign:
      let operand = try readOperand(number)
      return .assign(slot: try reader.readInt(), .operand(operand))
    case .assignCall:
      let slot = try reader.readInt()
      return .assign(slot: slot, try readCall(number))
    case .goto: return .goto(target(number))
    case .gotoIfNot: return .gotoIfNot(try readOperand(), target(number))
    case .return: return .return(try readOperand(number))
    case nil: throw unknown(tag, of: "statement")
    }
  }

  private func target(_ number: UInt64) -> Int {
    // A number of 61 bits, so neither the distance nor the sum overflows.
    Int(Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)) + position
  }

  private mutating func readCall(_ number: UInt64) throws(DecodingFailure) -> Expression {
    let count = try count(number)
    let callee = try readOperand()
    var arguments: [Operand] = []
    arguments.reserveCapacity(count)
    for _ in 0..<count { arguments.append(try readOperand()) }
    return .call(callee, arguments)
  }

  // MARK: Operands

  private mutating func readOperand() throws(DecodingFailure) -> Operand {
    try readOperand(try reader.readUnsigned())
  }

  private mutating func readOperand(_ head: UInt64) throws(DecodingFailure) -> Operand {
    let number = head >> CodeKind.bits
    switch CodeKind.Operand(rawValue: head & (1 << CodeKind.bits - 1)) {
    case .ssa:
      guard number < UInt64(position) else { throw reader.failure(.tooLarge(number)) }
      return .ssa(position - 1 - Int(number))
    case .slot: return .slot(Int(number))
    case .literal: return .literal(try readLiteral(number, depth: Nesting.limit))
    case .global, nil: return .global(try readName(number))
    }
  }

  // MARK: Literals

  private mutating func readLiteral(_ number: UInt64, depth: Int) throws(DecodingFailure) -> Literal {
    switch CodeKind.Literal(rawValue: number) {
    case .nothing: return .nothing
    case .false: return .bool(false)
    case .true: return .bool(true)
    case .int:
      let value = try reader.readSigned()
      guard value < 0 || value >= CodeKind.Literal.smallIntegers else { throw reader.failure(.notCanonical) }
      return .int(value)
    case .float: return .float(bits: try reader.readUnsigned().byteSwapped)
    case .string: return .string(try readName())
    case .symbol: return .symbol(try readName())
    case .type: return .type(try readType(depth: depth))
    case .syntax: return .syntax(try readSyntax(depth: depth))
    case nil:
      let value = number - CodeKind.Literal.firstInteger
      guard value < UInt64(CodeKind.Literal.smallIntegers) else { throw unknown(number, of: "literal") }
      return .int(Int64(value))
    }
  }

  // MARK: Types and syntax

  private func check(depth: Int) throws(DecodingFailure) {
    guard depth > 0 else { throw reader.failure(.tooLarge(UInt64(Nesting.limit) + 1)) }
  }

  private mutating func readType(depth: Int) throws(DecodingFailure) -> TypeExpression {
    try check(depth: depth)
    let head = try reader.readUnsigned()
    let number = head >> CodeKind.bits
    switch CodeKind.TypeExpression(rawValue: head & (1 << CodeKind.bits - 1)) {
    case .nominal:
      let count = try count(number)
      return .nominal(try readName(), try readTypes(count, depth: depth))
    case .union: return .union(try readTypes(try count(number), depth: depth))
    case .tuple:
      let members = try readTypes(try count(number >> 1), depth: depth)
      return .tuple(members, tail: number & 1 == 1 ? try readType(depth: depth - 1) : nil)
    case .integer, nil:
      guard number == 0 else { throw reader.failure(.notCanonical) }
      return .integer(try reader.readSigned())
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
    let head = try reader.readUnsigned()
    let number = head >> CodeKind.bits
    let tag = head & (1 << CodeKind.bits - 1)
    switch CodeKind.Syntax(rawValue: tag) {
    case .name: return .name(try readName(number))
    case .literal: return .literal(try readLiteral(number, depth: depth - 1))
    case .form:
      let count = try count(number)
      let head = try readName()
      var parts: [Syntax] = []
      parts.reserveCapacity(count)
      for _ in 0..<count { parts.append(try readSyntax(depth: depth - 1)) }
      return .form(head, parts)
    case nil: throw unknown(tag, of: "syntax")
    }
  }

  // MARK: Names

  private mutating func readNames(_ count: Int) throws(DecodingFailure) -> [String] {
    var names: [String] = []
    names.reserveCapacity(count)
    for _ in 0..<count { names.append(try readName()) }
    return names
  }

  private mutating func readName() throws(DecodingFailure) -> String { try readName(try reader.readUnsigned()) }

  private mutating func readName(_ number: UInt64) throws(DecodingFailure) -> String {
    switch number {
    case CodeKind.Name.new:
      let text = try reader.readText()
      guard names.add(text) else { throw reader.failure(.notCanonical) }
      return text
    case CodeKind.Name.wellKnown:
      let number = try reader.readUnsigned()
      guard number < UInt64(WellKnownNames.list.count) else { throw unknown(number, of: "name") }
      guard names.add(wellKnown: Int(number)) else { throw reader.failure(.notCanonical) }
      return WellKnownNames.list[Int(number)]
    default:
      let index = number - CodeKind.Name.first
      guard index < UInt64(names.list.count) else { throw unknown(number, of: "name") }
      return names.list[Int(index)]
    }
  }
}

/// The names that were read so far. Each is new only once.
private struct NameTable {
  private(set) var list: [String] = []
  private var spelledOut: [ExactText] = []
  /// The same as `spelledOut`, once there are too many to look through.
  private var index: Set<ExactText> = []
  /// Which of the well-known names were read; there are at most 128.
  private var wellKnown: UInt128 = 0

  mutating func add(_ text: String) -> Bool {
    let key = ExactText(text)
    guard WellKnownNames.numbers[key] == nil else { return false }
    if spelledOut.count < 16 {
      guard !spelledOut.contains(key) else { return false }
      spelledOut.append(key)
    } else {
      if index.isEmpty { index = Set(spelledOut) }
      guard index.insert(key).inserted else { return false }
    }
    list.append(text)
    return true
  }

  mutating func add(wellKnown number: Int) -> Bool {
    let bit: UInt128 = 1 << UInt128(number)
    guard wellKnown & bit == 0 else { return false }
    wellKnown |= bit
    list.append(WellKnownNames.list[number])
    return true
  }
}
