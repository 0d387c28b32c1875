import JuliaCorpus
import LoweredIR

/// A source as somebody would write it who leaves its bytes to `Codable`.
struct CodeMirror: Codable {
  var arguments: [String]
  var isVararg: Bool
  var locals: [String]
  var method: String?
  var statements: [StatementMirror]
  var lines: [LineMirror] = []
  var locations: [UInt64] = []
  var slotFlags: [UInt64] = []
  var flags: UInt64 = 0

  /// Something that depends on what was decoded.
  var weight: Int { statements.count + locations.count }
}

struct LineMirror: Codable {
  var method: String
  var file: String
  var line: UInt64
  var inlinedAt: UInt64
}

enum StatementMirror: Codable {
  case value(ExpressionMirror)
  case assign(slot: Int, ExpressionMirror)
  case goto(Int)
  case gotoIfNot(OperandMirror, Int)
  case `return`(OperandMirror)
}

enum ExpressionMirror: Codable {
  case operand(OperandMirror)
  case call(OperandMirror, [OperandMirror])
}

enum OperandMirror: Codable {
  case ssa(Int)
  case slot(Int)
  case global(String)
  case nothing
  case bool(Bool)
  case int(Int64)
  case float(UInt64)
  case string(String)
  case symbol(String)
  /// Types and quoted programs as text.
  case other(String)
}

extension CodeMirror {
  init(_ code: LoweredCode) {
    self.init(
      arguments: code.arguments, isVararg: code.isVararg, locals: code.locals,
      method: code.methodForInferenceLimitHeuristics, statements: code.statements.map { StatementMirror($0) })
  }

  init(_ code: JuliaCode) {
    self.init(code.code)
    lines = code.lines.map {
      LineMirror(method: $0.method, file: $0.file, line: $0.line, inlinedAt: $0.inlinedAt)
    }
    locations = code.locations
    slotFlags = code.slotFlags
    flags = code.flags
  }
}

extension StatementMirror {
  init(_ statement: Statement) {
    switch statement {
    case .value(let expression): self = .value(ExpressionMirror(expression))
    case .assign(let slot, let expression): self = .assign(slot: slot, ExpressionMirror(expression))
    case .goto(let target): self = .goto(target)
    case .gotoIfNot(let condition, let target): self = .gotoIfNot(OperandMirror(condition), target)
    case .return(let operand): self = .return(OperandMirror(operand))
    }
  }
}

extension ExpressionMirror {
  init(_ expression: Expression) {
    switch expression {
    case .operand(let operand): self = .operand(OperandMirror(operand))
    case .call(let callee, let arguments): self = .call(OperandMirror(callee), arguments.map { OperandMirror($0) })
    }
  }
}

extension OperandMirror {
  init(_ operand: Operand) {
    switch operand {
    case .ssa(let number): self = .ssa(number)
    case .slot(let slot): self = .slot(slot)
    case .global(let name): self = .global(name)
    case .literal(.nothing): self = .nothing
    case .literal(.bool(let value)): self = .bool(value)
    case .literal(.int(let value)): self = .int(value)
    case .literal(.float(let bits)): self = .float(bits)
    case .literal(.string(let text)): self = .string(text)
    case .literal(.symbol(let name)): self = .symbol(name)
    case .literal(let literal): self = .other(literal.description)
    }
  }
}
