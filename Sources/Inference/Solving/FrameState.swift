import LoweredIR
import StagedHost

/// What a frame knows of its registers. Only grows, but for slots, which are what they are at the present statement.
///
/// Of all memory of inference this is used most, so it is no array: nobody shares it, and every place that code names is there, for
/// layouts are made of validated code. Invariant: the first `count` elements are initialized. They are the registers, that is the slots
/// and then the SSA values, and for code of several blocks what is known of slots where those begin, block after block.
struct FrameState: ~Copyable {
  private var elements: UnsafeMutablePointer<LatticeElement>
  private var capacity: Int
  private var count = 0
  /// Where what is known of slots at the first block begins.
  private var firstEntry = 0
  private var slotCount = 0
  /// What is known of slots when the code begins.
  private var arguments: [LatticeElement] = []
  /// None if there is just one block: to that nothing flows.
  private var entries: [Entry] = []
  /// Whether the registers are as they are when the code begins.
  private var isNew = true

  private struct Entry {
    var isReached = false
    var changes: UInt8 = 0
  }

  init() {
    capacity = 32
    elements = .allocate(capacity: capacity)
  }

  deinit {
    elements.deinitialize(count: count)
    elements.deallocate()
  }

  /// Begins with a code, knowing its first slots; takes the room that it has already.
  mutating func begin(_ code: FlowCode, _ arguments: [LatticeElement]) {
    end()
    slotCount = code.slotCount
    firstEntry = slotCount + code.statements.count
    let blockCount = code.blocks.count
    count = firstEntry + (blockCount > 1 ? blockCount * slotCount : 0)
    if capacity < count {
      elements.deallocate()
      capacity = 2 * count
      elements = .allocate(capacity: capacity)
    }
    for slot in arguments.indices { (elements + slot).initialize(to: arguments[slot]) }
    (elements + arguments.count).initialize(repeating: .bottom, count: count - arguments.count)
    self.arguments = arguments
    isNew = true
    guard blockCount > 1 else { return }
    for slot in arguments.indices { elements[firstEntry + slot] = arguments[slot] }
    entries.append(Entry(isReached: true))
    entries.append(contentsOf: repeatElement(Entry(), count: blockCount - 1))
  }

  /// Lets go of what is known.
  mutating func end() {
    elements.deinitialize(count: count)
    count = 0
    arguments = []
    entries.removeAll(keepingCapacity: true)
  }

  /// Goes to the beginning of a block.
  mutating func enter(_ block: Int) {
    if isNew {
      isNew = false
    } else if entries.isEmpty {
      for slot in 0..<slotCount { elements[slot] = slot < arguments.count ? arguments[slot] : .bottom }
    } else {
      let entry = elements + (firstEntry + block * slotCount)
      for slot in 0..<slotCount { elements[slot] = entry[slot] }
    }
  }

  @inline(__always)
  func load(_ operand: FlowOperand, _ code: FlowCode) -> LatticeElement {
    operand.number >= 0 ? elements[Int(operand.number)] : code.constants[Int(-1 - operand.number)]
  }

  /// Which object the type of an operand is.
  @inline(__always)
  func typeIdentity(_ operand: FlowOperand, _ code: FlowCode) -> UInt {
    operand.number >= 0
      ? elements[Int(operand.number)].typeIdentity : code.constants[Int(-1 - operand.number)].typeIdentity
  }

  /// The builtin that an operand is.
  @inline(__always)
  func builtin(_ operand: FlowOperand, _ code: FlowCode) -> Builtin? {
    operand.number >= 0 ? elements[Int(operand.number)].builtin : code.constants[Int(-1 - operand.number)].builtin
  }

  /// Whether more is known of an operand than its type.
  @inline(__always)
  func isInformative(_ operand: FlowOperand, _ code: FlowCode) -> Bool {
    operand.number >= 0
      ? elements[Int(operand.number)].isInformative : code.constants[Int(-1 - operand.number)].isInformative
  }

  /// A statement has a value, which goes to a slot, too, unless that is negative. Returns whether more is possible now than was known.
  func store(_ value: LatticeElement, at position: Int, slot: Int32) -> Bool {
    if slot >= 0 { elements[Int(slot)] = value }
    let register = elements + (slotCount + position)
    if register.pointee.isBottom {
      register.pointee = value
      return true
    }
    if register.pointee.isSame(as: value) { return false }
    let joined = register.pointee.join(value)
    guard joined != register.pointee else { return false }
    register.pointee = joined
    return true
  }

  /// What is known of a slot now.
  func slot(_ number: Int) -> LatticeElement { elements[number] }

  func isReached(_ block: Int) -> Bool { block == 0 || entries[block].isReached }

  /// Control can go from here to a block. `slot` is then known to be `refined`. Returns whether more is possible there now.
  mutating func flow(to block: Int, slot: Int = -1, refined: LatticeElement = .bottom) -> Bool {
    let entry = elements + (firstEntry + block * slotCount)
    if !entries[block].isReached {
      entries[block].isReached = true
      for number in 0..<slotCount { entry[number] = elements[number] }
      if slot >= 0 { entry[slot] = refined }
      return true
    }
    var isChanged = false
    for number in 0..<slotCount {
      if number != slot, entry[number].isSame(as: elements[number]) { continue }
      let joined = entry[number].join(number == slot ? refined : elements[number])
      guard joined != entry[number] else { continue }
      isChanged = true
      entry[number] = entries[block].changes >= Frame.changeLimit ? .any : joined
    }
    if isChanged, entries[block].changes < .max { entries[block].changes += 1 }
    return isChanged
  }
}
