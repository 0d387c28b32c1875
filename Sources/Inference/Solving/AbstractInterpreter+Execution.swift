import StagedHost

extension AbstractInterpreter {
  /// Interprets a frame until it has no work left, or needs another frame's result first: that one is returned.
  func run(_ frame: Frame) -> Frame? {
    while frame.block >= 0 || frame.enterNextBlock() {
      if let callee = runBlock(frame) { return callee }
      frame.leaveBlock()
    }
    return nil
  }

  private func runBlock(_ frame: Frame) -> Frame? {
    let code = frame.code
    let end = Int(code.blocks[frame.block].end)
    while frame.position < end {
      let value: LatticeElement
      let slot: Int32
      switch code.statements[frame.position] {
      case .move(let operand, let assigned):
        value = frame.load(operand)
        slot = assigned
      case .call(let callee, let first, let count, let assigned):
        switch call(frame, callee, Int(first)..<Int(first + count)) {
        case .value(let given): value = given
        case .needs(let callee): return callee
        }
        slot = assigned
      case .goto(let target):
        counters.statements += 1
        frame.flow(to: Int(target))
        return nil
      case .branch(let condition, let otherwise, let refinement):
        counters.statements += 1
        branch(frame, frame.load(condition), Int(otherwise), refinement)
        return nil
      case .return(let operand):
        counters.statements += 1
        frame.returns(frame.load(operand))
        return nil
      }
      counters.statements += 1
      // A statement without a value raises an error: control goes no further.
      if value.isBottom { return nil }
      frame.store(value, slot: slot)
      frame.position += 1
    }
    frame.flow(to: frame.block + 1)
    return nil
  }

  private func branch(_ frame: Frame, _ condition: LatticeElement, _ otherwise: Int, _ refinement: Refinement?) {
    var isReached = (then: condition.type.intersects(.bool), otherwise: condition.type.intersects(.bool))
    if case .bool(let holds)? = condition.constant { isReached = (holds, !holds) }
    guard let refinement, let test = test(refinement, frame) else {
      if isReached.then { frame.flow(to: frame.block + 1) }
      if isReached.otherwise { frame.flow(to: otherwise) }
      return
    }
    let slot = Int(refinement.slot)
    let (holding, failing) = (
      frame.registers[slot].meet(test.type),
      test.decides ? frame.registers[slot].excluding(test.type) : frame.registers[slot]
    )
    let (then, other) = refinement.isNegated ? (failing, holding) : (holding, failing)
    if isReached.then, !then.isBottom { frame.flow(to: frame.block + 1, slot: slot, refined: then) }
    if isReached.otherwise, !other.isBottom { frame.flow(to: otherwise, slot: slot, refined: other) }
  }

  /// The type that a condition tests, and whether all values of the type pass.
  private func test(_ refinement: Refinement, _ frame: Frame) -> (type: ResolvedType, decides: Bool)? {
    let constant = frame.code.constants[Int(-1 - refinement.constant)]
    guard let value = constant.constant else { return nil }
    if refinement.isIdentity {
      // Only `nothing`, functions, types and tables are the one value of their type.
      return (constant.type, LatticeElement(constant.type).constant != nil)
    }
    guard case .type(let tested) = value else { return nil }
    return (tested, true)
  }
}
