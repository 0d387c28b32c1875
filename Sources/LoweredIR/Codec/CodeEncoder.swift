import SourceCodec

/// Writes one code; see `LoweredCode+Codec.swift` for the form.
struct CodeEncoder {
  /// What has to follow the first number of a name.
  private enum Introduction {
    case none
    case text(String)
    case wellKnown(Int)
  }

  private(set) var writer: ByteWriter
  private var names: [ExactText: UInt64] = [:]
  private var introduction = Introduction.none
  private var position = 0

  init(writer: ByteWriter) { self.writer = writer }

  mutating func write(_ code: LoweredCode) {
    let method = code.methodForInferenceLimitHeuristics
    writer.write(
      unsigned: UInt64(code.arguments.count) << CodeKind.codeBits | (method == nil ? 0 : CodeKind.hasMethod)
        | (code.isVararg ? CodeKind.isVararg : 0))
    if let method { writer.write(text: method) }
    writer.write(count: code.locals.count)
    for name in code.arguments { write(name: name) }
    for name in code.locals { write(name: name) }
    writer.write(count: code.statements.count)
    for statement in code.statements {
      write(statement)
      position += 1
    }
  }

  // MARK: Statements

  private mutating func write(_ statement: Statement) {
    switch statement {
    case .value(.operand(let operand)): write(operand, .value)
    case .value(.call(let callee, let arguments)):
      write(UInt64(arguments.count), .call)
      write(callee, arguments)
    case .assign(let slot, .operand(let operand)):
      write(operand, .assign)
      write(slot: slot)
    case .assign(let slot, .call(let callee, let arguments)):
      write(UInt64(arguments.count), .assignCall)
      write(slot: slot)
      write(callee, arguments)
    case .goto(let target): write(distance(to: target), .goto)
    case .gotoIfNot(let condition, let target):
      write(distance(to: target), .gotoIfNot)
      write(condition)
    case .return(let operand): write(operand, .return)
    }
  }

  private mutating func write(_ number: UInt64, _ kind: CodeKind.Statement) {
    writer.write(unsigned: number << CodeKind.statementBits | kind.rawValue)
  }

  private mutating func write(slot: Int) { writer.write(unsigned: UInt64(truncatingIfNeeded: slot)) }

  private func distance(to target: Int) -> UInt64 {
    let distance = Int64(target &- position)
    return UInt64(bitPattern: distance << 1) ^ UInt64(bitPattern: distance >> 63)
  }

  private mutating func write(_ callee: Operand, _ arguments: [Operand]) {
    write(callee)
    for argument in arguments { write(argument) }
  }

  // MARK: Operands

  private mutating func write(_ operand: Operand) {
    writer.write(unsigned: number(of: operand))
    writeRest(of: operand)
  }

  /// Writes an operand whose first number stands in that of its statement.
  private mutating func write(_ operand: Operand, _ kind: CodeKind.Statement) {
    write(number(of: operand), kind)
    writeRest(of: operand)
  }

  private mutating func number(of operand: Operand) -> UInt64 {
    switch operand {
    case .ssa(let number): join(UInt64(truncatingIfNeeded: position &- number &- 1), CodeKind.Operand.ssa.rawValue)
    case .slot(let slot): join(UInt64(truncatingIfNeeded: slot), CodeKind.Operand.slot.rawValue)
    case .literal(let literal): join(number(of: literal), CodeKind.Operand.literal.rawValue)
    case .global(let name): join(number(of: name), CodeKind.Operand.global.rawValue)
    }
  }

  private func join(_ number: UInt64, _ kind: UInt64) -> UInt64 { number << CodeKind.bits | kind }

  private mutating func writeRest(of operand: Operand) {
    switch operand {
    case .ssa, .slot: break
    case .literal(let literal): writeRest(of: literal)
    case .global: writeIntroduction()
    }
  }

  // MARK: Literals

  private func number(of literal: Literal) -> UInt64 {
    let kind: CodeKind.Literal
    switch literal {
    case .nothing: kind = .nothing
    case .bool(let value): kind = value ? .true : .false
    case .int(let number):
      if isSmall(number) { return CodeKind.Literal.firstInteger + UInt64(number) }
      kind = .int
    case .float: kind = .float
    case .string: kind = .string
    case .symbol: kind = .symbol
    case .type: kind = .type
    case .syntax: kind = .syntax
    }
    return kind.rawValue
  }

  private func isSmall(_ number: Int64) -> Bool { number >= 0 && number < CodeKind.Literal.smallIntegers }

  private mutating func writeRest(of literal: Literal) {
    switch literal {
    case .nothing, .bool: break
    case .int(let number): if !isSmall(number) { writer.write(signed: number) }
    // Most constants have few digits, so their last bytes are zero.
    case .float(let bits): writer.write(unsigned: bits.byteSwapped)
    case .string(let text), .symbol(let text): write(name: text)
    case .type(let type): write(type)
    case .syntax(let syntax): write(syntax)
    }
  }

  // MARK: Types and syntax

  private mutating func write(_ number: UInt64, _ kind: CodeKind.TypeExpression) {
    writer.write(unsigned: join(number, kind.rawValue))
  }

  private mutating func write(_ number: UInt64, _ kind: CodeKind.Syntax) {
    writer.write(unsigned: join(number, kind.rawValue))
  }

  private mutating func write(_ type: TypeExpression) {
    switch type {
    case .nominal(let name, let parameters):
      write(UInt64(parameters.count), .nominal)
      write(name: name)
      for parameter in parameters { write(parameter) }
    case .union(let members):
      write(UInt64(members.count), .union)
      for member in members { write(member) }
    case .tuple(let members, let tail):
      write(UInt64(members.count) << 1 | (tail == nil ? 0 : 1), .tuple)
      for member in members { write(member) }
      if let tail { write(tail) }
    case .integer(let number):
      write(0, .integer)
      writer.write(signed: number)
    }
  }

  private mutating func write(_ syntax: Syntax) {
    switch syntax {
    case .name(let name):
      write(number(of: name), .name)
      writeIntroduction()
    case .literal(let literal):
      write(number(of: literal), .literal)
      writeRest(of: literal)
    case .form(let head, let parts):
      write(UInt64(parts.count), .form)
      write(name: head)
      for part in parts { write(part) }
    }
  }

  // MARK: Names

  private mutating func write(name: String) {
    writer.write(unsigned: number(of: name))
    writeIntroduction()
  }

  /// The number of a name; a new name gets one, and has to be introduced next.
  private mutating func number(of name: String) -> UInt64 {
    let key = ExactText(name)
    if let number = names[key] { return number }
    names[key] = CodeKind.Name.first + UInt64(names.count)
    if let number = WellKnownNames.number(of: name.utf8, hash: key.hash) {
      introduction = .wellKnown(number)
      return CodeKind.Name.wellKnown
    }
    introduction = .text(name)
    return CodeKind.Name.new
  }

  private mutating func writeIntroduction() {
    switch introduction {
    case .none: return
    case .text(let text): writer.write(text: text)
    case .wellKnown(let number): writer.write(count: number)
    }
    introduction = .none
  }
}
