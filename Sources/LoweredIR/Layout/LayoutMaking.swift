/// Lays out well-formed code.
struct LayoutMaking {
  private let code: LoweredCode
  private let source: [Statement]
  private let slotCount: Int32
  private(set) var statements: [FlowStatement] = []
  private(set) var blocks: [CodeLayout.Block] = []
  private(set) var arguments: [FlowOperand] = []
  private(set) var constants: [CodeLayout.Constant] = []
  private(set) var distantUses: [Int32: [Int32]] = [:]
  /// The block of each statement; empty if there is just one, and so no jump.
  private var blockOf: [Int32] = []

  init(_ code: LoweredCode) {
    self.code = code
    source = code.statements
    slotCount = Int32(code.slotCount)
  }

  mutating func make() {
    formBlocks()
    statements.reserveCapacity(source.count)
    for (position, statement) in source.enumerated() { statements.append(laidOut(statement, at: position)) }
  }

  private mutating func formBlocks() {
    if case .return? = source.last, source.dropLast().allSatisfy(\.hasValue) {
      blocks = [CodeLayout.Block(start: 0, end: Int32(source.count))]
      return
    }
    var starts = [Bool](repeating: false, count: source.count + 1)
    starts[0] = true
    for (position, statement) in source.enumerated() {
      switch statement {
      case .goto(let target), .gotoIfNot(_, let target):
        starts[target] = true
        starts[position + 1] = true
      case .return: starts[position + 1] = true
      case .value, .assign: break
      }
    }
    blockOf.reserveCapacity(source.count)
    for position in source.indices {
      if starts[position] { blocks.append(CodeLayout.Block(start: Int32(position), end: Int32(position))) }
      blocks[blocks.count - 1].end += 1
      blockOf.append(Int32(blocks.count - 1))
    }
  }

  private mutating func laidOut(_ statement: Statement, at position: Int) -> FlowStatement {
    let block = blockOf.isEmpty ? 0 : blockOf[position]
    switch statement {
    case .value(let expression): return laidOut(expression, slot: -1, block)
    case .assign(let slot, let expression): return laidOut(expression, slot: Int32(slot), block)
    case .goto(let target): return .goto(block: blockOf[target])
    case .gotoIfNot(let condition, let target):
      return .branch(
        operand(condition, block), otherwise: blockOf[target], refinement: refinement(by: condition, at: position))
    case .return(let result): return .return(operand(result, block))
    }
  }

  private mutating func laidOut(_ expression: Expression, slot: Int32, _ block: Int32) -> FlowStatement {
    switch expression {
    case .operand(let source): return .move(operand(source, block), slot: slot)
    case .call(let callee, let operands):
      let target = self.callee(callee, block)
      let first = Int32(arguments.count)
      for operand in operands { arguments.append(self.operand(operand, block)) }
      return .call(target, first: first, count: Int32(operands.count), slot: slot)
    }
  }

  private mutating func callee(_ callee: Operand, _ block: Int32) -> FlowOperand {
    guard case .global(let name) = callee else { return operand(callee, block) }
    return constant(.callee(CodeLayout.Name(name)))
  }

  private mutating func operand(_ operand: Operand, _ block: Int32) -> FlowOperand {
    switch operand {
    case .ssa(let number):
      // Uses come in the order of blocks.
      if !blockOf.isEmpty, blockOf[number] != block, distantUses[Int32(number)]?.last != block {
        distantUses[Int32(number), default: []].append(block)
      }
      return FlowOperand(number: slotCount + Int32(number))
    case .slot(let number): return FlowOperand(number: Int32(number))
    case .global(let name): return constant(.global(CodeLayout.Name(name)))
    case .literal(let literal): return constant(.literal(literal))
    }
  }

  /// How many constants are compared before one more is listed: mostly a code's few names, again and again.
  private static let reach = 8

  private mutating func constant(_ constant: CodeLayout.Constant) -> FlowOperand {
    let first = max(0, constants.count - LayoutMaking.reach)
    if let known = constants[first...].firstIndex(of: constant) { return FlowOperand(number: -Int32(known + 1)) }
    constants.append(constant)
    return FlowOperand(number: -Int32(constants.count))
  }

  /// What a branch may say about a slot: its condition is a test of the slot in the same block, and the slot is not assigned in
  /// between.
  private func refinement(by condition: Operand, at position: Int) -> Refinement? {
    guard case .ssa(let number) = condition, blockOf[number] == blockOf[position],
      case .call(let callee, let first, 2, let assigned) = statements[number], callee.number < 0
    else { return nil }
    let (subject, constant) = (arguments[Int(first)].number, arguments[Int(first) + 1].number)
    guard subject >= 0, subject < slotCount, constant < 0, assigned != subject else { return nil }
    for between in number + 1..<position {
      switch statements[between] {
      case .move(_, subject), .call(_, _, _, subject): return nil
      default: break
      }
    }
    return Refinement(callee: callee.number, slot: subject, constant: constant)
  }
}
