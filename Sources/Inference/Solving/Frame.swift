import CacheIdentity
import LoweredIR
import StagedHost

/// The state of abstract interpretation of one code with some argument types (Julia's `InferenceState`).
///
/// Belongs to one interpreter, and so to one thread; none of its accesses to what is not checked lasts longer than an assignment.
///
/// Invariant: what is known of registers, block entries and the result only grows, so interpretation ends.
final class Frame {
  /// `nil` for a call from outside.
  @exclusivity(unchecked) private(set) var node: InstanceNode?
  /// The arguments, where they are known better than by the node's types.
  @exclusivity(unchecked) private(set) var constants: [LatticeElement]?
  @exclusivity(unchecked) private(set) var code: FlowCode
  /// What is known at the present statement, and where blocks begin.
  @exclusivity(unchecked) var state = FrameState()
  @exclusivity(unchecked) private var pending = BlockSet(count: 1)
  /// The block that is interpreted, and the next statement in it; -1 between blocks.
  @exclusivity(unchecked) var block = -1
  @exclusivity(unchecked) var position = 0
  /// The call at that statement, while it waits for another frame.
  @exclusivity(unchecked) var call: PendingCall?
  @exclusivity(unchecked) private(set) var result = LatticeElement.bottom
  @exclusivity(unchecked) private var resultChanges = 0

  // MARK: Its place in the graph of calls

  /// Its number in the order in which frames began, and that of an earlier frame with which it finishes at the latest, if there is one
  /// (as in Tarjan's algorithm).
  @exclusivity(unchecked) var index = 0
  @exclusivity(unchecked) var lowlink = 0
  /// How many frames waited for the end of a cycle when this one began.
  @exclusivity(unchecked) var firstOfCycle = 0
  /// The blocks to interpret again when the result grows.
  @exclusivity(unchecked) private var waiting: Set<Waiter> = []
  /// Whose results were used before they were final.
  @exclusivity(unchecked) private(set) var cyclicCallees: [Frame] = []
  /// Set once everything is known.
  @exclusivity(unchecked) var finished: InferenceResult?

  /// Which frames limit it, and are limited by it.
  @exclusivity(unchecked) private(set) var limitGroup: LimitGroup?
  /// The next one of them outside, while it is active.
  @exclusivity(unchecked) var outer: Frame?

  // MARK: What it rests on

  /// What is added to the list is marked with it, so that most of it is added once.
  @exclusivity(unchecked) private var mark = 0
  @exclusivity(unchecked) private(set) var supports: [Support] = []

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
  static let changeLimit = 24

  init(_ code: FlowCode) { self.code = code }

  /// Begins with a code; the frame is new, or was cleared.
  ///
  /// - Parameter mark: One that nothing is marked with yet.
  func begin(
    _ code: FlowCode, of node: InstanceNode?, mark: Int, slots: [LatticeElement], constants: [LatticeElement]? = nil
  ) {
    self.code = code
    self.node = node
    self.mark = mark
    self.constants = constants
    limitGroup = node?.limitGroup
    state.begin(code, slots)
    pending = BlockSet(count: code.blocks.count)
    pending.insert(0)
    // Mostly that is enough; the list grows in few steps if not.
    supports.reserveCapacity(min(12, 2 * code.statements.count))
  }

  /// May begin again, with the room that it took: all is finished, and nobody refers to it.
  func clear() {
    state.end()
    node = nil
    constants = nil
    block = -1
    position = 0
    result = .bottom
    resultChanges = 0
    finished = nil
    limitGroup = nil
  }

  // MARK: Blocks

  /// Whether there is a block to interpret.
  var hasWork: Bool { block >= 0 || !pending.isEmpty }

  /// The first block that must be interpreted.
  func takeBlock() -> Int? { pending.popFirst() }

  /// A block must be interpreted, perhaps again.
  func schedule(_ block: Int) { pending.insert(block) }

  /// A call can return this.
  func returns(_ value: LatticeElement) {
    var joined = value
    if !result.isBottom {
      joined = result.join(value)
      guard joined != result else { return }
    } else if value.isBottom {
      return
    }
    resultChanges += 1
    if resultChanges > Frame.changeLimit { joined = .any }
    result = joined
    for waiter in waiting { waiter.frame.schedule(waiter.block) }
  }

  // MARK: What it rests on

  /// Adds what a call was resolved by.
  func add(_ call: ResolvedCall) {
    if call.mark == mark { return }
    call.mark = mark
    for dependency in call.dependencies { add(dependency) }
  }

  func add(_ support: Support) {
    if support.mark == mark { return }
    support.mark = mark
    supports.append(support)
  }

  /// Uses the result so far of a frame that is not finished, and interprets the present block again when it grows.
  func wait(for callee: Frame) {
    if callee.waiting.insert(Waiter(frame: self, block: block)).inserted { cyclicCallees.append(callee) }
    lowlink = min(lowlink, callee.lowlink)
  }

  /// Gives away what it rests on, and lets go of other frames, once they are all finished.
  func release() {
    supports = []
    if !waiting.isEmpty { waiting = [] }
    if !cyclicCallees.isEmpty { cyclicCallees = [] }
  }
}

extension AbstractInterpreter {
  private static let spareLimit = 64

  /// A frame that begins, in one that was finished if there is one.
  func newFrame(
    _ code: FlowCode, of node: InstanceNode?, slots: [LatticeElement], constants: [LatticeElement]? = nil
  ) -> Frame {
    let frame = spareFrames.popLast() ?? Frame(code)
    frame.begin(code, of: node, mark: newMark(), slots: slots, constants: constants)
    return frame
  }

  /// A frame is finished and its result was used: if nobody else refers to it, the next one is made of it.
  func reuse(_ frame: consuming Frame) {
    guard spareFrames.count < AbstractInterpreter.spareLimit, isKnownUniquelyReferenced(&frame) else { return }
    frame.clear()
    spareFrames.append(frame)
  }

  /// A call without arguments yet, to be given back with `reuse` when its value is known.
  func newCall() -> PendingCall { spareCalls.popLast() ?? PendingCall() }

  /// A call's value is known, and nobody refers to it.
  func reuse(_ call: PendingCall) {
    guard spareCalls.count < AbstractInterpreter.spareLimit else { return }
    call.clear()
    spareCalls.append(call)
  }
}

/// A set of blocks, the first of which is found soon.
struct BlockSet {
  /// The first 64, which is all of nearly every code.
  private var first: UInt64 = 0
  private var others: [UInt64]

  init(count: Int) { others = count <= 64 ? [] : [UInt64](repeating: 0, count: (count - 1) / 64) }

  var isEmpty: Bool { first == 0 && others.allSatisfy { $0 == 0 } }

  mutating func insert(_ block: Int) {
    if block < 64 {
      first |= 1 << UInt64(block)
    } else {
      others[block / 64 - 1] |= 1 << UInt64(block % 64)
    }
  }

  mutating func popFirst() -> Int? {
    if first != 0 {
      defer { first &= first - 1 }
      return first.trailingZeroBitCount
    }
    for (number, word) in others.enumerated() where word != 0 {
      others[number] = word & (word - 1)
      return (number + 1) * 64 + word.trailingZeroBitCount
    }
    return nil
  }
}
