import CacheIdentity
import LoweredIR
import StagedHost

/// The state of abstract interpretation of one code with some argument types (Julia's `InferenceState`).
///
/// Invariant: what is known of registers, block entries and the result only grows, so interpretation ends.
final class Frame {
  /// `nil` for a call from outside.
  let node: InstanceNode?
  /// The arguments, where they are known better than by the node's types.
  let constants: [LatticeElement]?
  let code: FlowCode
  /// What is known of slots at the present statement, then of each SSA value.
  private(set) var registers: [LatticeElement]
  /// What is known of slots where each block begins, if it is reached.
  private var entries: [[LatticeElement]]
  private var reached: [Bool]
  private var entryChanges: [UInt8]
  private var pending: BlockSet
  /// The block that is interpreted, and the next statement in it; -1 between blocks.
  private(set) var block = -1
  var position = 0
  /// The call at that statement, while it waits for another frame.
  var call: PendingCall?
  private(set) var result = LatticeElement.bottom
  private var resultChanges = 0

  // MARK: Its place in the graph of calls

  /// Its place on the stack of frames, and the lowest one that it needs the result of (as in Tarjan's algorithm).
  var index = 0
  var lowlink = 0
  /// How many frames waited for the end of a cycle when this one began.
  var firstOfCycle = 0
  var isInCycle = false
  /// The blocks to interpret again when the result grows.
  private var waiting: Set<Waiter> = []
  /// Whose results were used before they were final.
  private(set) var cyclicCallees: [Frame] = []
  /// Set once everything is known.
  var finished: InferenceResult?

  /// Which frames limit it, and are limited by it.
  let limitGroup: LimitGroup?

  // MARK: What it rests on

  private(set) var dependencies: [Dependency] = []
  private(set) var callees: [InferenceResult] = []

  private struct Waiter: Hashable {
    let frame: Frame
    let block: Int

    static func == (left: Waiter, right: Waiter) -> Bool { left.frame === right.frame && left.block == right.block }
    func hash(into hasher: inout Hasher) {
      hasher.combine(ObjectIdentifier(frame))
      hasher.combine(block)
    }
  }

  /// How often a block's entry or a result may grow before what grows is widened to `Any`.
  private static let changeLimit = 24

  init(_ code: FlowCode, of node: InstanceNode?, slots: [LatticeElement], constants: [LatticeElement]? = nil) {
    self.code = code
    self.node = node
    self.constants = constants
    limitGroup = node?.limitGroup
    registers = slots
    registers += repeatElement(.bottom, count: code.slotCount + code.statements.count - slots.count)
    entries = [[LatticeElement]](repeating: [], count: code.blocks.count)
    reached = [Bool](repeating: false, count: code.blocks.count)
    entryChanges = [UInt8](repeating: 0, count: code.blocks.count)
    pending = BlockSet(count: code.blocks.count)
    entries[0] = Array(registers[..<code.slotCount])
    reached[0] = true
    pending.insert(0)
  }

  // MARK: Blocks

  /// Whether there is a block to interpret.
  var hasWork: Bool { block >= 0 || !pending.isEmpty }

  /// Goes on to the first block that must be interpreted; false if there is none.
  func enterNextBlock() -> Bool {
    guard let next = pending.popFirst() else { return false }
    block = next
    position = Int(code.blocks[next].start)
    for (slot, element) in entries[next].enumerated() { registers[slot] = element }
    return true
  }

  /// The block is at its end, or goes no further.
  func leaveBlock() { block = -1 }

  /// Control can go from here to a block. `slot` is then known to be `refined`.
  func flow(to block: Int, slot: Int = -1, refined: LatticeElement = .bottom) {
    if !reached[block] {
      reached[block] = true
      entries[block] = Array(registers[..<code.slotCount])
      if slot >= 0 { entries[block][slot] = refined }
      pending.insert(block)
      return
    }
    var isChanged = false
    for number in 0..<code.slotCount {
      let known = entries[block][number]
      let joined = known.join(number == slot ? refined : registers[number])
      guard joined != known else { continue }
      isChanged = true
      entries[block][number] = entryChanges[block] >= Frame.changeLimit ? .any : joined
    }
    if isChanged {
      entryChanges[block] &+= entryChanges[block] == .max ? 0 : 1
      pending.insert(block)
    }
  }

  // MARK: Values

  func load(_ operand: FlowOperand) -> LatticeElement {
    operand.number >= 0 ? registers[Int(operand.number)] : code.constants[Int(-1 - operand.number)]
  }

  /// The present statement has a value, which goes to a slot, too, unless that is negative.
  func store(_ value: LatticeElement, slot: Int32) {
    if slot >= 0 { registers[Int(slot)] = value }
    let register = code.slotCount + position
    let known = registers[register]
    let joined = known.join(value)
    guard joined != known else { return }
    registers[register] = joined
    guard !code.distantUses.isEmpty, let users = code.distantUses[Int32(position)] else { return }
    for user in users where reached[Int(user)] { pending.insert(Int(user)) }
  }

  /// A call can return this.
  func returns(_ value: LatticeElement) {
    var joined = result.join(value)
    guard joined != result else { return }
    resultChanges += 1
    if resultChanges > Frame.changeLimit { joined = .any }
    result = joined
    for waiter in waiting { waiter.frame.pending.insert(waiter.block) }
  }

  // MARK: What it rests on

  func add(_ dependency: Dependency) { dependencies.append(dependency) }

  func add(_ callee: InferenceResult) { callees.append(callee) }

  /// Uses the result so far of a frame that is not finished, and interprets the present block again when it grows.
  func wait(for callee: Frame) {
    if callee.waiting.insert(Waiter(frame: self, block: block)).inserted { cyclicCallees.append(callee) }
    lowlink = min(lowlink, callee.isInCycle ? callee.lowlink : callee.index)
  }

  /// Lets go of other frames, once they are all finished.
  func release() {
    waiting = []
    cyclicCallees = []
  }
}

/// A call under way: which of the things that it can reach it has come to.
struct PendingCall {
  let callee: LatticeElement
  let arguments: CallArguments
  /// What it can reach, and how many of them are done.
  var targets: [ResolvedCall.Target]
  var next = 0
  /// The join of what those gave.
  var value = LatticeElement.bottom
  /// What the next one waits for.
  var waiting: Waiting?

  enum Waiting {
    /// The instance is inferred.
    case inference(Frame, isLimited: Bool)
    /// It is inferred again with constants; without them it gave the result.
    case constants(Frame, InferenceResult)
  }

  init(_ callee: LatticeElement, _ arguments: CallArguments, _ targets: [ResolvedCall.Target]) {
    self.callee = callee
    self.arguments = arguments
    self.targets = targets
  }
}

/// A set of blocks, the first of which is found soon.
struct BlockSet {
  private var words: [UInt64]

  init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  mutating func insert(_ block: Int) { words[block >> 6] |= 1 << UInt64(block & 63) }

  mutating func popFirst() -> Int? {
    for (number, word) in words.enumerated() where word != 0 {
      words[number] = word & (word - 1)
      return number << 6 + word.trailingZeroBitCount
    }
    return nil
  }
}
