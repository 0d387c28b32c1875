import Synchronization

/// The parts of a layout while it is made, from statements or from bytes. Made once and used for one code after another.
///
/// Jumps name statements here, until ``finish(argumentCount:isVararg:method:)`` knows the blocks.
final class LayoutParts {
  @exclusivity(unchecked) var statements = GrowingBuffer<FlowStatement>(capacity: usual)
  @exclusivity(unchecked) var arguments = GrowingBuffer<FlowOperand>(capacity: usual)
  @exclusivity(unchecked) var slotNames = GrowingBuffer<String>(capacity: usual)
  @exclusivity(unchecked) private var constants = GrowingBuffer<CodeLayout.Constant>(capacity: usual)
  /// A word for each constant: equal constants have the same.
  @exclusivity(unchecked) private var traces = GrowingBuffer<UInt64>(capacity: usual)
  @exclusivity(unchecked) private var blocks = GrowingBuffer<CodeLayout.Block>(capacity: usual)
  /// The block of each statement.
  @exclusivity(unchecked) private var blockOf = GrowingBuffer<Int32>(capacity: usual)
  @exclusivity(unchecked) private var distantUses = GrowingBuffer<CodeLayout.DistantUse>(capacity: usual)
  /// The names that a decoder has read.
  @exclusivity(unchecked) var names = NameTable()

  /// What is kept for the next code.
  static let usual = 256

  /// Those that no thread uses at the moment; there are never more than threads that used one at once.
  private static let idle = Mutex<[Handle]>([])

  /// Invariant: one thread has it at a time.
  private struct Handle: @unchecked Sendable { let parts: LayoutParts }

  static func take() -> LayoutParts { idle.withLock { $0.popLast() }?.parts ?? LayoutParts() }

  /// Empties it for the next one.
  func giveBack() {
    statements.clear(keeping: LayoutParts.usual)
    arguments.clear(keeping: LayoutParts.usual)
    slotNames.clear(keeping: LayoutParts.usual)
    constants.clear(keeping: LayoutParts.usual)
    traces.clear(keeping: LayoutParts.usual)
    blocks.clear(keeping: LayoutParts.usual)
    blockOf.clear(keeping: LayoutParts.usual)
    distantUses.clear(keeping: LayoutParts.usual)
    names.clear()
    let handle = Handle(parts: self)
    LayoutParts.idle.withLock { $0.append(handle) }
  }
}

// MARK: Constants

extension LayoutParts {
  /// How many constants are compared before one more is listed: mostly a code's few names, again and again.
  private static let reach = 8

  /// The operand of a name.
  func operand(_ name: CodeLayout.Name, isCalled: Bool) -> FlowOperand {
    let trace = LayoutParts.trace(of: name, isCalled: isCalled)
    var place = firstRecent
    while place < traces.count {
      if traces.base[place] == trace {
        switch constants.base[place] {
        case .callee(name) where isCalled: return operand(constant: place)
        case .global(name) where !isCalled: return operand(constant: place)
        default: break
        }
      }
      place += 1
    }
    return add(isCalled ? .callee(name) : .global(name), trace: trace)
  }

  /// The operand of a name that a decoder has read.
  func operand(ofName number: Int, isCalled: Bool) -> FlowOperand {
    let record = names.list.base + number
    let known = isCalled ? record.pointee.callee : record.pointee.global
    if known >= 0, Int(known) >= constants.count - LayoutParts.reach { return operand(constant: Int(known)) }
    let place = Int32(truncatingIfNeeded: constants.count)
    if isCalled { record.pointee.callee = place } else { record.pointee.global = place }
    let name = record.pointee.known.pointee.name
    return add(
      isCalled ? .callee(name) : .global(name), trace: LayoutParts.trace(of: name, isCalled: isCalled))
  }

  /// The operand of a literal.
  func operand(_ literal: Literal) -> FlowOperand { operand(literal, trace: literal.trace) }

  /// The same, of a literal whose ``Literal/trace`` is known.
  func operand(_ literal: consuming Literal, trace: UInt64) -> FlowOperand {
    var place = firstRecent
    while place < traces.count {
      if traces.base[place] == trace, isLiteral(literal, at: place) { return operand(constant: place) }
      place += 1
    }
    return add(.literal(literal), trace: trace)
  }

  private func isLiteral(_ literal: borrowing Literal, at place: Int) -> Bool {
    if case .literal(let other) = constants.base[place] { other.isExactly(copy literal) } else { false }
  }

  private var firstRecent: Int { max(0, traces.count - LayoutParts.reach) }

  private static func trace(of name: CodeLayout.Name, isCalled: Bool) -> UInt64 {
    UInt64(name.trace) << 1 | (isCalled ? 1 : 0)
  }

  private func operand(constant place: Int) -> FlowOperand {
    FlowOperand(number: -1 - Int32(truncatingIfNeeded: place))
  }

  private func add(_ constant: consuming CodeLayout.Constant, trace: UInt64) -> FlowOperand {
    constants.append(constant)
    traces.append(trace)
    return operand(constant: constants.count - 1)
  }
}

// MARK: Blocks

extension LayoutParts {
  /// Makes the layout of what was added, which is well formed.
  func finish(argumentCount: Int, isVararg: Bool, method: CodeLayout.Name?) -> CodeLayout {
    formBlocks(slotCount: Int32(truncatingIfNeeded: slotNames.count))
    return CodeLayout(
      argumentCount: argumentCount, isVararg: isVararg, method: method, constants: &constants, slotNames: &slotNames,
      statements: &statements, distantUses: &distantUses, blocks: &blocks, arguments: &arguments)
  }

  private func formBlocks(slotCount: Int32) {
    let count = statements.count
    if isStraight {
      blocks.append(CodeLayout.Block(start: 0, end: Int32(truncatingIfNeeded: count)))
      return
    }
    numberBlocks()
    for position in 0..<count {
      let block = blockOf.base[position]
      func use(_ operand: FlowOperand) {
        guard operand.number >= slotCount else { return }
        let value = operand.number - slotCount
        if blockOf.base[Int(value)] != block { distantUses.append(CodeLayout.DistantUse(of: value, in: block)) }
      }
      switch statements.base[position] {
      case .move(let operand, _): use(operand)
      case .call(let callee, let first, let count, _):
        use(callee)
        for place in Int(first)..<Int(first + count) { use(arguments.base[place]) }
      case .goto(let target): statements.base[position] = .goto(block: blockOf.base[Int(target)])
      case .branch(let condition, let target, _):
        use(condition)
        let refinement = refinement(by: condition, at: position, slotCount: slotCount)
        statements.base[position] = .branch(
          condition, otherwise: blockOf.base[Int(target)], refinement: refinement)
      case .return(let operand): use(operand)
      }
    }
    distantUses.sort()
  }

  /// Whether there is just one block, and it returns.
  private var isStraight: Bool {
    var place = 0
    while place < statements.count, statements.base[place].hasValue { place += 1 }
    guard place == statements.count - 1, case .return = statements.base[place] else { return false }
    return true
  }

  /// Finds where blocks begin: behind each statement that ends one, and where a jump goes.
  private func numberBlocks() {
    let count = statements.count
    for _ in 0...count { blockOf.append(0) }
    for position in 0..<count {
      switch statements.base[position] {
      case .goto(let target), .branch(_, let target, _):
        blockOf.base[Int(target)] = 1
        blockOf.base[position + 1] = 1
      case .return: blockOf.base[position + 1] = 1
      case .move, .call: break
      }
    }
    var start = 0
    for position in 1...count {
      let isEnd = position == count || blockOf.base[position] == 1
      blockOf.base[position - 1] = Int32(truncatingIfNeeded: blocks.count)
      guard isEnd else { continue }
      blocks.append(
        CodeLayout.Block(start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: position)))
      start = position
    }
  }

  /// What a branch may say about a slot: its condition is a test of the slot in the same block, and the slot is not assigned in
  /// between.
  private func refinement(by condition: FlowOperand, at position: Int, slotCount: Int32) -> Refinement? {
    let number = Int(condition.number - slotCount)
    guard number >= 0, blockOf.base[number] == blockOf.base[position],
      case .call(let callee, let first, 2, let assigned) = statements.base[number], callee.number < 0
    else { return nil }
    let (subject, constant) = (arguments.base[Int(first)].number, arguments.base[Int(first) + 1].number)
    guard subject >= 0, subject < slotCount, constant < 0, assigned != subject else { return nil }
    for between in number + 1..<position {
      switch statements.base[between] {
      case .move(_, subject), .call(_, _, _, subject): return nil
      default: break
      }
    }
    return Refinement(callee: callee.number, slot: subject, constant: constant)
  }
}

extension GrowingBuffer<CodeLayout.DistantUse> {
  /// By value, then by block; each once.
  fileprivate mutating func sort() {
    guard count > 1 else { return }
    var all = UnsafeMutableBufferPointer(start: base, count: count)
    all.sort()
    var last = 0
    for place in 1..<count where base[place] != base[last] {
      last += 1
      base[last] = base[place]
    }
    removeLast(count - last - 1)
  }
}
