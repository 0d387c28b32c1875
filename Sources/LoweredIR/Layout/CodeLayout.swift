import Synchronization

/// What abstract interpretation needs to know of code, as far as it is the same in every world: operands numbered, statements in
/// basic blocks, and each name and literal in a list.
///
/// Registers are the slots, then the SSA values.
/// Says all that the code says: statements can be made from it again, see ``statements(of:)``. It is what the decoder makes, so its lists
/// stand in one piece of memory, and are valid as long as it lives.
///
/// Invariant: the memory is written before `init` ends, and by nobody afterwards; so threads may share it.
package final class CodeLayout: @unchecked Sendable {
  package let statements: UnsafeBufferPointer<FlowStatement>
  package let blocks: UnsafeBufferPointer<Block>
  /// The operands of calls, one after the other; the callee is none of them.
  package let arguments: UnsafeBufferPointer<FlowOperand>
  /// What operands with negative numbers stand for.
  package let constants: UnsafeBufferPointer<Constant>
  /// The blocks other than its own in which an SSA value is used, by value.
  package let distantUses: UnsafeBufferPointer<DistantUse>
  /// The names of the arguments, then of the locals.
  let slotNames: UnsafeBufferPointer<String>
  package let argumentCount: Int
  package let isVararg: Bool
  /// See ``LoweredCode/methodForInferenceLimitHeuristics``.
  package let methodForLimits: Name?
  private let memory: UnsafeMutableRawPointer
  /// Statements and names as arrays, once somebody has asked for them.
  let made = Mutex<CodeBody?>(nil)

  package var slotCount: Int { slotNames.count }

  /// Statements that run one after the other.
  package struct Block: BitwiseCopyable, Sendable {
    package var start: Int32
    package var end: Int32
  }

  /// A block in which an SSA value of another one is used.
  package struct DistantUse: BitwiseCopyable, Comparable, Sendable {
    package let value: Int32
    package let block: Int32

    init(of value: Int32, in block: Int32) {
      self.value = value
      self.block = block
    }

    package static func < (left: DistantUse, right: DistantUse) -> Bool {
      (left.value, left.block) < (right.value, right.block)
    }
  }

  /// A global name, and the same in one word, by which it is found; equal names have the same.
  package struct Name: Equatable, Sendable {
    package let text: String
    package let trace: UInt

    package init(_ text: String) {
      var text = text
      self.init(text, hash: text.withUTF8 { ExactText.hash($0) }.hash)
    }

    /// A name whose bytes have this hash.
    init(_ text: String, hash: UInt64) {
      self.text = text
      trace = UInt(truncatingIfNeeded: hash)
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

  /// Takes the parts over: they are empty then. Those that are aligned to more come first.
  init(
    argumentCount: Int, isVararg: Bool, method: Name?, constants: inout GrowingBuffer<Constant>,
    slotNames: inout GrowingBuffer<String>, statements: inout GrowingBuffer<FlowStatement>,
    distantUses: inout GrowingBuffer<DistantUse>, blocks: inout GrowingBuffer<Block>,
    arguments: inout GrowingBuffer<FlowOperand>
  ) {
    let size =
      constants.size + slotNames.size + statements.size + distantUses.size + blocks.size + arguments.size
    memory = .allocate(byteCount: size, alignment: 16)
    var end = memory
    self.constants = constants.move(to: &end)
    self.slotNames = slotNames.move(to: &end)
    self.distantUses = distantUses.move(to: &end)
    self.blocks = blocks.move(to: &end)
    self.statements = statements.move(to: &end)
    self.arguments = arguments.move(to: &end)
    self.argumentCount = argumentCount
    self.isVararg = isVararg
    methodForLimits = method
  }

  /// Lays out code that is well formed. Linear in its size.
  package static func wellFormed(_ code: LoweredCode) -> CodeLayout { LayoutMaking.layout(wellFormed: code) }

  deinit {
    // One by one: a few of known type, which takes fewer steps than to ask the runtime for all.
    for place in UnsafeMutableBufferPointer(mutating: constants).indices {
      UnsafeMutableBufferPointer(mutating: constants).deinitializeElement(at: place)
    }
    for place in slotNames.indices { UnsafeMutableBufferPointer(mutating: slotNames).deinitializeElement(at: place) }
    memory.deallocate()
  }

  /// The blocks other than its own in which an SSA value is used.
  package func distantUses(of value: Int32) -> Slice<UnsafeBufferPointer<DistantUse>> {
    var (low, high) = (0, distantUses.count)
    while low < high {
      let middle = (low + high) >> 1
      if distantUses[middle].value < value { low = middle + 1 } else { high = middle }
    }
    while high < distantUses.count, distantUses[high].value == value { high += 1 }
    return distantUses[low..<high]
  }
}

/// A register if it is not negative, else a constant: -1 is the first.
package struct FlowOperand: BitwiseCopyable, Sendable {
  package let number: Int32

  package init(number: Int32) { self.number = number }
}

/// One statement. Where it has a value, `slot` is the slot that it assigns, or -1.
package enum FlowStatement: BitwiseCopyable, Sendable {
  case move(FlowOperand, slot: Int32)
  /// A call; its arguments stand in ``CodeLayout/arguments``.
  case call(FlowOperand, first: Int32, count: Int32, slot: Int32)
  case goto(block: Int32)
  /// Goes to the next block, or to the other one if the condition is false.
  case branch(FlowOperand, otherwise: Int32, refinement: Refinement?)
  case `return`(FlowOperand)

  /// Whether the statement defines an SSA value.
  var hasValue: Bool {
    switch self {
    case .move, .call: true
    case .goto, .branch, .return: false
    }
  }
}

/// What a condition may say about a slot: it is what a call with the slot and a constant gives, and the slot is the same still. What it
/// says depends on what is called.
package struct Refinement: BitwiseCopyable, Sendable {
  /// The constant that is called: of `isa(slot, T)`, or of `slot === value`.
  package let callee: Int32
  package let slot: Int32
  /// The constant that it is called with after the slot.
  package let constant: Int32
}
