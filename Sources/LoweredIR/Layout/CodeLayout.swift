/// What abstract interpretation needs to know of code, as far as it is the same in every world: operands numbered, statements in
/// basic blocks, and each name and literal in a list.
///
/// Registers are the slots, then the SSA values.
package final class CodeLayout: Sendable {
  package let statements: [FlowStatement]
  package let blocks: [Block]
  /// The operands of calls, one after the other; the callee is none of them.
  package let arguments: [FlowOperand]
  /// What operands with negative numbers stand for.
  package let constants: [Constant]
  package let slotCount: Int
  package let argumentCount: Int
  package let isVararg: Bool
  /// See ``LoweredCode/methodForInferenceLimitHeuristics``.
  package let methodForLimits: Name?
  /// The blocks other than its own in which an SSA value is used.
  package let distantUses: [Int32: [Int32]]

  /// Statements that run one after the other.
  package struct Block: Sendable {
    package var start: Int32
    package var end: Int32
  }

  /// A global name, and the same in one word, by which it is found; equal names have the same.
  package struct Name: Equatable, Sendable {
    package let text: String
    package let trace: UInt

    package init(_ text: String) {
      self.text = text
      var trace: UInt = 0
      for byte in text.utf8 { trace = (trace ^ UInt(byte)) &* 0x0100_0000_01b3 }
      self.trace = trace ^ trace >> 20
    }

    package static func == (left: Name, right: Name) -> Bool { left.trace == right.trace && left.text == right.text }
  }

  /// What stands in code and is no register.
  package enum Constant: Equatable, Sendable {
    /// What a name holds, which is called.
    case callee(Name)
    /// What a name holds.
    case global(Name)
    case literal(Literal)
  }

  /// Lays out code that is well formed. Linear in its size.
  package init(wellFormed code: LoweredCode) {
    var making = LayoutMaking(code)
    making.make()
    statements = making.statements
    blocks = making.blocks
    arguments = making.arguments
    constants = making.constants
    distantUses = making.distantUses
    slotCount = code.slotCount
    argumentCount = code.arguments.count
    isVararg = code.isVararg
    methodForLimits = code.methodForInferenceLimitHeuristics.map { Name($0) }
  }
}

/// A register if it is not negative, else a constant: -1 is the first.
package struct FlowOperand: Sendable {
  package let number: Int32

  package init(number: Int32) { self.number = number }
}

/// One statement. Where it has a value, `slot` is the slot that it assigns, or -1.
package enum FlowStatement: Sendable {
  case move(FlowOperand, slot: Int32)
  /// A call; its arguments stand in ``CodeLayout/arguments``.
  case call(FlowOperand, first: Int32, count: Int32, slot: Int32)
  case goto(block: Int32)
  /// Goes to the next block, or to the other one if the condition is false.
  case branch(FlowOperand, otherwise: Int32, refinement: Refinement?)
  case `return`(FlowOperand)
}

/// What a condition may say about a slot: it is what a call with the slot and a constant gives, and the slot is the same still. What it
/// says depends on what is called.
package struct Refinement: Sendable {
  /// The constant that is called: of `isa(slot, T)`, or of `slot === value`.
  package let callee: Int32
  package let slot: Int32
  /// The constant that it is called with after the slot.
  package let constant: Int32
}
