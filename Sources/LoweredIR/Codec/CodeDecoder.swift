import SourceCodec

/// Reads one code; see `LoweredCode+Codec.swift` for the form.
///
/// Makes the code's layout in one pass, and checks on the way what ``LoweredCode/validate()`` demands: the first fault that it would find
/// is kept, and thrown if the rest can be read.
struct CodeDecoder: ~Copyable {
  var cursor: ByteCursor
  let parts: UnsafeMutablePointer<LayoutParts>
  private var statementCount = 0
  private var slotCount: UInt64 = 0
  private var fault: InvalidCode?

  private init(_ cursor: ByteCursor, _ parts: UnsafeMutablePointer<LayoutParts>) {
    self.cursor = cursor
    self.parts = parts
  }

  /// Reads a code, and moves the cursor behind it.
  static func read(from cursor: inout ByteCursor) throws(DecodingFailure) -> CodeLayout {
    let parts = LayoutParts.take()
    defer { LayoutParts.giveBack(parts) }
    var decoder = CodeDecoder(cursor, parts)
    let layout = try decoder.readCode(from: cursor)
    cursor = decoder.cursor
    return layout
  }

  private mutating func readCode(from start: ByteCursor) throws(DecodingFailure) -> CodeLayout {
    let head = try cursor.readUnsigned()
    let argumentCount = try count(head >> CodeKind.codeBits)
    let method = head & CodeKind.hasMethod == 0 ? nil : try cursor.readKnownName()
    if let method { parts.pointee.names.take(method) }
    let localCount = try count(try cursor.readUnsigned())
    let isVararg = head & CodeKind.isVararg != 0
    try readSlotNames(argumentCount &+ localCount)
    // Goes before what is wrong with the names.
    if isVararg && argumentCount == 0 { fault = InvalidCode(.varargWithoutArguments) }
    statementCount = try count(try cursor.readUnsigned())
    try readStatements()
    if fault == nil { checkEnd() }
    if let fault {
      throw start.failure(.invalidValue("\(fault.problem), statement \(fault.statement ?? 0)"))
    }
    return parts.pointee.finish(argumentCount: argumentCount, isVararg: isVararg, method: method)
  }

  private mutating func readSlotNames(_ count: Int) throws(DecodingFailure) {
    slotCount = UInt64(truncatingIfNeeded: count)
    var isASCII = true
    for _ in 0..<count {
      let known = known(try readName(try cursor.readUnsigned()))
      isASCII = isASCII && known.pointee.isASCII
      parts.pointee.slotNames.append(known)
    }
    // New names of different bytes may still be equal; old ones are names of other slots.
    guard parts.pointee.names.list.count != count || !isASCII else { return }
    if let name = parts.pointee.slotNames.elements.map(\.pointee.text).firstRepeated {
      fault = InvalidCode(.duplicateSlotName(name))
    }
  }

  private mutating func checkEnd() {
    switch parts.pointee.statements.elements.last {
    case .return, .goto: break
    case .move, .call, .branch: fault = InvalidCode(.fallsOffTheEnd, statement: statementCount - 1)
    case nil: fault = InvalidCode(.empty)
    }
  }

  /// Notes a fault of a statement unless there was one.
  @inline(never) private mutating func note(_ problem: InvalidCode.Problem, at position: Int) {
    if fault == nil { fault = InvalidCode(problem, statement: position) }
  }

  /// A count of things that follow, each of at least one byte.
  func count(_ number: UInt64) throws(DecodingFailure) -> Int { try CodeDecoder.count(number, cursor) }

  @inline(__always)
  private static func count(_ number: UInt64, _ cursor: ByteCursor) throws(DecodingFailure) -> Int {
    guard number <= UInt64(truncatingIfNeeded: cursor.remaining), number <= CodeDecoder.largestCount else {
      throw cursor.failure(.tooLarge(number))
    }
    return Int(truncatingIfNeeded: number)
  }

  /// So that sums of two counts, and what numbers them, fit into 32 bits.
  private static let largestCount: UInt64 = 1 << 29

  func unknown(_ tag: UInt64, of kind: String) -> DecodingFailure {
    cursor.failure(.unknownTag(tag, of: kind))
  }

  // MARK: Statements

  private mutating func readStatements() throws(DecodingFailure) {
    // A copy that nobody else sees, for the compiler to keep in registers.
    var cursor = cursor
    for position in 0..<statementCount {
      let head = try cursor.readUnsigned()
      let number = head >> CodeKind.statementBits
      let kind = head & (1 << CodeKind.statementBits - 1)
      switch kind {
      case CodeKind.Statement.call.rawValue, CodeKind.Statement.assignCall.rawValue:
        let slot = kind == CodeKind.Statement.call.rawValue ? -1 : try readSlot(at: position, &cursor)
        try readCall(number, slot: slot, at: position, &cursor)
      case CodeKind.Statement.value.rawValue, CodeKind.Statement.assign.rawValue, CodeKind.Statement.return.rawValue:
        let operand = try readOperand(number, at: position, &cursor)
        if kind == CodeKind.Statement.return.rawValue {
          parts.pointee.append(end: .return(operand))
        } else {
          let slot = kind == CodeKind.Statement.value.rawValue ? -1 : try readSlot(at: position, &cursor)
          parts.pointee.statements.append(.move(operand, slot: slot))
        }
      case CodeKind.Statement.goto.rawValue: parts.pointee.append(end: .goto(block: target(number, at: position)))
      case CodeKind.Statement.gotoIfNot.rawValue:
        let condition = try readOperand(try cursor.readUnsigned(), at: position, &cursor)
        parts.pointee.append(end: .branch(condition, otherwise: target(number, at: position), refinement: nil))
      default: throw cursor.failure(.unknownTag(kind, of: "statement"))
      }
    }
    self.cursor = cursor
  }

  @inline(__always)
  private mutating func readCall(
    _ number: UInt64, slot: Int32, at position: Int, _ cursor: inout ByteCursor
  ) throws(DecodingFailure) {
    let count = try CodeDecoder.count(number, cursor)
    let callee = try readOperand(try cursor.readUnsigned(), isCalled: true, at: position, &cursor)
    let first = parts.pointee.arguments.count
    guard first &+ count <= Int(CodeDecoder.largestCount) else { throw cursor.failure(.tooLarge(UInt64(count))) }
    var place = parts.pointee.arguments.makeRoom(for: count)
    let end = place + count
    while place < end {
      place.initialize(to: try readOperand(try cursor.readUnsigned(), at: position, &cursor))
      place += 1
    }
    parts.pointee.arguments.added(count)
    parts.pointee.statements.append(
      .call(callee, first: Int32(truncatingIfNeeded: first), count: Int32(truncatingIfNeeded: count), slot: slot))
  }

  /// Reads a slot that is assigned.
  @inline(__always)
  private mutating func readSlot(at position: Int, _ cursor: inout ByteCursor) throws(DecodingFailure) -> Int32 {
    let number = try cursor.readUnsigned()
    if number >= slotCount {
      guard let slot = Int(exactly: number) else { throw cursor.failure(.tooLarge(number)) }
      // What is wrong with the slot, which stands behind the operand, goes before what is wrong with that.
      if fault?.statement == position { fault = nil }
      note(.unknownSlot(slot), at: position)
    }
    return Int32(truncatingIfNeeded: number)
  }

  private mutating func target(_ number: UInt64, at position: Int) -> Int32 {
    // A number of 61 bits, so neither the distance nor the sum overflows.
    let target = Int(Int64(zigzag: number)) &+ position
    if target < 0 || target >= statementCount { note(.unknownTarget(target), at: position) }
    return Int32(truncatingIfNeeded: target)
  }

  // MARK: Operands

  @inline(__always)
  private mutating func readOperand(
    _ head: UInt64, isCalled: Bool = false, at position: Int, _ cursor: inout ByteCursor
  ) throws(DecodingFailure) -> FlowOperand {
    let number = head >> CodeKind.bits
    switch head & (1 << CodeKind.bits - 1) {
    case CodeKind.Operand.ssa.rawValue:
      guard number < UInt64(truncatingIfNeeded: position) else { throw cursor.failure(.tooLarge(number)) }
      let statement = position &- 1 &- Int(truncatingIfNeeded: number)
      if parts.pointee.endCount > 0, !parts.pointee.statements.base[statement].hasValue {
        note(.undefinedValue(statement), at: position)
      }
      return FlowOperand(number: Int32(truncatingIfNeeded: slotCount) &+ Int32(truncatingIfNeeded: statement))
    case CodeKind.Operand.slot.rawValue:
      if number >= slotCount { note(.unknownSlot(Int(truncatingIfNeeded: number)), at: position) }
      return FlowOperand(number: Int32(truncatingIfNeeded: number))
    case let kind:
      let name = number &- CodeKind.Name.first
      if kind == CodeKind.Operand.global.rawValue, name < UInt64(truncatingIfNeeded: parts.pointee.names.list.count) {
        return parts.pointee.operand(ofName: Int(truncatingIfNeeded: name), isCalled: isCalled)
      }
      let integer = number &- CodeKind.Literal.firstInteger
      if kind == CodeKind.Operand.literal.rawValue, integer < UInt64(CodeKind.Literal.smallIntegers) {
        return parts.pointee.operand(ofSmallInteger: Int(truncatingIfNeeded: integer))
      }
      self.cursor.move(to: cursor)
      let operand =
        kind == CodeKind.Operand.literal.rawValue
        ? try readLiteralOperand(number) : try readGlobalOperand(number, isCalled: isCalled)
      cursor.move(to: self.cursor)
      return operand
    }
  }

  @inline(never)
  private mutating func readGlobalOperand(_ number: UInt64, isCalled: Bool) throws(DecodingFailure) -> FlowOperand {
    parts.pointee.operand(ofName: try readName(number), isCalled: isCalled)
  }

  // MARK: Names

  func known(_ name: Int) -> UnsafePointer<KnownName> { parts.pointee.names.list.base[name].known }

  mutating func readText() throws(DecodingFailure) -> String {
    try readText(try cursor.readUnsigned())
  }

  @inline(never) mutating func readText(_ number: UInt64) throws(DecodingFailure) -> String {
    known(try readName(number)).pointee.text
  }

  /// Reads a name, and gives its number among the names of this code.
  @inline(__always) mutating func readName(_ number: UInt64) throws(DecodingFailure) -> Int {
    let count = parts.pointee.names.list.count
    switch number {
    case CodeKind.Name.new:
      let start = cursor
      let bytes = try cursor.readData()
      do throws(DecodingFailure.Problem) { try parts.pointee.names.add(spelledOut: bytes) } catch {
        throw start.failure(error)
      }
      return count
    case CodeKind.Name.wellKnown:
      let number = try cursor.readUnsigned()
      guard number < UInt64(WellKnownNames.list.count) else { throw unknown(number, of: "name") }
      guard parts.pointee.names.add(wellKnown: Int(truncatingIfNeeded: number)) else {
        throw cursor.failure(.notCanonical)
      }
      return count
    default:
      let index = number &- CodeKind.Name.first
      guard index < UInt64(truncatingIfNeeded: count) else { throw unknown(number, of: "name") }
      return Int(truncatingIfNeeded: index)
    }
  }
}
