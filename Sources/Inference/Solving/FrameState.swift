import LoweredIR

/// What a frame knows of its registers. Only grows, but for slots, which are what they are at the present statement.
struct FrameState {
  /// Slots, then SSA values.
  private(set) var registers: [LatticeElement] = []
  /// What is known of slots when the code begins.
  private var arguments: [LatticeElement] = []
  /// Whether there is more than one block; to a single one nothing flows.
  private var hasBlocks = false
  /// What is known of slots where those begin, block after block.
  private var slots: [LatticeElement] = []
  private var entries: [Entry] = []
  /// Whether the registers are as they are when the code begins.
  private var isNew = true

  private struct Entry {
    var isReached = false
    var changes: UInt8 = 0
  }

  /// Nothing, in the place of a state that was taken out, or before a code.
  init() {}

  /// Begins with a code, knowing its first slots; takes the room that it has already.
  mutating func begin(_ code: FlowCode, _ arguments: [LatticeElement]) {
    let count = code.slotCount + code.statements.count
    if registers.count < count {
      registers = arguments
      registers.reserveCapacity(count)
      while registers.count < count { registers.append(.bottom) }
    } else {
      // What stands behind the last one is an earlier code's, and never looked at.
      for register in arguments.indices { registers[register] = arguments[register] }
      for register in arguments.count..<count { registers[register] = .bottom }
    }
    self.arguments = arguments
    isNew = true
    hasBlocks = code.blocks.count > 1
    guard hasBlocks else { return }
    slots.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    slots.append(contentsOf: registers[..<code.slotCount])
    slots.append(contentsOf: repeatElement(.bottom, count: (code.blocks.count - 1) * code.slotCount))
    entries.append(Entry(isReached: true))
    entries.append(contentsOf: repeatElement(Entry(), count: code.blocks.count - 1))
  }

  /// Goes to the beginning of a block.
  mutating func enter(_ block: Int, _ code: FlowCode) {
    if isNew {
      isNew = false
      return
    }
    if !hasBlocks {
      for slot in 0..<code.slotCount { registers[slot] = slot < arguments.count ? arguments[slot] : .bottom }
    } else {
      let first = block * code.slotCount
      for slot in 0..<code.slotCount { registers[slot] = slots[first + slot] }
    }
  }

  func load(_ operand: FlowOperand, _ code: FlowCode) -> LatticeElement {
    operand.number >= 0 ? registers[Int(operand.number)] : code.constants[Int(-1 - operand.number)]
  }

  /// Which object the type of an operand is.
  func typeIdentity(_ operand: FlowOperand, _ code: FlowCode) -> ObjectIdentifier {
    operand.number >= 0
      ? registers[Int(operand.number)].typeIdentity : code.constants[Int(-1 - operand.number)].typeIdentity
  }

  /// Whether an operand is a builtin, and nothing else.
  func isBuiltin(_ operand: FlowOperand, _ code: FlowCode) -> Bool {
    operand.number >= 0
      ? registers[Int(operand.number)].builtin != nil : code.constants[Int(-1 - operand.number)].builtin != nil
  }

  /// Whether more is known of an operand than its type.
  func isInformative(_ operand: FlowOperand, _ code: FlowCode) -> Bool {
    operand.number >= 0
      ? registers[Int(operand.number)].isInformative : code.constants[Int(-1 - operand.number)].isInformative
  }

  /// A statement has a value, which goes to a slot, too, unless that is negative. Returns whether more is possible now than was known.
  mutating func store(_ value: LatticeElement, at position: Int, slot: Int32, _ code: FlowCode) -> Bool {
    if slot >= 0 { registers[Int(slot)] = value }
    let register = code.slotCount + position
    if case .bottom = registers[register] {
      registers[register] = value
      return true
    }
    if registers[register].isSame(as: value) { return false }
    let joined = registers[register].join(value)
    guard joined != registers[register] else { return false }
    registers[register] = joined
    return true
  }

  func isReached(_ block: Int) -> Bool { block == 0 || entries[block].isReached }

  /// Control can go from here to a block. `slot` is then known to be `refined`. Returns whether more is possible there now.
  mutating func flow(
    to block: Int, slot: Int = -1, refined: LatticeElement = .bottom, _ code: FlowCode
  ) -> Bool {
    let first = block * code.slotCount
    if !entries[block].isReached {
      entries[block].isReached = true
      for number in 0..<code.slotCount { slots[first + number] = registers[number] }
      if slot >= 0 { slots[first + slot] = refined }
      return true
    }
    var isChanged = false
    for number in 0..<code.slotCount {
      if number != slot, slots[first + number].isSame(as: registers[number]) { continue }
      let known = slots[first + number]
      let joined = known.join(number == slot ? refined : registers[number])
      guard joined != known else { continue }
      isChanged = true
      slots[first + number] = entries[block].changes >= Frame.changeLimit ? .any : joined
    }
    if isChanged, entries[block].changes < .max { entries[block].changes += 1 }
    return isChanged
  }
}
