import SourceCodec

/// Reads one code; see `LoweredCode+Codec.swift` for the form.
///
/// Checks on the way what ``LoweredCode/validate()`` demands. What might not keep it makes the code ``isDoubtful``, and then
/// that function decides: sound code is not walked through a second time.
struct CodeDecoder {
  private var cursor: ByteCursor
  private var names = NameTable()
  private var statements: [Statement] = []
  private var statementCount = 0
  private var slotCount = 0
  private(set) var isDoubtful = false

  private init(_ cursor: ByteCursor) { self.cursor = cursor }

  /// Reads a code, and moves the cursor behind it. It is valid unless it is doubtful.
  static func read(
    from cursor: inout ByteCursor
  ) throws(DecodingFailure) -> (code: LoweredCode, isDoubtful: Bool) {
    var decoder = CodeDecoder(cursor)
    let code = try decoder.readCode()
    cursor = decoder.cursor
    return (code, decoder.isDoubtful)
  }

  private mutating func readCode() throws(DecodingFailure) -> LoweredCode {
    let head = try cursor.readUnsigned()
    let argumentCount = try count(head >> CodeKind.codeBits)
    let method = head & CodeKind.hasMethod == 0 ? nil : try cursor.readText()
    let localCount = try count(try cursor.readUnsigned())
    let isVararg = head & CodeKind.isVararg != 0
    let arguments = try readNames(argumentCount)
    let locals = try readNames(localCount)
    slotCount = argumentCount + localCount
    // New names of different bytes may still be equal; old ones are names of other slots.
    if isVararg && argumentCount == 0 || names.list.count != slotCount || !names.isASCII { isDoubtful = true }
    statementCount = try count(try cursor.readUnsigned())
    statements.reserveCapacity(statementCount)
    while statements.count < statementCount { statements.append(try readStatement()) }
    switch statements.last {
    case .return, .goto: break
    case .value, .assign, .gotoIfNot, nil: isDoubtful = true
    }
    return LoweredCode(
      arguments: arguments, isVararg: isVararg, locals: locals, statements: statements,
      methodForInferenceLimitHeuristics: method)
  }

  /// A count of things that follow, each of at least one byte.
  private func count(_ number: UInt64) throws(DecodingFailure) -> Int {
    guard number <= UInt64(cursor.remaining) else { throw cursor.failure(.tooLarge(number)) }
    return Int(truncatingIfNeeded: number)
  }

  private func unknown(_ tag: UInt64, of kind: String) -> DecodingFailure {
    cursor.failure(.unknownTag(tag, of: kind))
  }

  // MARK: Statements

  private mutating func readStatement() throws(DecodingFailure) -> Statement {
    let head = try cursor.readUnsigned()
    let number = head >> CodeKind.statementBits
    let tag = head & (1 << CodeKind.statementBits - 1)
    switch CodeKind.Statement(rawValue: tag) {
    case .value: return .value(.operand(try readOperand(number)))
    case .call:
      let count = try count(number)
      return .value(.call(try readOperand(), try readOperands(count)))
    case .assign:
      let operand = try readOperand(number)
      return .assign(slot: try readSlot(), .operand(operand))
    case .assignCall:
      let slot = try readSlot()
      let count = try count(number)
      return .assign(slot: slot, .call(try readOperand(), try readOperands(count)))
    case .goto: return .goto(target(number))
    case .gotoIfNot: return .gotoIfNot(try readOperand(), target(number))
    case .return: return .return(try readOperand(number))
    case nil: throw unknown(tag, of: "statement")
    }
  }

  private mutating func readSlot() throws(DecodingFailure) -> Int {
    let number = try cursor.readUnsigned()
    guard let slot = Int(exactly: number) else { throw cursor.failure(.tooLarge(number)) }
    if slot >= slotCount { isDoubtful = true }
    return slot
  }

  private mutating func target(_ number: UInt64) -> Int {
    // A number of 61 bits, so neither the distance nor the sum overflows.
    let target = Int(Int64(zigzag: number)) + statements.count
    if target < 0 || target >= statementCount { isDoubtful = true }
    return target
  }

  // MARK: Operands

  /// Most calls have few arguments, and an array of a known count is made faster than one that grows.
  private mutating func readOperands(_ count: Int) throws(DecodingFailure) -> [Operand] {
    switch count {
    case 0: return []
    case 1: return [try readOperand()]
    case 2: return [try readOperand(), try readOperand()]
    case 3: return [try readOperand(), try readOperand(), try readOperand()]
    default:
      var operands: [Operand] = []
      operands.reserveCapacity(count)
      for _ in 0..<count { operands.append(try readOperand()) }
      return operands
    }
  }

  private mutating func readOperand() throws(DecodingFailure) -> Operand {
    try readOperand(try cursor.readUnsigned())
  }

  private mutating func readOperand(_ head: UInt64) throws(DecodingFailure) -> Operand {
    let number = head >> CodeKind.bits
    switch CodeKind.Operand(rawValue: head & (1 << CodeKind.bits - 1)) {
    case .ssa:
      guard number < UInt64(statements.count) else { throw cursor.failure(.tooLarge(number)) }
      let statement = statements.count - 1 - Int(truncatingIfNeeded: number)
      if !statements[statement].hasValue { isDoubtful = true }
      return .ssa(statement)
    case .slot:
      if number >= UInt64(slotCount) { isDoubtful = true }
      return .slot(Int(truncatingIfNeeded: number))
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
      let value = Int64(zigzag: try cursor.readUnsigned())
      guard value < 0 || value >= CodeKind.Literal.smallIntegers else { throw cursor.failure(.notCanonical) }
      return .int(value)
    case .float: return .float(bits: try cursor.readUnsigned().byteSwapped)
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
    guard depth > 0 else { throw cursor.failure(.tooLarge(UInt64(Nesting.limit) + 1)) }
  }

  private mutating func readType(depth: Int) throws(DecodingFailure) -> TypeExpression {
    try check(depth: depth)
    let head = try cursor.readUnsigned()
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

  private mutating func readName() throws(DecodingFailure) -> String { try readName(try cursor.readUnsigned()) }

  private mutating func readName(_ number: UInt64) throws(DecodingFailure) -> String {
    switch number {
    case CodeKind.Name.new:
      let start = cursor
      let bytes = try cursor.readData()
      do throws(DecodingFailure.Problem) { return try names.add(spelledOut: bytes) } catch {
        throw start.failure(error)
      }
    case CodeKind.Name.wellKnown:
      let number = try cursor.readUnsigned()
      guard number < UInt64(WellKnownNames.list.count) else { throw unknown(number, of: "name") }
      let text = WellKnownNames.list[Int(number)]
      guard names.add(wellKnown: Int(number), text) else { throw cursor.failure(.notCanonical) }
      return text
    default:
      let index = number - CodeKind.Name.first
      guard index < UInt64(names.list.count) else { throw unknown(number, of: "name") }
      return names.list[Int(truncatingIfNeeded: index)]
    }
  }
}
