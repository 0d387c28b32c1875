import LoweredIR
import StagedHost

extension AbstractInterpreter {
  /// Goes on with the call that a frame is at.
  func proceed(_ frame: Frame, _ pending: PendingCall) -> CallOutcome {
    let outcome =
      if let node = pending.resolved?.onlyInstance { reach(frame, node, pending) } else { reachAll(frame, pending) }
    switch outcome {
    case .value: reuse(pending)
    case .needs(let callee):
      pending.awaited = callee
      frame.call = pending
    }
    return outcome
  }

  /// What several targets give, one after the other.
  private func reachAll(_ frame: Frame, _ pending: PendingCall) -> CallOutcome {
    let targets = pending.resolved?.targets ?? []
    while pending.next < targets.count {
      let value: LatticeElement
      switch targets[pending.next] {
      // There is no need to look at what else is reached.
      case .anything: return .value(.any)
      case .construction(let type): value = construct(type, pending.arguments)
      case .builtin(let builtin): value = transfer(builtin, pending.arguments)
      case .instance(let node):
        let outcome = reach(frame, node, pending)
        guard case .value(let given) = outcome else { return outcome }
        value = given
      }
      pending.value = pending.next == 0 ? value : pending.value.join(value)
      pending.next += 1
    }
    return .value(pending.value)
  }

  /// What an instance gives: at once, or after the frame that the call waited for.
  private func reach(_ frame: Frame, _ node: InstanceNode, _ pending: PendingCall) -> CallOutcome {
    guard let awaited = pending.awaited.take() else { return call(frame, node, pending) }
    let outcome = resume(frame, node, pending, awaited)
    reuse(awaited)
    return outcome
  }

  /// What a call of an instance gives (Julia's `abstract_call_method`, then `abstract_call_method_with_const_args`).
  private func call(_ frame: Frame, _ node: InstanceNode, _ pending: PendingCall) -> CallOutcome {
    var method: CodeLayout.Name?
    if !node.isPlain {
      guard let request = node.request(in: view) else { return .value(.any) }
      // Whether or not the instance is inferred already, its source says as which method to limit it (F1).
      do {
        method = try source(of: node, request, for: .limitHeuristics)?.layout().methodForLimits
      } catch { return .value(.any) }
    }
    switch limit(node, as: method) {
    case .none:
      pending.isLimited = false
      return infer(frame, node, pending)
    case .instance(let wider):
      pending.isLimited = true
      return infer(frame, wider, pending)
    case .anything: return .value(.any)
    }
  }

  private func infer(_ frame: Frame, _ node: InstanceNode, _ pending: PendingCall) -> CallOutcome {
    if let result = node.result { return use(frame, node, result, pending) }
    if let active = node.frame {
      frame.wait(for: active)
      return .value(active.result)
    }
    switch begin(node) {
    case .frame(let callee): return .needs(callee)
    case .result(let result): return use(frame, node, result, pending)
    case .failure: return .value(.any)
    }
  }

  /// Goes on with an instance whose frame was interpreted; in a cycle, as far as that is possible.
  private func resume(
    _ frame: Frame, _ node: InstanceNode, _ pending: PendingCall, _ callee: Frame
  ) -> CallOutcome {
    guard let general = pending.general.take() else {
      if let result = callee.finished { return use(frame, node, result, pending) }
      frame.wait(for: callee)
      return .value(callee.result)
    }
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

  /// What is known of an instance is what the call gives, unless constants make it better.
  private func use(
    _ frame: Frame, _ node: InstanceNode, _ result: InferenceResult, _ pending: PendingCall
  ) -> CallOutcome {
    frame.add(result)
    return pending.isLimited ? .value(result.type) : propagateConstants(frame, node, result, pending)
  }

  private enum Beginning {
    case frame(Frame)
    /// There is nothing to interpret.
    case result(InferenceResult)
    /// The generator threw: nothing is known, and the next call asks it again (B3).
    case failure
  }

  /// Begins to infer an instance.
  private func begin(_ node: InstanceNode) -> Beginning {
    let code: FlowCode?
    let asked: AskedForSource
    do { (code, asked) = try recordedCode(of: node) } catch { return .failure }
    // Without code there is no such method, and code for another number of arguments cannot be called: an error is raised.
    guard let code, let slots = slots(of: node, for: code, node.elements) else {
      let known = [node.method.map(dependency), asked.whole].compactMap(\.self)
      return .result(finish(node, .bottom, known + asked.edges + (code?.bindings.map(binding) ?? [])))
    }
    let callee = newFrame(code, of: node, slots: slots)
    if let state = node.method { callee.add(dependency(on: state)) }
    if let whole = asked.whole { callee.add(whole) }
    for dependency in asked.edges { callee.add(dependency) }
    for meaning in code.bindings { callee.add(binding(meaning)) }
    node.frame = callee
    node.limitGroup?.instances += 1
    counters.instances += 1
    return .frame(callee)
  }

  // MARK: Constant propagation (F2)

  /// How many combinations of constants are inferred for one instance in one call from outside.
  private static let constantLimit = 16

  private func propagateConstants(
    _ frame: Frame, _ node: InstanceNode, _ general: InferenceResult, _ pending: PendingCall
  ) -> CallOutcome {
    if general.isFinal { return .value(general.type) }
    guard let arguments = informative(node, pending) else { return .value(general.type) }
    let trace = node.constantResults.isEmpty ? 0 : arguments.trace
    for known in node.constantResults where known.trace == trace && known.constants == arguments {
      frame.add(known)
      return .value(known.type.isWithin(general.type) ? known.type : general.type)
    }
    guard node.constantFrames == 0, node.constantResults.count < AbstractInterpreter.constantLimit else {
      return .value(general.type)
    }
    guard let code = try? codeAgain(of: node), let slots = slots(of: node, for: code, arguments) else {
      return .value(general.type)
    }
    let callee = newFrame(code, of: node, slots: slots, constants: arguments)
    if let state = node.method { callee.add(dependency(on: state)) }
    if !node.isPlain, let result = node.result {
      for support in result.supports {
        if let dependency = support as? Dependency, dependency.isAboutSource { callee.add(dependency) }
      }
    }
    for meaning in code.bindings { callee.add(binding(meaning)) }
    node.constantFrames += 1
    counters.constantCalls += 1
    pending.general = general
    return .needs(callee)
  }

  /// The arguments of a call as far as they are known better than by the node's types; `nil` if none is.
  private func informative(_ node: InstanceNode, _ pending: PendingCall) -> [LatticeElement]? {
    let given = pending.arguments.elements
    let offset = node.startsWithCallee ? 1 : 0
    var first = given.indices.first { given[$0].isInformative }.map { $0 + offset }
    if offset == 1, pending.callee.isInformative { first = 0 }
    guard let first, node.tail == nil, node.elements.count == given.count + offset else { return nil }
    var isInformative = false
    var arguments = node.elements
    for position in first..<arguments.count {
      let known = position < offset ? pending.callee : given[position - offset]
      if known.isInformative, known.isWithin(arguments[position]) {
        isInformative = true
        arguments[position] = known
      }
    }
    return isInformative ? arguments : nil
  }

  // MARK: Code

  /// What is known of the slots of an instance's code when it begins; `nil` if the code takes another number of arguments.
  private func slots(of node: InstanceNode, for code: FlowCode, _ arguments: [LatticeElement]) -> [LatticeElement]? {
    if node.tail == nil, !node.dropsCallee, !code.isVararg {
      return arguments.count == code.argumentCount ? arguments : nil
    }
    let tail = node.tail
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

  /// An instance's code for this world, and what its source rests on; `nil` if a generator declines.
  private func recordedCode(of node: InstanceNode) throws -> (code: FlowCode?, asked: AskedForSource) {
    if let state = node.method, node.isPlain { return (try code(of: state), AskedForSource()) }
    let (source, basis) = try recordedSource(of: node, for: .inference)
    let asked = dependencies(on: node, basis)
    return (try source.map(prepared), asked)
  }

  /// The same code once more, to infer it with constants.
  private func codeAgain(of node: InstanceNode) throws -> FlowCode? {
    if let state = node.method, node.isPlain { return try code(of: state) }
    return try source(of: node, for: .constantPropagation).map(prepared)
  }

  private func code(of state: MethodState) throws -> FlowCode {
    if let known = state.code { return known }
    let made = FlowCode(try state.method.definition.code.layout(), meanings)
    state.code = made
    return made
  }

  private func prepared(_ source: LoweredCode) throws -> FlowCode {
    let layout = try source.layout()
    if let known = recentCode.find(layout) { return known }
    let made = FlowCode(layout, meanings)
    recentCode.insert(made)
    return made
  }

  private func dependency(on state: MethodState) -> Dependency {
    if let known = state.dependency { return known }
    let made = view.dependency(on: state.method)
    state.dependency = made
    track(made)
    return made
  }

  /// That a name means what it does.
  func binding(_ meaning: Meaning) -> Dependency {
    if let known = meaning.dependency { return known }
    let known = bindings.isEmpty ? nil : bindings[meaning.name.text]
    let made = known ?? view.dependency(on: meaning)
    if known == nil { track(made) }
    meaning.dependency = made
    return made
  }
}
