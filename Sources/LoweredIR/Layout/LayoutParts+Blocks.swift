extension LayoutParts {
  /// Makes the blocks, and puts them in the place of statements that jumps name.
  mutating func formBlocks(slotCount: Int32) {
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
