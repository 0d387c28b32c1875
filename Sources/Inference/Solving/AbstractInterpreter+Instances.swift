import LoweredIR
import StagedHost

extension AbstractInterpreter {
  /// Goes on with the call that a frame is at, branch after branch.
  func proceed(_ frame: Frame) -> CallOutcome {
    guard var pending = frame.call.take() else { return .value(.bottom) }
    while pending.next < pending.branches.count {
      let branch = pending.branches[pending.next]
      switch step(frame, branch, pending.stage) {
      case .stage(let stage): pending.stage = stage
      case .needs(let callee, let stage):
        pending.stage = stage
        frame.call = pending
        return .needs(callee)
      case .value(let value):
        pending.value = pending.value.join(value)
        pending.next += 1
        pending.stage = .beginning
      }
    }
    return .value(pending.value)
  }

  private enum Step {
    case stage(PendingCall.Stage)
    case needs(Frame, PendingCall.Stage)
    case value(LatticeElement)
  }

  private func step(_ frame: Frame, _ branch: CallBranch, _ stage: PendingCall.Stage) -> Step {
    switch stage {
    case .beginning:
      let method: String?
      if branch.node.plainMethod != nil {
        method = nil
      } else {
        guard branch.node.instance(in: view) != nil else { return .value(.any) }
        // Whether or not the instance is inferred already, its source says as which method to limit it (F1).
        do { method = try source(of: branch.node, for: .limitHeuristics)?.methodForInferenceLimitHeuristics } catch {
          return .value(.any)
        }
      }
      switch limit(branch.node, as: method) {
      case .none: return .stage(.resolved(branch.node, isLimited: false))
      case .instance(let wider): return .stage(.resolved(wider, isLimited: true))
      case .anything: return .value(.any)
      }
    case .resolved(let node, let isLimited):
      if let result = node.result { return .stage(.inferred(result, isLimited: isLimited)) }
      if let active = node.frame {
        frame.wait(for: active)
        return .value(active.result)
      }
      return begin(node, isLimited: isLimited)
    case .awaiting(let callee, let isLimited):
      if let result = callee.finished { return .stage(.inferred(result, isLimited: isLimited)) }
      frame.wait(for: callee)
      return .value(callee.result)
    case .inferred(let result, let isLimited):
      frame.add(result)
      return isLimited ? .value(result.type) : propagateConstants(branch, result)
    case .awaitingConstants(let callee, let general):
      let value: LatticeElement
      if let result = callee.finished {
        frame.add(result)
        value = result.type
      } else {
        frame.wait(for: callee)
        value = callee.result
      }
      return .value(value.isWithin(general.type) ? value : general.type)
    }
  }

  /// Begins to infer an instance.
  private func begin(_ node: InstanceNode, isLimited: Bool) -> Step {
    let code: FlowCode
    var dependencies: [Dependency] = []
    do {
      guard let found = try self.code(of: node, for: .inference, &dependencies) else {
        // There is no such method: the call raises an error.
        return .stage(.inferred(finish(node, .bottom, dependencies), isLimited: isLimited))
      }
      code = found
    } catch { return .value(.any) }
    guard let slots = slots(of: node, for: code, node.types.parts.map { LatticeElement($0) }) else {
      return .stage(.inferred(finish(node, .bottom, dependencies), isLimited: isLimited))
    }
    let callee = Frame(code, of: node, slots: slots)
    for dependency in dependencies { callee.add(dependency) }
    node.frame = callee
    counters.instances += 1
    return .needs(callee, .awaiting(callee, isLimited: isLimited))
  }

  // MARK: Constant propagation (F2)

  /// How many combinations of constants are inferred for one instance in one call from outside.
  private static let constantLimit = 16

  private func propagateConstants(_ branch: CallBranch, _ general: InferenceResult) -> Step {
    let node = branch.node
    // What cannot become better is not inferred again (Julia's `const_prop_entry_heuristic`).
    if general.type.isBottom || general.type.constant != nil { return .value(general.type) }
    guard let arguments = informative(branch) else { return .value(general.type) }
    if let known = node.constantResults.first(where: { $0.arguments == arguments }) {
      return .value(known.result.type.isWithin(general.type) ? known.result.type : general.type)
    }
    guard node.constantFrames == 0, node.constantResults.count < AbstractInterpreter.constantLimit else {
      return .value(general.type)
    }
    var dependencies: [Dependency] = []
    guard let code = try? self.code(of: node, for: .constantPropagation, &dependencies),
      let slots = slots(of: node, for: code, arguments)
    else { return .value(general.type) }
    let callee = Frame(code, of: node, slots: slots, constants: arguments)
    for dependency in dependencies { callee.add(dependency) }
    node.constantFrames += 1
    counters.constantCalls += 1
    return .needs(callee, .awaitingConstants(callee, general))
  }

  /// The arguments of a call as far as they are known better than by the node's types; `nil` if none is.
  private func informative(_ branch: CallBranch) -> [LatticeElement]? {
    let (types, tail) = branch.node.types
    guard tail == nil, types.count == branch.arguments.count else { return nil }
    var isInformative = false
    let arguments = zip(branch.arguments, types).map { argument, type in
      guard argument.isInformative, argument.type.isSubtype(of: type) else { return LatticeElement(type) }
      isInformative = true
      return argument
    }
    return isInformative ? arguments : nil
  }

  // MARK: Code

  /// What is known of the slots of an instance's code when it begins; `nil` if the code takes another number of arguments.
  private func slots(of node: InstanceNode, for code: FlowCode, _ arguments: [LatticeElement]) -> [LatticeElement]? {
    let tail = node.types.tail
    var arguments = arguments
    if node.dropsCallee { arguments.removeFirst() }
    let fixed = code.isVararg ? code.argumentCount - 1 : code.argumentCount
    if let tail {
      while arguments.count < fixed { arguments.append(LatticeElement(tail)) }
    }
    guard arguments.count >= fixed, code.isVararg || arguments.count == fixed else { return nil }
    guard code.isVararg else { return arguments }
    let rest = Array(arguments[fixed...])
    arguments.removeLast(rest.count)
    guard let tail else { return arguments + [.tuple(rest)] }
    let type = (try? ResolvedType.tuple(rest.map(\.type), tail: tail)) ?? .anyTuple
    return arguments + [.type(type.limited)]
  }

  /// An instance's code for this world, and what it rests on; `nil` if a generator declines.
  private func code(
    of node: InstanceNode, for purpose: SourcePurpose, _ dependencies: inout [Dependency]
  ) throws -> FlowCode? {
    if let method = node.plainMethod {
      let code: FlowCode
      if let known = methodCodes[ObjectIdentifier(method)] {
        code = known
      } else {
        code = FlowCode(method.definition.code, &meanings)
        methodCodes[ObjectIdentifier(method)] = code
      }
      dependencies += code.names.map { binding($0) }
      return code
    }
    let source: LoweredCode?
    if purpose == .inference {
      let recorded = try recordedSource(of: node, for: purpose)
      node.sourceDependencies = self.dependencies(on: node, recorded.edges)
      source = recorded.source
    } else {
      source = try self.source(of: node, for: purpose)
    }
    dependencies += node.sourceDependencies
    guard let source else { return nil }
    try source.validate()
    let code = FlowCode(source, &meanings)
    dependencies += code.names.map { binding($0) }
    return code
  }

  private func binding(_ name: String) -> Dependency {
    if let known = bindings[name] { return known }
    let made = view.dependency(onBinding: name)
    bindings[name] = made
    track(made)
    return made
  }
}
