import CacheIdentity
import StagedHost

extension AbstractInterpreter {
  /// Goes on to a newer world of the same host. Results that rest on an answer which is another there are closed, and all that use them;
  /// the others hold on (C1 to C8). What closed is inferred again when it is asked for.
  ///
  /// Asks again what is known about what changed, and for each generated source. If the declaration of a type changed, everything closes.
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
    let last = self.view.world
    let subjects = view.subjects(changedAfter: last)
    self.view = view
    meanings = Meanings(in: view)
    for method in methods.values { method.code = nil }
    recentCalls = RecentCalls()
    guard let subjects else {
      close(results)
      forgetAnswers()
      return
    }
    fileDependencies()
    var outdated: [InferenceResult] = []
    for subject in subjects {
      dependencies[subject]?.removeAll { dependency in
        guard !holds(dependency) else { return false }
        outdated += dependency.dependents
        forget(dependency)
        return true
      }
    }
    sourceDependencies.removeAll { dependency in
      if dependency.dependents.allSatisfy(\.isClosed) { return true }
      guard !holds(dependency) else { return false }
      outdated += dependency.dependents
      return true
    }
    close(outdated)
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
      let found = view.matches(table: MethodTable.global, function: function, arguments: arguments)
      return found.elementsEqual(known) { $0.digest == $1.digest }
    case .method(let method): return view.isInForce(method)
    case .binding(let name, let known): return view.answer(binding: name) == known.answer(binding: name)
    case .edge(let edge): return view.answer(edge.question) == edge.answer
    case .source(let node, let known):
      return (try? recordedSource(of: node, for: .revalidation))?.basis.edges == known.edges
    }
  }

  private func forget(_ dependency: Dependency) {
    for call in dependency.calls { resolvedCalls[call] = nil }
    switch dependency.question {
    case .binding(let name, _): bindings[name] = nil
    case .method(let method): methods[ObjectIdentifier(method)]?.dependency = nil
    case .dispatch, .lookup, .source, .edge: break
    }
  }

  private func forgetAnswers() {
    resolvedCalls = [:]
    bindings = [:]
    methods = [:]
    dependencies = [:]
    newDependencies = []
    sourceDependencies = []
    nodes = [:]
    limitGroups = [:]
  }

  /// Closes results and whatever uses them, at any distance; a cycle closes as a whole (E2).
  private func close(_ outdated: [InferenceResult]) {
    var pending = outdated
    while let result = pending.popLast() {
      guard !result.isClosed else { continue }
      result.isClosed = true
      pending += result.callers
      counters.closed += 1
      if let node = result.node, node.result === result {
        node.result = nil
        node.remembered = nil
      }
      result.disconnect()
    }
    results.removeAll(where: \.isClosed)
  }
}
