import CacheIdentity
import StagedHost

/// What inference found for one method instance, or for one with constant arguments, and what that rests on. Belongs to one interpreter.
final class InferenceResult: Support {
  let node: InstanceNode?
  /// The arguments, where they are known better than by their types (F2).
  let constants: [LatticeElement]?
  /// The same in one word; equal constants have the same.
  let trace: UInt
  /// What calls give.
  let type: LatticeElement
  /// Whether constants cannot make it better (Julia's `const_prop_entry_heuristic`).
  let isFinal: Bool
  /// What it asked itself, and the results of what it calls; its own among them if it is recursive. Each in the order in which it was used.
  @exclusivity(unchecked) var supports: [Support]
  var isClosed = false

  /// - Parameter range: The worlds in which everything that it rests on is the same.
  init(
    node: InstanceNode?, constants: [LatticeElement]?, type: LatticeElement, range: ClosedRange<HostWorld>,
    supports: [Support] = []
  ) {
    self.node = node
    self.constants = constants
    trace = constants?.trace ?? 0
    self.type = type
    switch type.form {
    case .bottom, .only, .constant: isFinal = true
    case .partial, .values: isFinal = false
    }
    self.supports = supports
    super.init(range: range)
  }

  /// What it asked itself.
  var dependencies: [Dependency] { supports.compactMap { $0 as? Dependency } }

  /// The results of what it calls.
  var callees: [InferenceResult] { supports.compactMap { $0 as? InferenceResult } }

  /// Lets go of all others, so that a graph with cycles can be freed, one result after the other.
  func disconnect() {
    supports = []
    dependents = ResultList()
  }
}

extension [LatticeElement] {
  /// A word that is the same for equal elements, and mostly another one for others.
  var trace: UInt {
    var word: UInt = 0
    for element in self { word = (word ^ element.trace) &* 0x9e37_79b9_7f4a_7c15 }
    return word
  }
}

extension LatticeElement {
  fileprivate var trace: UInt {
    switch form {
    case .constant(let constant): constant.trace
    case .bottom, .values, .only, .partial: typeIdentity
    }
  }
}
