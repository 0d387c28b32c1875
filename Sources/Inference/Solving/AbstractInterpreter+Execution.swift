import LoweredIR
import StagedHost

extension AbstractInterpreter {
  /// Interprets a frame until it has no work left, or needs another frame's result first: that one is returned.
  func run(_ frame: Frame) -> Frame? {
    while true {
      if frame.block < 0 {
        guard let next = frame.takeBlock() else { return nil }
        frame.block = next
        frame.position = Int(frame.code.blocks[next].start)
        frame.state.enter(next)
      }
      if let callee = runBlock(frame, frame.code) { return callee }
      frame.block = -1
    }
  }

  private func runBlock(_ frame: Frame, _ code: FlowCode) -> Frame? {
    let end = Int(code.blocks[frame.block].end)
    var position = frame.position
    defer { counters.statements += position - frame.position }
    while position < end {
      let value: LatticeElement
      let slot: Int32
      switch code.statements[position] {
      case .move(let operand, let assigned):
        value = frame.state.load(operand, code)
        slot = assigned
      case .call(let callee, let first, let count, let assigned):
        let outcome: CallOutcome
        if let pending = frame.call.take() {
          outcome = proceed(frame, pending)
        } else {
          outcome = call(frame, code, callee, Int(first), Int(count))
        }
        switch outcome {
        case .value(let given): value = given
        case .needs(let callee):
          counters.statements += position - frame.position
          frame.position = position
          return callee
        }
        slot = assigned
      case .goto(let target):
        position += 1
        if frame.state.flow(to: Int(target)) { frame.schedule(Int(target)) }
        return nil
      case .branch(let condition, let otherwise, let refinement):
        position += 1
        branch(frame, code, frame.state.load(condition, code), Int(otherwise), refinement)
        return nil
      case .return(let operand):
        position += 1
        frame.returns(frame.state.load(operand, code))
        return nil
      }
      // A statement without a value raises an error: control goes no further.
      if value.isBottom {
        position += 1
        return nil
      }
      if frame.state.store(value, at: position, slot: slot), !code.layout.distantUses.isEmpty {
        for use in code.layout.distantUses(of: Int32(position)) where frame.state.isReached(Int(use.block)) {
          frame.schedule(Int(use.block))
        }
      }
      position += 1
    }
    if frame.state.flow(to: frame.block + 1) { frame.schedule(frame.block + 1) }
    return nil
  }

  /// A call at a frame's present statement, not begun yet.
  private func call(
    _ frame: Frame, _ code: FlowCode, _ callee: FlowOperand, _ first: Int, _ count: Int
  ) -> CallOutcome {
    let builtin = frame.state.builtin(callee, code)
    if let builtin, builtin != .apply {
      operands.removeAll(keepingCapacity: true)
      for position in first..<first + count {
        let operand = frame.state.load(code.arguments[position], code)
        if operand.isBottom { return .value(.bottom) }
        operands.append(operand)
      }
      return .value(builtin.transfer(operands, in: view))
    }
    var resolved: ResolvedCall?
    if builtin == nil {
      resolved = knownCall(frame.state.typeIdentity(callee, code), count) {
        frame.state.typeIdentity(code.arguments[first + $0], code)
      }
      if let resolved, let value = knownValue(frame, code, resolved, callee, first, count) { return .value(value) }
    }
    let pending = newCall()
    pending.callee = frame.state.load(callee, code)
    pending.setArguments(count) { frame.state.load(code.arguments[first + $0], code) }
    guard let resolved else { return call(frame, pending, isNew: builtin == nil) }
    frame.add(resolved)
    pending.resolved = resolved
    return proceed(frame, pending)
  }

  /// What a call gives if just one instance is reached, its result is there, and no recursion, no source and no constants have a say in
  /// it: most calls, and nothing is copied for them. `nil` for any other.
  private func knownValue(
    _ frame: Frame, _ code: FlowCode, _ resolved: ResolvedCall, _ callee: FlowOperand, _ first: Int, _ count: Int
  ) -> LatticeElement? {
    guard let node = resolved.onlyInstance, node.isPlain, let result = node.result,
      node.method?.limitGroup.depth == 0
    else { return nil }
    if !result.isFinal {
      if node.startsWithCallee, frame.state.isInformative(callee, code) { return nil }
      for argument in first..<first + count where frame.state.isInformative(code.arguments[argument], code) {
        return nil
      }
    }
    frame.add(resolved)
    frame.add(result)
    return result.type
  }

  private func branch(
    _ frame: Frame, _ code: FlowCode, _ condition: LatticeElement, _ otherwise: Int, _ refinement: Refinement?
  ) {
    if condition.isBottom { return }
    let next = frame.block + 1
    var isReached = (then: condition.type.intersects(.bool), otherwise: condition.type.intersects(.bool))
    if case .bool(let holds)? = condition.constant { isReached = (holds, !holds) }
    guard let refinement, let test = test(refinement, code) else {
      if isReached.then, frame.state.flow(to: next) { frame.schedule(next) }
      if isReached.otherwise, frame.state.flow(to: otherwise) { frame.schedule(otherwise) }
      return
    }
    let slot = Int(refinement.slot)
    let tested = frame.state.slot(slot)
    let (holding, failing) = (tested.meet(test.type), test.decides ? tested.excluding(test.type) : tested)
    let (then, other) = test.isNegated ? (failing, holding) : (holding, failing)
    if isReached.then, !then.isBottom, frame.state.flow(to: next, slot: slot, refined: then) {
      frame.schedule(next)
    }
    if isReached.otherwise, !other.isBottom, frame.state.flow(to: otherwise, slot: slot, refined: other) {
      frame.schedule(otherwise)
    }
  }

  /// The type that a condition tests, whether all values of the type pass, and whether it holds for those that do not; `nil` if it is
  /// no test.
  private func test(
    _ refinement: Refinement, _ code: FlowCode
  ) -> (type: ResolvedType, decides: Bool, isNegated: Bool)? {
    guard let builtin = code.constant(refinement.callee).builtin else { return nil }
    let constant = code.constant(refinement.constant)
    switch (builtin, constant.constant) {
    case (.isA, .type(let tested)?): return (tested, true, false)
    case (.identical, _?), (.notIdentical, _?):
      // Only `nothing`, functions, types and tables are the one value of their type.
      return (constant.type, LatticeElement(constant.type).constant != nil, builtin == .notIdentical)
    default: return nil
    }
  }
}
