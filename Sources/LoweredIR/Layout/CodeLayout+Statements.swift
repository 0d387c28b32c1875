extension CodeLayout {
  /// What the layout says, as it is written. Linear the first time, and then there already.
  func body() -> CodeBody {
    made.withLock { made in
      if let made { return made }
      let body = CodeBody(
        arguments: slotNames[..<argumentCount].map(\.pointee.text), isVararg: isVararg,
        locals: slotNames[argumentCount...].map(\.pointee.text), statements: statements.map { statement($0) },
        methodForInferenceLimitHeuristics: methodForLimits?.text)
      made = body
      return body
    }
  }

  private func statement(_ laidOut: FlowStatement) -> Statement {
    switch laidOut {
    case .move(let operand, let slot): statement(.operand(self.operand(operand)), slot)
    case .call(let callee, let first, let count, let slot):
      statement(.call(operand(callee), operands(Int(first)..<Int(first + count))), slot)
    case .goto(let block): .goto(Int(blocks[Int(block)].start))
    case .branch(let condition, let otherwise, _): .gotoIfNot(operand(condition), Int(blocks[Int(otherwise)].start))
    case .return(let operand): .return(self.operand(operand))
    }
  }

  private func statement(_ expression: Expression, _ slot: Int32) -> Statement {
    slot < 0 ? .value(expression) : .assign(slot: Int(slot), expression)
  }

  private func operands(_ places: Range<Int>) -> [Operand] {
    [Operand](unsafeUninitializedCapacity: places.count) { operands, count in
      for place in places {
        operands.initializeElement(at: count, to: operand(arguments[place]))
        count += 1
      }
    }
  }

  private func operand(_ operand: FlowOperand) -> Operand {
    let number = Int(operand.number)
    if number >= slotCount { return .ssa(number - slotCount) }
    if number >= 0 { return .slot(number) }
    switch constant(number) {
    case .callee(let name), .global(let name): return .global(name.text)
    case .literal(let literal): return .literal(literal)
    }
  }
}
