import LoweredIR
import StagedHost

/// Lowered code made ready for abstract interpretation in one world: names and literals looked up, operands numbered, statements
/// in basic blocks.
///
/// Registers are the slots, then the SSA values.
final class FlowCode {
  let statements: [FlowStatement]
  let blocks: [Block]
  /// The operands of calls, one after the other; the callee is none of them.
  let arguments: [FlowOperand]
  /// What operands with negative numbers stand for; bottom for a name without a value.
  let constants: [LatticeElement]
  /// The bindings that the code mentions: the code's results depend on them (C13).
  let bindings: [Meaning]
  let slotCount: Int
  let argumentCount: Int
  let isVararg: Bool
  /// The blocks other than its own in which an SSA value is used.
  let distantUses: [Int32: [Int32]]

  /// Statements that run one after the other.
  struct Block {
    var start: Int32
    var end: Int32
  }

  init(
    statements: [FlowStatement], blocks: [Block], arguments: [FlowOperand], constants: [LatticeElement],
    bindings: [Meaning], distantUses: [Int32: [Int32]], of code: LoweredCode
  ) {
    self.statements = statements
    self.blocks = blocks
    self.arguments = arguments
    self.constants = constants
    self.bindings = bindings
    self.distantUses = distantUses
    slotCount = code.slotCount
    argumentCount = code.arguments.count
    isVararg = code.isVararg
  }
}

/// A register if it is not negative, else a constant: -1 is the first.
struct FlowOperand {
  let number: Int32
}

/// One statement. Where it has a value, `slot` is the slot that it assigns, or -1.
enum FlowStatement {
  case move(FlowOperand, slot: Int32)
  /// A call; its arguments stand in ``FlowCode/arguments``.
  case call(FlowOperand, first: Int32, count: Int32, slot: Int32)
  case goto(block: Int32)
  /// Goes to the next block, or to the other one if the condition is false.
  case branch(FlowOperand, otherwise: Int32, refinement: Refinement?)
  case `return`(FlowOperand)
}

/// What a condition says about a slot: that its value has a type where the condition holds, and has not where it does not, or
/// the other way round.
struct Refinement {
  let slot: Int32
  /// The constant that is the type of `isa(slot, T)`, or the value of `slot === value`.
  let constant: Int32
  let isIdentity: Bool
  let isNegated: Bool
}
