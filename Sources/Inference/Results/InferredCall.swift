import CacheIdentity
import CacheSession
import StagedHost

/// What inference says of a call, and how it came to it.
public struct InferredCall {
  /// The function's global name.
  public let function: String
  /// The types of the arguments.
  public let arguments: [ResolvedType]
  /// The world in which it was inferred.
  public let world: HostWorld
  let root: InferenceResult

  /// What the call gives.
  public var type: LatticeElement { root.type }
  /// The worlds in which everything that the type rests on is the same.
  public var range: ClosedRange<HostWorld> { root.range }

  /// Everything that the call rests on, as of the interpreter's last step: the call itself first, then each instance where it is first reached.
  /// Linear in the number of calls.
  public var callGraph: [InferredInstance] {
    var numbers: [ObjectIdentifier: Int] = [ObjectIdentifier(root): 0]
    var results = [root]
    var position = 0
    while position < results.count {
      for callee in results[position].callees where numbers[ObjectIdentifier(callee)] == nil {
        numbers[ObjectIdentifier(callee)] = results.count
        results.append(callee)
      }
      position += 1
    }
    return results.map { result in
      InferredInstance(
        name: result.node?.description ?? name, constants: result.constants, type: result.type, range: result.range,
        questions: result.dependencies.flatMap(AskedQuestion.of),
        callees: result.callees.compactMap { numbers[ObjectIdentifier($0)] })
    }
  }

  /// The call as it is written: `sin(Int64)`.
  public var name: String { "\(function)(\(arguments.map(\.description).joined(separator: ", ")))" }
}

/// One instance in a call graph.
public struct InferredInstance {
  /// The function with the argument types.
  public let name: String
  /// The arguments, where they were known better than by their types (F2).
  public let constants: [LatticeElement]?
  /// What it gives.
  public let type: LatticeElement
  /// The worlds in which that is known to hold.
  public let range: ClosedRange<HostWorld>
  /// What its inference asked itself.
  public let questions: [AskedQuestion]
  /// The places in the call graph of what it calls.
  public let callees: [Int]
}

/// A question that inference asked, with its answer and the worlds in which that holds.
public struct AskedQuestion {
  /// The question and the answer, as the cache writes them.
  public let edge: Edge
  /// The worlds.
  public let range: ClosedRange<HostWorld>

  static func of(_ dependency: Dependency) -> [AskedQuestion] {
    let edges: [Edge]
    switch dependency.question {
    case .dispatch(let dispatch): edges = [dispatch.edge]
    case .lookup(let function, let arguments, let methods):
      let signature = Signature(function: function, arguments: arguments.argumentText)
      edges = [Edge(.lookup(table: MethodTable.global, signature: signature), WorldView.answer(matches: methods))]
    case .method(let method):
      let answer = Answer(digest: method.digest, subject: method.subject)
      edges = [Edge(.method(table: method.table, signature: method.signature), answer)]
    case .binding(let name, let view):
      edges = [Edge(.binding(module: Method.module, name: name), view.answer(binding: name))]
    case .source(_, let basis): edges = basis.edges
    case .edge(let asked): edges = [asked]
    }
    return edges.map { AskedQuestion(edge: $0, range: dependency.range) }
  }
}
