/// Lays out code that is well formed.
struct LayoutMaking {
  private let parts: UnsafeMutablePointer<LayoutParts>
  private let slotCount: Int32

  /// The layout of code that is well formed. Linear in its size.
  static func layout(wellFormed code: LoweredCode) -> CodeLayout {
    let parts = LayoutParts.take()
    defer { LayoutParts.giveBack(parts) }
    for name in code.arguments { parts.pointee.slotNames.append(parts.pointee.names.name(of: name)) }
    for name in code.locals { parts.pointee.slotNames.append(parts.pointee.names.name(of: name)) }
    let making = LayoutMaking(parts: parts, slotCount: Int32(code.slotCount))
    for statement in code.statements { parts.pointee.append(making.laidOut(statement)) }
    return parts.pointee.finish(
      argumentCount: code.arguments.count, isVararg: code.isVararg,
      method: code.methodForInferenceLimitHeuristics.map { parts.pointee.names.name(of: $0) })
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
      let first = Int32(parts.pointee.arguments.count)
      for operand in operands { parts.pointee.arguments.append(self.operand(operand)) }
      return .call(target, first: first, count: Int32(operands.count), slot: slot)
    }
  }

  private func operand(_ operand: Operand, isCalled: Bool = false) -> FlowOperand {
    switch operand {
    case .ssa(let number): FlowOperand(number: slotCount + Int32(number))
    case .slot(let number): FlowOperand(number: Int32(number))
    case .global(let name):
      parts.pointee.operand(FlowConstant(isCalled ? .callee : .global, parts.pointee.names.name(of: name)))
    case .literal(let literal): parts.pointee.operand(literal)
    }
  }
}
