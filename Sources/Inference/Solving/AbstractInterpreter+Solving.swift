import CacheIdentity
import StagedHost

extension AbstractInterpreter {
  /// Interprets a frame and all that it needs, and returns its result.
  ///
  /// Frames stand on a stack of their own, so how deep calls nest is bounded by memory and never by the thread's stack. Frames that need
  /// each other's results form a cycle: they are interpreted until nothing changes, and finish together (Tarjan's algorithm for
  /// strongly connected components, as in Julia's `typeinf`).
  func solve(_ root: Frame) -> InferenceResult {
    push(root)
    while let frame = stack.last {
      if let callee = run(frame) {
        push(callee)
      } else if frame.lowlink < frame.index {
        pop()
        frame.isInCycle = true
        cycle.append(frame)
        if let caller = stack.last { caller.lowlink = min(caller.lowlink, frame.lowlink) }
      } else if let position = cycle[frame.firstOfCycle...].firstIndex(where: \.hasWork) {
        let member = cycle.remove(at: position)
        member.isInCycle = false
        push(member, again: true)
      } else {
        finish([frame] + cycle[frame.firstOfCycle...])
        cycle.removeLast(cycle.count - frame.firstOfCycle)
        pop()
      }
    }
    return root.finished ?? InferenceResult(node: nil, constants: nil, type: .any, range: worldRange, dependencies: [])
  }

  /// A frame begins, or goes on because what it waited for has grown: then it still belongs to its cycle.
  private func push(_ frame: Frame, again isKnown: Bool = false) {
    frame.index = stack.count
    if !isKnown { frame.lowlink = frame.index }
    frame.firstOfCycle = cycle.count
    stack.append(frame)
    frame.limitGroup?.frames.append(frame)
  }

  private func pop() { stack.removeLast().limitGroup?.frames.removeLast() }

  // MARK: Results

  private var worldRange: ClosedRange<HostWorld> { HostWorld(1)...HostWorld.open }

  /// Everything is known about some frames: one, or all of a cycle. Each of a cycle rests on what any of them rests on.
  private func finish(_ frames: [Frame]) {
    let range = frames.reduce(worldRange) { range, frame in
      let own = frame.dependencies.reduce(range) { $0.clamped(to: $1.range) }
      return frame.callees.reduce(own) { $0.clamped(to: $1.range) }
    }
    for frame in frames {
      let result = InferenceResult(
        node: frame.node, constants: frame.constants, type: frame.result, range: range,
        dependencies: uniqued(frame.dependencies))
      frame.finished = result
      if frames.count > 1 { counters.cyclicResults += 1 }
    }
    for frame in frames {
      guard let result = frame.finished else { continue }
      result.callees = uniqued(frame.callees + frame.cyclicCallees.compactMap(\.finished))
      keep(result, of: frame)
      frame.release()
    }
  }

  /// The result of an instance that needs no frame.
  func finish(_ node: InstanceNode, _ type: LatticeElement, _ dependencies: [Dependency]) -> InferenceResult {
    let range = dependencies.reduce(worldRange) { $0.clamped(to: $1.range) }
    let result = InferenceResult(node: node, constants: nil, type: type, range: range, dependencies: dependencies)
    keep(result, at: node)
    counters.instances += 1
    return result
  }

  private func keep(_ result: InferenceResult, of frame: Frame) {
    guard let node = frame.node else { return }
    guard let constants = frame.constants else { return keep(result, at: node) }
    node.constantFrames -= 1
    if node.constantResults.isEmpty { nodesWithConstants.append(node) }
    node.constantResults.append((constants, result))
    connect(result)
  }

  private func keep(_ result: InferenceResult, at node: InstanceNode) {
    node.frame = nil
    node.result = result
    connect(result)
  }

  /// From now on a change of what the result rests on closes it.
  private func connect(_ result: InferenceResult) {
    results.append(result)
    for callee in result.callees { callee.callers.append(result) }
    for dependency in result.dependencies { dependency.dependents.append(result) }
  }

  /// Each object once, in the order of their first place.
  private func uniqued<Element: Marked>(_ all: [Element]) -> [Element] {
    mark += 1
    return all.filter { element in
      defer { element.mark = mark }
      return element.mark != mark
    }
  }
}

/// What is in many lists, from which it is to be taken once: faster than a set, and objects know where they were seen last.
protocol Marked: AnyObject {
  var mark: Int { get set }
}

extension Dependency: Marked {}
extension InferenceResult: Marked {}
