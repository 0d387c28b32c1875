import LoweredIR

/// What a frame knows of its registers. Only grows, but for slots, which are what they are at the present statement.
struct FrameState {
  /// Slots, then SSA values.
  private(set) var registers: [LatticeElement]
  private var entries: [Entry]

  /// What is known of slots where a block begins.
  private struct Entry {
    var slots: [LatticeElement] = []
    var isReached = false
    var changes: UInt8 = 0
  }

  init(_ code: FlowCode, _ slots: [LatticeElement]) {
    registers = []
    registers.reserveCapacity(code.slotCount + code.statements.count)
    registers += slots
    registers += repeatElement(.bottom, count: code.slotCount + code.statements.count - slots.count)
    entries = [Entry](repeating: Entry(), count: code.blocks.count)
    entries[0] = Entry(slots: slots, isReached: true)
  }

  /// Nothing, in the place of a state that was taken out.
  init() {
    registers = []
    entries = []
  }

  /// Goes to the beginning of a block.
  mutating func enter(_ block: Int, _ code: FlowCode) {
    for (slot, element) in entries[block].slots.enumerated() { registers[slot] = element }
    // Slots that the first block does not know of are not assigned there.
    for slot in entries[block].slots.count..<code.slotCount { registers[slot] = .bottom }
  }

  func load(_ operand: FlowOperand, _ code: FlowCode) -> LatticeElement {
    operand.number >= 0 ? registers[Int(operand.number)] : code.constants[Int(-1 - operand.number)]
  }

  /// Which object the type of an operand is.
  func typeIdentity(_ operand: FlowOperand, _ code: FlowCode) -> ObjectIdentifier {
    operand.number >= 0
      ? registers[Int(operand.number)].typeIdentity : code.constants[Int(-1 - operand.number)].typeIdentity
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
    let joined = registers[register].join(value)
    guard joined != registers[register] else { return false }
    registers[register] = joined
    return true
  }

  func isReached(_ block: Int) -> Bool { entries[block].isReached }

  /// Control can go from here to a block. `slot` is then known to be `refined`. Returns whether more is possible there now.
  mutating func flow(
    to block: Int, slot: Int = -1, refined: LatticeElement = .bottom, _ code: FlowCode
  ) -> Bool {
    if !entries[block].isReached {
      entries[block].isReached = true
      entries[block].slots = Array(registers[..<code.slotCount])
      if slot >= 0 { entries[block].slots[slot] = refined }
      return true
    }
    var isChanged = false
    for number in 0..<code.slotCount {
      let known = number < entries[block].slots.count ? entries[block].slots[number] : .bottom
      let joined = known.join(number == slot ? refined : registers[number])
      guard joined != known else { continue }
      isChanged = true
      while entries[block].slots.count <= number { entries[block].slots.append(.bottom) }
      entries[block].slots[number] = entries[block].changes >= Frame.changeLimit ? .any : joined
    }
    if isChanged, entries[block].changes < .max { entries[block].changes += 1 }
    return isChanged
  }
}
