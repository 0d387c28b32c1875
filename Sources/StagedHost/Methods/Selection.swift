import CacheIdentity

/// What a call selects in one table.
public enum Selection: Sendable {
  /// The one most specific method.
  case method(Method)
  /// No method accepts the arguments.
  case none
  /// Several do, and none of them is more specific than all others; in canonical order.
  case ambiguous([Method])

  /// Selects among a function's methods for concrete argument types. Quadratic in the methods that accept them.
  static func select(among methods: FunctionMethods, at world: HostWorld, arguments: ResolvedType) -> Selection {
    var best: Method?
    // Mostly no second one accepts them.
    var others: [Method] = []
    for slot in methods.slots where arguments.isSubtype(of: slot.parameters) {
      guard let method = slot.method(at: world) else { continue }
      if let known = best {
        let isBetter = method.isMoreSpecific(than: known)
        others.append(isBetter ? known : method)
        if isBetter { best = method }
      } else {
        best = method
      }
    }
    guard let best else { return .none }
    if others.allSatisfy({ best.isMoreSpecific(than: $0) }) { return .method(best) }
    let applicable = others + [best]
    let candidates = applicable.filter { candidate in !applicable.contains { $0.isMoreSpecific(than: candidate) } }
    return .ambiguous(candidates.inCanonicalOrder)
  }

  /// The selection as the answer to a dispatch question.
  public var answer: Answer {
    switch self {
    case .method(let method): Answer(digest: method.digest, subject: method.subject)
    case .none: .none
    case .ambiguous(let methods):
      Answer(digest: methods.digest("ambiguous"), subject: "ambiguous: " + methods.subjects)
    }
  }
}

/// The methods that calls of a possibly abstract signature can reach.
enum Matches {
  /// All matches, a more specific method before a less specific one, else in canonical order. Methods that no call
  /// reaches, because a more specific one accepts everything, are left out.
  /// `nil` if there are more than `limit`, which is found in linear time if it is not those that accept everything.
  static func matches(
    among methods: some Sequence<Method>, arguments: ResolvedType, atMost limit: Int = .max
  ) -> [Method]? {
    let matching = methods.filter { $0.parameters.intersects(arguments) }
    let covering = matching.filter { arguments.isSubtype(of: $0.parameters) }
    // What is less specific than a method that accepts everything accepts everything, too.
    guard matching.count - covering.count <= limit else { return nil }
    var rest = matching.filter { method in !covering.contains { $0.isMoreSpecific(than: method) } }.inCanonicalOrder
    guard rest.count <= limit else { return nil }
    var ordered: [Method] = []
    while !rest.isEmpty {
      let next = rest.firstIndex { candidate in !rest.contains { $0.isMoreSpecific(than: candidate) } } ?? 0
      ordered.append(rest.remove(at: next))
    }
    return ordered
  }

  /// The matches as the answer to a lookup question.
  static func answer(_ methods: [Method]) -> Answer {
    methods.isEmpty ? .none : Answer(digest: methods.digest("matches"), subject: methods.subjects)
  }
}

extension Method {
  /// Whether every call that this method accepts is accepted by the other one, and not the other way round.
  func isMoreSpecific(than other: Method) -> Bool {
    parameters !== other.parameters && parameters.isSubtype(of: other.parameters)
      && !other.parameters.isSubtype(of: parameters)
  }
}

extension [Method] {
  /// An order that does not depend on the order of definition: equal definitions give equal answers in every process.
  fileprivate var inCanonicalOrder: [Method] {
    map { ($0.parameters.description, $0) }.sorted { ($0.0, $0.1.digest) < ($1.0, $1.1.digest) }.map(\.1)
  }

  fileprivate func digest(_ kind: String) -> Digest {
    var builder = DigestBuilder(domain: "stagedhost.methods.v1")
    builder.add("kind", kind)
    for method in self { builder.add("method", method.digest) }
    return builder.finalize()
  }

  fileprivate var subjects: String {
    let shown = prefix(3).map(\.subject).joined(separator: ", ")
    return count > 3 ? shown + " and \(count - 3) more" : shown
  }
}
