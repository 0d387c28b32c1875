import LoweredIR
import Synchronization

/// Lowered code made ready for one world: names and literals looked up, operands numbered.
///
/// A frame's registers are the slots, then the SSA values.
final class PreparedCode: Sendable {
  let steps: [Step]
  /// What operands with negative numbers stand for.
  let constants: [Constant]
  let argumentCount: Int
  let isVararg: Bool
  let registerCount: Int
  /// How the code shows up in the stack of an error.
  let frame: CallFrame
  private let slotNames: [String]

  /// Checks and prepares code. Linear.
  init(_ code: LoweredCode, in view: WorldView, frame: CallFrame) throws(RuntimeProblem) {
    do { try code.validate() } catch { throw .invalidCode(error) }
    argumentCount = code.arguments.count
    isVararg = code.isVararg
    registerCount = code.slotCount + code.statements.count
    slotNames = code.arguments + code.locals
    self.frame = frame
    var preparation = Preparation(view: view, slotCount: code.slotCount)
    var steps: [Step] = []
    steps.reserveCapacity(code.statements.count)
    for (position, statement) in code.statements.enumerated() {
      steps.append(try preparation.step(statement, at: position))
    }
    self.steps = steps
    constants = preparation.constants
  }

  /// The name of a register that was read before it was written.
  func name(ofRegister register: Int) -> String {
    register < slotNames.count ? slotNames[register] : "%\(register - slotNames.count)"
  }
}

/// One prepared statement.
enum Step: Sendable {
  case move(PreparedOperand, Destination)
  case unary(Builtin, PreparedOperand, Destination)
  case binary(Builtin, PreparedOperand, PreparedOperand, Destination)
  case variadic(Builtin, [PreparedOperand], Destination)
  case call(CallSite, Destination)
  case jump(Int)
  case jumpUnless(PreparedOperand, Int)
  case finish(PreparedOperand)
}

/// A register if it is not negative, else a constant: -1 is the first.
struct PreparedOperand: Sendable {
  let number: Int
}

/// Where a statement's value goes: its own register, and that of the slot it assigns, or -1.
struct Destination: Sendable {
  let register: Int32
  let slot: Int32
}

/// A value that operands stand for.
struct Constant: Sendable {
  /// The value; `nil` if there is none, for the reason that `problem` gives.
  let value: Value?
  let problem: RuntimeProblem?
  /// The bindings that it was read from: a generator that uses it depends on them.
  let names: [String]
}

/// A call in prepared code, with what it called last time.
final class CallSite: Sendable {
  let callee: PreparedOperand
  let arguments: [PreparedOperand]
  /// The last call's types and target. A target holds in its view's world only, and prepared code belongs to one view.
  let last = Mutex<Last?>(nil)

  final class Last: Sendable {
    let callee: ResolvedType
    let types: [ResolvedType]
    let target: CallTarget

    init(callee: ResolvedType, types: [ResolvedType], target: CallTarget) {
      self.callee = callee
      self.types = types
      self.target = target
    }
  }

  init(callee: PreparedOperand, arguments: [PreparedOperand]) {
    self.callee = callee
    self.arguments = arguments
  }
}

private struct Preparation {
  let view: WorldView
  let slotCount: Int
  private(set) var constants: [Constant] = []
  private var globals: [String: PreparedOperand] = [:]

  init(view: WorldView, slotCount: Int) {
    self.view = view
    self.slotCount = slotCount
  }

  mutating func step(_ statement: Statement, at position: Int) throws(RuntimeProblem) -> Step {
    let register = Int32(slotCount + position)
    switch statement {
    case .value(let expression): return try step(expression, Destination(register: register, slot: -1))
    case .assign(let slot, let expression):
      return try step(expression, Destination(register: register, slot: Int32(slot)))
    case .goto(let target): return .jump(target)
    case .gotoIfNot(let condition, let target): return .jumpUnless(try operand(condition), target)
    case .return(let result): return .finish(try operand(result))
    }
  }

  private mutating func step(_ expression: Expression, _ destination: Destination) throws(RuntimeProblem) -> Step {
    switch expression {
    case .operand(let source): return .move(try operand(source), destination)
    case .call(let callee, let arguments):
      var operands: [PreparedOperand] = []
      operands.reserveCapacity(arguments.count)
      for argument in arguments { operands.append(try operand(argument)) }
      if case .global(let name) = callee, case .predeclared(.builtin(let builtin)) = view.meaning(of: name) {
        switch (builtin.arity, operands.count) {
        case ((1, 1?), 1): return .unary(builtin, operands[0], destination)
        case ((2, 2?), 2): return .binary(builtin, operands[0], operands[1], destination)
        default: return .variadic(builtin, operands, destination)
        }
      }
      return .call(CallSite(callee: try self.callee(callee), arguments: operands), destination)
    }
  }

  /// A callee: that a name is a generic function cannot change, so no generator depends on its binding.
  private mutating func callee(_ callee: Operand) throws(RuntimeProblem) -> PreparedOperand {
    if case .global(let name) = callee, case .genericFunction(let type) = view.meaning(of: name) {
      return add(.function(type))
    }
    return try operand(callee)
  }

  private mutating func operand(_ operand: Operand) throws(RuntimeProblem) -> PreparedOperand {
    switch operand {
    case .ssa(let number): return PreparedOperand(number: slotCount + number)
    case .slot(let number): return PreparedOperand(number: number)
    case .global(let name): return global(name)
    case .literal(let literal):
      guard case .type(let expression) = literal else { return add(try Value(literal)) }
      return type(expression)
    }
  }

  private mutating func global(_ name: String) -> PreparedOperand {
    if let known = globals[name] { return known }
    let operand =
      switch view.meaning(of: name) {
      case .predeclared(let value): add(value)
      case .bound(let value): add(value, names: [name])
      case .genericFunction(let type): add(.function(type), names: [name])
      case .nothing: add(nil, .unbound(name: name), names: [name])
      }
    globals[name] = operand
    return operand
  }

  private mutating func type(_ expression: TypeExpression) -> PreparedOperand {
    var names: [String] = []
    expression.forEachName { if view.definitions.binding($0, at: view.world) != nil { names.append($0) } }
    do { return add(.type(try view.types.resolve(expression)), names: names) } catch {
      if case .unknownType(let name) = error { names.append(name) }
      return add(nil, .type(error), names: names)
    }
  }

  private mutating func add(_ value: Value?, _ problem: RuntimeProblem? = nil, names: [String] = []) -> PreparedOperand
  {
    constants.append(Constant(value: value, problem: problem, names: names))
    return PreparedOperand(number: -constants.count)
  }
}

extension Value {
  /// The value of a literal that names no type.
  package init(_ literal: Literal) throws(RuntimeProblem) {
    switch literal {
    case .nothing: self = .nothing
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .float(let bits): self = .float(Double(bitPattern: bits))
    case .string(let value): self = .string(value)
    case .symbol(let value): self = .symbol(value)
    case .syntax(let value): self = .syntax(try SyntaxValue(value))
    case .type(let expression): throw .type(.unknownType(expression.description))
    }
  }
}
