import CacheIdentity
import StagedHost

extension AbstractInterpreter {
  /// Interprets a frame and all that it needs, and returns its result.
  ///
  /// Frames stand on a stack of their own, so how deep calls nest is bounded by memory and never by the thread's stack. Frames that need
  /// each other's results form a cycle: they are interpreted until nothing changes, and finish together (Tarjan's algorithm for
  /// strongly connected components, as in Julia's `typeinf`).
  func solve(_ root: Frame) -> InferenceResult {
    start(root)
    while let frame = stack.last {
      if let callee = run(frame) {
        start(callee)
      } else if frame.lowlink < frame.index {
        pop()
        cycle.append(frame)
        if let caller = stack.last { caller.lowlink = min(caller.lowlink, frame.lowlink) }
      } else if let position = cycle[frame.firstOfCycle...].firstIndex(where: \.hasWork) {
        let member = cycle.remove(at: position)
        member.lowlink = frame.index
        push(member)
      } else {
        finish(frame)
        pop()
      }
    }
    return root.finished ?? InferenceResult(node: nil, constants: nil, type: .any, range: .allWorlds)
  }

  private func start(_ frame: Frame) {
    frameCount += 1
    frame.index = frameCount
    frame.lowlink = frameCount
    push(frame)
  }

  /// A frame begins, or goes on because what it waited for has grown: then its lowlink says that it belongs to a cycle.
  private func push(_ frame: Frame) {
    frame.firstOfCycle = cycle.count
    stack.append(frame)
    frame.limitGroup?.push(frame)
  }

  private func pop() { stack.removeLast().limitGroup?.pop() }

  // MARK: Results

  /// Everything is known about a frame and those that wait in its cycle. Each of a cycle rests on what any of them rests on.
  private func finish(_ head: Frame) {
    let members = cycle[head.firstOfCycle...]
    var range = head.ownRange.clamped(to: rangeOfTypes)
    for member in members { range = range.clamped(to: member.ownRange) }
    if !members.isEmpty { counters.cyclicResults += members.count + 1 }
    head.finished = makeResult(of: head, range)
    for member in members { member.finished = makeResult(of: member, range) }
    complete(head)
    for member in members { complete(member) }
    cycle.removeLast(members.count)
  }

  private func makeResult(of frame: Frame, _ range: ClosedRange<HostWorld>) -> InferenceResult {
    InferenceResult(node: frame.node, constants: frame.constants, type: frame.result, range: range)
  }

  /// All results of a cycle are there, and can be connected.
  private func complete(_ frame: Frame) {
    guard let result = frame.finished else { return }
    let cyclic = frame.cyclicCallees
    result.supports = uniqued(cyclic.isEmpty ? frame.supports : frame.supports + cyclic.compactMap(\.finished))
    keep(result, of: frame)
    frame.release()
  }

  /// The result of an instance that needs no frame.
  func finish(_ node: InstanceNode, _ type: LatticeElement, _ dependencies: [Dependency]) -> InferenceResult {
    let range = dependencies.reduce(rangeOfTypes) { $0.clamped(to: $1.range) }
    let result = InferenceResult(node: node, constants: nil, type: type, range: range, supports: dependencies)
    keep(result, at: node)
    counters.instances += 1
    return result
  }

  private func keep(_ result: InferenceResult, of frame: Frame) {
    guard let node = frame.node else { return }
    guard frame.constants != nil else { return keep(result, at: node) }
    node.constantFrames -= 1
    if node.constantResults.isEmpty { nodesWithConstants.append(node) }
    node.constantResults.append(result)
    add(result)
  }

  private func keep(_ result: InferenceResult, at node: InstanceNode) {
    node.frame = nil
    node.result = result
    add(result)
  }

  /// From now on a change of what the result rests on closes it.
  private func add(_ result: InferenceResult) {
    results.append(result)
    unconnectedCount += 1
  }

  /// Each once, in the order of their first place. Mostly that is how they are already.
  private func uniqued(_ all: [Support]) -> [Support] {
    let mark = newMark()
    for (position, support) in all.enumerated() {
      if support.mark == mark { return uniqued(all, from: position, mark) }
      support.mark = mark
    }
    return all
  }

  /// The same; the first ones are marked, and are there once each.
  private func uniqued(_ all: [Support], from start: Int, _ mark: Int) -> [Support] {
    var kept = Array(all[..<start])
    for support in all[start...] where support.mark != mark {
      support.mark = mark
      kept.append(support)
    }
    return kept
  }
}

extension ClosedRange<HostWorld> {
  static var allWorlds: ClosedRange<HostWorld> { HostWorld(1)...HostWorld.open }
}

extension Frame {
  /// The worlds in which all that is known already holds.
  fileprivate var ownRange: ClosedRange<HostWorld> {
    var (low, high) = (HostWorld(1), HostWorld.open)
    for support in supports {
      low = max(low, support.range.lowerBound)
      high = min(high, support.range.upperBound)
    }
    // All ranges contain the present world.
    return low...max(low, high)
  }
}
