/// Lays out code that is well formed.
struct LayoutMaking {
  private let parts: LayoutParts
  private let slotCount: Int32

  /// The layout of code that is well formed. Linear in its size.
  static func layout(wellFormed code: LoweredCode) -> CodeLayout {
    let parts = LayoutParts.take()
    defer { parts.giveBack() }
    for name in code.arguments { parts.slotNames.append(parts.names.name(of: name)) }
    for name in code.locals { parts.slotNames.append(parts.names.name(of: name)) }
    let making = LayoutMaking(parts: parts, slotCount: Int32(code.slotCount))
    for statement in code.statements { parts.append(making.laidOut(statement)) }
    return parts.finish(
      argumentCount: code.arguments.count, isVararg: code.isVararg,
      method: code.methodForInferenceLimitHeuristics.map { parts.names.name(of: $0) })
  }

  private func laidOut(_ statement: Statement) -> FlowStatement {
    switch statement {
    case .value(let expression): laidOut(expression, slot: -1)
    case .assign(let slot, let expression): laidOut(expression, slot: Int32(slot))
    case .goto(let target): .goto(block: Int32(target))
    case .gotoIfNot(let condition, let target):
      .branch(operand(condition), otherwise: Int32(target), refinement: nil)
    case .return(let result): .return(operand(result))
    }
  }

  private func laidOut(_ expression: Expression, slot: Int32) -> FlowStatement {
    switch expression {
    case .operand(let source): return .move(operand(source), slot: slot)
    case .call(let callee, let operands):
      let target = operand(callee, isCalled: true)
      let first = Int32(parts.arguments.count)
      for operand in operands { parts.arguments.append(self.operand(operand)) }
      return .call(target, first: first, count: Int32(operands.count), slot: slot)
    }
  }

  private func operand(_ operand: Operand, isCalled: Bool = false) -> FlowOperand {
    switch operand {
    case .ssa(let number): FlowOperand(number: slotCount + Int32(number))
    case .slot(let number): FlowOperand(number: Int32(number))
    case .global(let name): parts.operand(FlowConstant(isCalled ? .callee : .global, parts.names.name(of: name)))
    case .literal(let literal): parts.operand(literal)
    }
  }
}
