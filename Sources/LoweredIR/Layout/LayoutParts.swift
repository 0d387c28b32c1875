import Synchronization

/// The parts of a layout while it is made, from statements or from bytes. Made once and used for one code after another.
///
/// Jumps name statements here, until ``finish(argumentCount:isVararg:method:)`` knows the blocks.
struct LayoutParts: ~Copyable {
  var statements = GrowingBuffer<FlowStatement>(capacity: usual)
  /// How many of the statements have no value.
  private(set) var endCount = 0
  var arguments = GrowingBuffer<FlowOperand>(capacity: usual)
  var slotNames = GrowingBuffer<UnsafePointer<KnownName>>(capacity: usual)
  private(set) var constants = GrowingBuffer<FlowConstant>(capacity: usual)
  /// Those literals among the constants that hold references.
  private var literals: [Literal] = []
  /// Where each of the smallest integers was a constant last, in this code or one before: to be looked at before it is believed.
  private var smallIntegers = GrowingBuffer<Int32>(repeating: 0, count: Int(CodeKind.Literal.smallIntegers))
  private(set) var blocks = GrowingBuffer<CodeLayout.Block>(capacity: usual)
  /// The block of each statement.
  private var blockOf = GrowingBuffer<Int32>(capacity: usual)
  private(set) var distantUses = GrowingBuffer<CodeLayout.DistantUse>(capacity: usual)
  /// The code's names.
  var names = NameTable()

  /// What is kept for the next code.
  static let usual = 256

  private static let idle = IdleParts()

  /// Empty parts, at a place that does not move, for one thread until ``giveBack(_:)``.
  static func take() -> UnsafeMutablePointer<LayoutParts> { idle.take() }

  /// Empties parts for the next one.
  static func giveBack(_ parts: UnsafeMutablePointer<LayoutParts>) {
    parts.pointee.clear()
    idle.giveBack(parts)
  }

  private mutating func clear() {
    statements.clear(keeping: LayoutParts.usual)
    endCount = 0
    arguments.clear(keeping: LayoutParts.usual)
    slotNames.clear(keeping: LayoutParts.usual)
    constants.clear(keeping: LayoutParts.usual)
    if !literals.isEmpty { literals = [] }
    blocks.clear(keeping: LayoutParts.usual)
    blockOf.clear(keeping: LayoutParts.usual)
    distantUses.clear(keeping: LayoutParts.usual)
    names.clear()
  }

  /// Adds a statement.
  mutating func append(_ statement: FlowStatement) {
    if statement.hasValue { statements.append(statement) } else { append(end: statement) }
  }

  /// Adds a statement without a value.
  @inline(__always) mutating func append(end statement: FlowStatement) {
    statements.append(statement)
    endCount &+= 1
  }
}

// MARK: Constants

extension LayoutParts {
  /// How many constants are compared before one more is listed: mostly a code's few names, again and again.
  private static let reach = 8

  /// The operand of a name that a decoder has read.
  @inline(__always) mutating func operand(ofName number: Int, isCalled: Bool) -> FlowOperand {
    let record = names.list.base + number
    let place = constants.count
    let known = Int(isCalled ? record.pointee.callee : record.pointee.global)
    if known >= place &- LayoutParts.reach { return LayoutParts.operand(constant: known) }
    if isCalled {
      record.pointee.callee = Int32(truncatingIfNeeded: place)
    } else {
      record.pointee.global = Int32(truncatingIfNeeded: place)
    }
    constants.append(FlowConstant(isCalled ? .callee : .global, record.pointee.known))
    return LayoutParts.operand(constant: place)
  }

  /// The operand of a constant.
  mutating func operand(_ constant: FlowConstant) -> FlowOperand {
    let count = constants.count
    var place = max(0, count &- LayoutParts.reach)
    while place < count {
      if constants.base[place] == constant { return LayoutParts.operand(constant: place) }
      place &+= 1
    }
    return newOperand(constant)
  }

  /// The operand of an integer that codes have in one byte.
  @inline(__always) mutating func operand(ofSmallInteger number: Int) -> FlowOperand {
    let constant = FlowConstant(.int, word: UInt64(truncatingIfNeeded: number))
    let known = smallIntegers.base + number
    let place = Int(known.pointee)
    let count = constants.count
    if place < count, place >= count &- LayoutParts.reach, constants.base[place] == constant {
      return LayoutParts.operand(constant: place)
    }
    known.pointee = Int32(truncatingIfNeeded: count)
    return newOperand(constant)
  }

  /// The operand of a constant that is not listed.
  @inline(__always) mutating func newOperand(_ constant: FlowConstant) -> FlowOperand {
    constants.append(constant)
    return LayoutParts.operand(constant: constants.count &- 1)
  }

  /// The operand of a literal.
  mutating func operand(_ literal: Literal) -> FlowOperand {
    switch literal {
    case .nothing: operand(FlowConstant(.nothing))
    case .bool(let value): operand(FlowConstant(.bool, word: value ? 1 : 0))
    case .int(let number) where number >= 0 && number < CodeKind.Literal.smallIntegers:
      operand(ofSmallInteger: Int(number))
    case .int(let number): operand(FlowConstant(.int, word: UInt64(bitPattern: number)))
    case .float(let bits): operand(FlowConstant(.float, word: bits))
    case .string(let text): operand(FlowConstant(.string, names.name(of: text)))
    case .symbol(let text): operand(FlowConstant(.symbol, names.name(of: text)))
    case .type(.nominal(let name, let parameters)) where parameters.isEmpty:
      operand(FlowConstant(.nominal, names.name(of: name)))
    case .type, .syntax: operand(listed: literal)
    }
  }

  private mutating func operand(listed literal: Literal) -> FlowOperand {
    for place in max(0, constants.count - LayoutParts.reach)..<constants.count {
      let constant = constants.base[place]
      if constant.kind == .listed, literals[Int(constant.word)].isExactly(literal) {
        return LayoutParts.operand(constant: place)
      }
    }
    literals.append(literal)
    return newOperand(FlowConstant(.listed, word: UInt64(literals.count - 1)))
  }

  @inline(__always) private static func operand(constant place: Int) -> FlowOperand {
    FlowOperand(number: -1 &- Int32(truncatingIfNeeded: place))
  }
}

// MARK: Blocks

extension LayoutParts {
  /// Makes the layout of what was added, which is well formed.
  mutating func finish(argumentCount: Int, isVararg: Bool, method: UnsafePointer<KnownName>?) -> CodeLayout {
    formBlocks(slotCount: Int32(truncatingIfNeeded: slotNames.count))
    return CodeLayout(
      self, argumentCount: argumentCount, isVararg: isVararg, method: method,
      literals.isEmpty && !names.hasOwn ? nil : giveReferences())
  }

  @inline(never) private mutating func giveReferences() -> CodeLayout.References {
    CodeLayout.References(literals: literals, names: names.giveOwn())
  }

  private mutating func formBlocks(slotCount: Int32) {
    let count = statements.count
    if isStraight {
      blocks.append(CodeLayout.Block(start: 0, end: Int32(truncatingIfNeeded: count)))
      return
    }
    numberBlocks()
    let (statements, arguments, blockOf) = (statements.base, arguments.base, blockOf.base)
    for position in 0..<count {
      let block = blockOf[position]
      switch statements[position] {
      case .move(let operand, _), .return(let operand): use(operand, in: block, slotCount)
      case .call(let callee, let first, let count, _):
        use(callee, in: block, slotCount)
        var place = arguments + Int(first)
        let end = place + Int(count)
        while place < end {
          use(place.pointee, in: block, slotCount)
          place += 1
        }
      case .goto(let target): statements[position] = .goto(block: blockOf[Int(target)])
      case .branch(let condition, let target, _):
        use(condition, in: block, slotCount)
        let refinement = refinement(by: condition, at: position, slotCount: slotCount)
        statements[position] = .branch(condition, otherwise: blockOf[Int(target)], refinement: refinement)
      }
    }
    distantUses.sort()
  }

  /// Notes where a value of another block is used.
  @inline(__always) private mutating func use(_ operand: FlowOperand, in block: Int32, _ slotCount: Int32) {
    guard operand.number >= slotCount else { return }
    let value = operand.number &- slotCount
    if blockOf.base[Int(value)] != block { distantUses.append(CodeLayout.DistantUse(of: value, in: block)) }
  }

  /// Whether there is just one block, and it returns.
  private var isStraight: Bool {
    guard endCount == 1, case .return = statements.elements.last else { return false }
    return true
  }

  /// Finds where blocks begin: behind each statement that ends one, and where a jump goes.
  private mutating func numberBlocks() {
    let count = statements.count
    let blockOf = blockOf.makeRoom(for: count + 1)
    blockOf.initialize(repeating: 0, count: count + 1)
    for position in 0..<count {
      switch statements.base[position] {
      case .goto(let target), .branch(_, let target, _):
        blockOf[Int(target)] = 1
        blockOf[position + 1] = 1
      case .return: blockOf[position + 1] = 1
      case .move, .call: break
      }
    }
    blockOf[count] = 1
    var start = 0
    var number: Int32 = 0
    for position in 0..<count {
      blockOf[position] = number
      guard blockOf[position + 1] == 1 else { continue }
      blocks.append(
        CodeLayout.Block(start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: position + 1)))
      start = position + 1
      number += 1
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

/// Parts that no thread uses at the moment: mostly the same, and further ones after threads that used some at once. They are kept for good.
///
/// Invariant: what stands here is empty, and one thread has it once it is taken.
private struct IdleParts: ~Copyable, @unchecked Sendable {
  private let first = Atomic<UnsafeMutablePointer<LayoutParts>?>(nil)
  private let further = Mutex<[Handle]>([])

  private struct Handle: @unchecked Sendable { let parts: UnsafeMutablePointer<LayoutParts> }

  borrowing func take() -> UnsafeMutablePointer<LayoutParts> {
    first.exchange(nil, ordering: .acquiring) ?? takeFurther()
  }

  @inline(never) private borrowing func takeFurther() -> UnsafeMutablePointer<LayoutParts> {
    if let handle = further.withLock({ $0.popLast() }) { return handle.parts }
    let place = UnsafeMutablePointer<LayoutParts>.allocate(capacity: 1)
    place.initialize(to: LayoutParts())
    return place
  }

  borrowing func giveBack(_ parts: UnsafeMutablePointer<LayoutParts>) {
    guard !first.compareExchange(expected: nil, desired: parts, ordering: .releasing).exchanged else { return }
    let handle = Handle(parts: parts)
    further.withLock { $0.append(handle) }
  }
}
