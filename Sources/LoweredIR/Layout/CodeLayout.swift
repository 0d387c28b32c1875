import Synchronization

/// What abstract interpretation needs to know of code, as far as it is the same in every world: operands numbered, statements in
/// basic blocks, and each name and literal in a list.
///
/// Registers are the slots, then the SSA values.
/// Says all that the code says: statements can be made from it again, see ``body()``. It is what the decoder makes, so its lists
/// stand in one piece of memory, and are valid as long as it lives.
///
/// Invariant: the memory is written before `init` ends, and by nobody afterwards; so threads may share it. A name in it is one that the
/// process keeps for ever, or stands in ``references``.
@usableFromInline package final class CodeLayout: @unchecked Sendable {
  package let statements: UnsafeBufferPointer<FlowStatement>
  package let blocks: UnsafeBufferPointer<Block>
  /// The operands of calls, one after the other; the callee is none of them.
  package let arguments: UnsafeBufferPointer<FlowOperand>
  @usableFromInline let flowConstants: UnsafeBufferPointer<FlowConstant>
  /// The blocks other than its own in which an SSA value is used, by value.
  package let distantUses: UnsafeBufferPointer<DistantUse>
  /// The names of the arguments, then of the locals.
  let slotNames: UnsafeBufferPointer<UnsafePointer<KnownName>>
  package let argumentCount: Int
  package let isVararg: Bool
  @usableFromInline let method: UnsafePointer<KnownName>?
  /// What the lists above refer to, beside names that the process keeps; most codes have none.
  @usableFromInline let references: References?
  private let memory: UnsafeMutableRawPointer
  /// Statements and names as arrays, once somebody has asked for them.
  let made = Mutex<CodeBody?>(nil)

  package var slotCount: Int { slotNames.count }
  /// See ``LoweredCode/methodForInferenceLimitHeuristics``.
  @inlinable package var methodForLimits: Name? { method?.pointee.name }

  /// What a layout owns and holds references, or is to be let go.
  ///
  /// Invariant: nobody else has the names, and nothing changes.
  @usableFromInline final class References: @unchecked Sendable {
    @usableFromInline let literals: [Literal]
    private let names: [UnsafePointer<KnownName>]

    init(literals: [Literal], names: [UnsafePointer<KnownName>]) {
      self.literals = literals
      self.names = names
    }

    deinit { for name in names { KnownName.destroy(name) } }
  }

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
  @usableFromInline package struct Name: Equatable, Sendable {
    @usableFromInline package let text: String
    @usableFromInline package let trace: UInt

    package init(_ text: String) {
      var text = text
      self.init(text, hash: text.withUTF8 { ExactText.hash($0) }.hash)
    }

    /// A name whose bytes have this hash.
    @inlinable init(_ text: String, hash: UInt64) {
      self.text = text
      trace = UInt(truncatingIfNeeded: hash)
    }

    @inlinable package static func == (left: Name, right: Name) -> Bool {
      left.trace == right.trace && left.text == right.text
    }
  }

  /// Copies the parts. Those that are aligned to more come first.
  init(
    _ parts: borrowing LayoutParts, argumentCount: Int, isVararg: Bool, method: UnsafePointer<KnownName>?,
    _ references: References?
  ) {
    let size =
      parts.constants.size &+ parts.slotNames.size &+ parts.statements.size &+ parts.distantUses.size
      &+ parts.blocks.size &+ parts.arguments.size
    memory = .allocate(byteCount: size, alignment: 8)
    var end = memory
    flowConstants = parts.constants.copy(to: &end)
    slotNames = parts.slotNames.copy(to: &end)
    distantUses = parts.distantUses.copy(to: &end)
    blocks = parts.blocks.copy(to: &end)
    statements = parts.statements.copy(to: &end)
    arguments = parts.arguments.copy(to: &end)
    self.argumentCount = argumentCount
    self.isVararg = isVararg
    self.method = method
    self.references = references
  }

  /// Lays out code that is well formed. Linear in its size.
  package static func wellFormed(_ code: LoweredCode) -> CodeLayout { LayoutMaking.layout(wellFormed: code) }

  deinit { memory.deallocate() }

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
