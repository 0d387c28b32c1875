import CacheIdentity

/// Something that results rest on: the answer to a question, or the result of a call. Belongs to one interpreter.
class Support {
  /// The worlds in which it holds.
  final let range: ClosedRange<HostWorld>
  /// The results that rest on it, once they were connected with it.
  @exclusivity(unchecked) final var dependents = ResultList()
  /// The mark of the list that it was last added to, so that it is added once: faster than a set.
  @exclusivity(unchecked) final var mark = 0

  init(range: ClosedRange<HostWorld>) { self.range = range }
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
