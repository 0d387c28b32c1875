import CacheIdentity
import CacheSession
import StagedHost

/// Something that inference asked about definitions, and in which worlds the answer holds: an edge of every result that rests
/// on it.
final class Dependency: Support {
  /// The questions.
  enum Question {
    /// Which method a call of concrete types selects.
    case dispatch(Dispatch)
    /// Which methods a call of possibly abstract types can reach, and the matches in order.
    case lookup(function: String, arguments: ResolvedType, [Method])
    /// Whether the method with this signature is this very one: what is inferred for it ends with it.
    case method(Method)
    /// What a name is bound to in a world.
    case binding(String, in: WorldView)
    /// Which source a generator gives for an instance, as far as only asking for it again can tell.
    case source(InstanceNode, SourceBasis)
    /// A question that a generator asked which is not cached.
    indirect case edge(Edge)
  }

  let question: Question
  /// Whether it is about what a result's source was generated from.
  let isAboutSource: Bool
  /// The call that was resolved by it.
  var call: CallTypes?

  /// - Parameter range: The worlds around the one of the question in which the answer is known to be the same.
  init(_ question: Question, range: ClosedRange<HostWorld>) {
    self.question = question
    isAboutSource =
      switch question {
      case .source, .edge: true
      case .dispatch, .lookup, .method, .binding: false
      }
    super.init(range: range)
  }

  /// What a definition must be about to change the answer; `nil` for a source, which is asked for again, and
  /// for what is not known to hold in the next world.
  var subject: Subject? {
    switch question {
    case .dispatch(let dispatch): .function(table: dispatch.table, name: dispatch.function)
    case .lookup(let function, _, _): .function(table: MethodTable.global, name: function)
    case .method(let method): .function(table: method.table, name: method.function)
    case .binding(let name, _): .binding(module: Method.module, name: name)
    case .edge(let edge): range.upperBound == HostWorld.open ? edge.question.subject : nil
    case .source: nil
    }
  }
}

extension WorldView {
  /// The dependency on what a call selects.
  func dependency(on dispatch: Dispatch) -> Dependency {
    let answer = dispatch.selection
    return Dependency(
      .dispatch(dispatch),
      range: range(of: dispatch) { world in
        guard world > HostWorld(1) else { return answer.isNone }
        let other = knownView(at: world).dispatch(
          table: dispatch.table, function: dispatch.function, arguments: dispatch.arguments)
        return other.selection.isSame(as: answer)
      })
  }

  /// The dependency on which methods a call can reach in the global table.
  func dependency(function: String, arguments: ResolvedType, matches: [Method]) -> Dependency {
    Dependency(
      .lookup(function: function, arguments: arguments, matches),
      range: range(ofFunction: function, in: MethodTable.global) { world in
        guard world > HostWorld(1) else { return matches.isEmpty }
        let other = knownView(at: world).matches(table: MethodTable.global, function: function, arguments: arguments)
        return other.elementsEqual(matches) { $0.digest == $1.digest }
      })
  }

  /// The dependency on a method that is in force.
  func dependency(on method: Method) -> Dependency {
    Dependency(
      .method(method),
      range: range(ofFunction: method.function, in: method.table) { world in
        world > HostWorld(1) && knownView(at: world).isInForce(method)
      })
  }

  /// The dependency on a binding.
  func dependency(onBinding name: String) -> Dependency {
    Dependency(.binding(name, in: self), range: range(ofBinding: name))
  }

  /// The same for a name that was looked up.
  func dependency(on meaning: Meaning) -> Dependency {
    let name = meaning.name.text
    return Dependency(
      .binding(name, in: self),
      range: range(ofBinding: name, changedIn: meaning.changes ?? [], isNothing: meaning.element.isBottom))
  }
}

extension Selection {
  var isNone: Bool {
    if case .none = self { true } else { false }
  }

  /// Whether both select the same methods; a method that was defined again is another one.
  func isSame(as other: Selection) -> Bool {
    switch (self, other) {
    case (.none, .none): true
    case (.method(let left), .method(let right)): left.digest == right.digest
    case (.ambiguous(let left), .ambiguous(let right)): left.elementsEqual(right) { $0.digest == $1.digest }
    default: false
    }
  }
}
