import CacheIdentity
import StagedHost

/// What inference found for one method instance, or for one with constant arguments, and what that rests on. Belongs to one interpreter.
final class InferenceResult {
  let node: InstanceNode?
  /// The arguments, where they are known better than by their types (F2).
  let constants: [LatticeElement]?
  /// The same in one word; equal constants have the same.
  let trace: UInt
  /// What calls give.
  let type: LatticeElement
  /// Whether constants cannot make it better (Julia's `const_prop_entry_heuristic`).
  let isFinal: Bool
  /// The worlds in which everything that it rests on is the same.
  let range: ClosedRange<HostWorld>
  /// What it asked itself.
  @exclusivity(unchecked) var dependencies: [Dependency]
  /// The results of what it calls; its own among them if it is recursive.
  @exclusivity(unchecked) var callees: [InferenceResult] = []
  /// The results that use it, once it was connected with them.
  @exclusivity(unchecked) var callers = ResultList()
  var isClosed = false
  @exclusivity(unchecked) var mark = 0

  init(
    node: InstanceNode?, constants: [LatticeElement]?, type: LatticeElement, range: ClosedRange<HostWorld>,
    dependencies: [Dependency]
  ) {
    self.node = node
    self.constants = constants
    trace = constants?.trace ?? 0
    self.type = type
    switch type.form {
    case .bottom, .only, .constant: isFinal = true
    case .partial, .values: isFinal = false
    }
    self.range = range
    self.dependencies = dependencies
  }

  /// Lets go of all others, so that a graph with cycles can be freed, one result after the other.
  func disconnect() {
    dependencies = []
    callees = []
    callers = ResultList()
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

/// Results that have something in common. The closed ones among them are let go when they may be half, so that the list grows with those
/// that are open.
struct ResultList {
  private(set) var all: [InferenceResult] = []
  private var limit = 16

  /// Adds a result; takes constant time in the mean.
  mutating func append(_ result: InferenceResult) {
    if all.count >= limit {
      all.removeAll(where: \.isClosed)
      limit = max(16, 2 * all.count)
    }
    all.append(result)
  }
}
