import CacheIdentity
import StagedHost

extension AbstractInterpreter {
  /// Goes on to a newer world of the same host. Results that rest on an answer which is another there are closed, and all that use them;
  /// the others hold on (C1 to C8). What closed is inferred again when it is asked for.
  ///
  /// Asks again what is known about what changed, and for each generated source. If a type was declared again, everything closes.
  /// Goes through each world between: an answer that was another one there and is the same again has two ranges, not one (W2).
  /// Worlds before the present one are refused by doing nothing.
  public func move(to view: WorldView) {
    guard view.world > self.view.world else { return }
    for number in self.view.world.number + 1..<view.world.number {
      if let between = view.view(at: HostWorld(number)) { advance(to: between) }
    }
    advance(to: view)
  }

  private func advance(to view: WorldView) {
    connectResults()
    let subjects = view.subjects(changedAfter: self.view.world)
    self.view = view
    for meaning in meanings.all {
      if let dependency = meaning.dependency { bindings[meaning.name.text] = dependency }
    }
    meanings = Meanings(in: view)
    rangeOfTypes = view.rangeOfTypes
    for method in methods.all { method.code = nil }
    recentCode = RecentCode()
    guard let subjects else {
      close(results.all)
      forgetAnswers()
      return
    }
    fileDependencies()
    var outdated: [InferenceResult] = []
    for subject in subjects {
      dependencies[subject]?.removeAll { isOutdated($0, &outdated) }
    }
    sourceDependencies.removeAll { $0.dependents.all.allSatisfy(\.isClosed) || isOutdated($0, &outdated) }
    close(outdated)
  }

  /// Tells what the results of late rest on that they do.
  private func connectResults() {
    for result in results.all.suffix(unconnectedCount) {
      for support in result.supports { support.dependents.append(result) }
    }
    unconnectedCount = 0
  }

  /// Whether an answer is another one in the present world: then it is forgotten, and what rests on it is outdated.
  private func isOutdated(_ dependency: Dependency, _ outdated: inout [InferenceResult]) -> Bool {
    if holds(dependency) { return false }
    outdated += dependency.dependents.all
    forget(dependency)
    return true
  }

  /// Notes a question that is worth asking again when definitions change.
  func track(_ dependency: Dependency) { newDependencies.append(dependency) }

  /// Files what was noted by what a definition must be about; much is inferred before the first definition changes.
  private func fileDependencies() {
    for dependency in newDependencies {
      if let subject = dependency.subject {
        dependencies[subject, default: []].append(dependency)
      } else {
        sourceDependencies.append(dependency)
      }
    }
    newDependencies = []
  }

  /// Whether the answer is the same in the present world, and was not said to end before.
  private func holds(_ dependency: Dependency) -> Bool {
    guard dependency.range.upperBound >= view.world else { return false }
    switch dependency.question {
    case .dispatch(let known):
      let found = view.dispatch(table: known.table, function: known.function, arguments: known.arguments)
      return found.selection.isSame(as: known.selection)
    case .lookup(let function, let arguments, let known):
      let found = view.matches(
        table: MethodTable.global, function: function, arguments: arguments, atMost: known.count)
      return found?.elementsEqual(known) { $0.digest == $1.digest } ?? false
    case .method(let method): return view.isInForce(method)
    case .binding(let name, let known): return view.answer(binding: name) == known.answer(binding: name)
    case .edge(let edge): return view.answer(edge.question) == edge.answer
    case .source(let node, let known):
      return (try? recordedSource(of: node, for: .revalidation))?.basis.edges == known.edges
    }
  }

  private func forget(_ dependency: Dependency) {
    if let call = dependency.call, let known = knownCall(call) { resolvedCalls.remove(known) }
    switch dependency.question {
    case .binding(let name, _): bindings[name] = nil
    case .edge(let edge): edges[edge] = nil
    case .method(let method):
      // Its nodes go with it: they share what is known of the method, and would not hear of the next world.
      let identity = ObjectIdentifier(method)
      guard let state = knownState(identity) else { return }
      methods.remove(state)
      for arguments in state.instances {
        if let node = knownNode(identity, arguments) { nodes.remove(node) }
      }
      state.disconnect()
    case .dispatch, .lookup, .source: break
    }
  }

  private func forgetAnswers() {
    resolvedCalls = TraceTable()
    bindings = [:]
    edges = [:]
    for method in methods.all { method.disconnect() }
    methods = TraceTable()
    dependencies = [:]
    newDependencies = []
    sourceDependencies = []
    nodes = TraceTable()
    limitGroups = TraceTable()
  }

  /// Closes results and whatever uses them, at any distance; a cycle closes as a whole (E2).
  private func close(_ outdated: [InferenceResult]) {
    var pending = outdated
    var abandoned: [InferenceResult] = []
    while let result = pending.popLast() {
      guard !result.isClosed else { continue }
      counters.closed += 1
      pending += result.dependents.all
      close(result, &abandoned)
    }
    // What was inferred with constants is kept by who called it, and nobody finds it again.
    while let result = abandoned.popLast() {
      guard !result.isClosed, result.dependents.all.allSatisfy(\.isClosed) else { continue }
      close(result, &abandoned)
    }
  }

  private func close(_ result: InferenceResult, _ abandoned: inout [InferenceResult]) {
    result.isClosed = true
    abandoned += result.callees.filter { $0.constants != nil }
    if let node = result.node, node.result === result {
      node.result = nil
      node.remembered = nil
    }
    result.disconnect()
  }
}
