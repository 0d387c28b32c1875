import CacheIdentity

/// What becomes of a generation: decided from values alone, carried out by the session.
enum AdmissionDecision: Hashable {
  /// It goes into the store.
  case admit
  /// It goes into the store if that has a note of its key, else it leaves one there.
  case admitIfNoted
  /// It stays in memory.
  case leave(AdmissionRefusal)
}

/// Why a generation was not to enter the store.
public enum AdmissionRefusal: Hashable, Sendable {
  /// Nothing of its generator does (``AdmissionPolicy/never``).
  case excluded
  /// It took no longer than the policy's limit, in nanoseconds.
  case fast(nanoseconds: Int64, limit: Int64)
  /// It was generated for the first time, as far as is known.
  case firstRequest
}

extension AdmissionPolicy {
  /// What becomes of a generation that took so long.
  func decide(generationNanoseconds nanoseconds: Int64) -> AdmissionDecision {
    switch self {
    case .always: .admit
    case .never: .leave(.excluded)
    case .secondRequest: .admitIfNoted
    case .slowerThan(let limit): nanoseconds > limit ? .admit : .leave(.fast(nanoseconds: nanoseconds, limit: limit))
    }
  }
}

/// What a source rests on that has no row in the store: whatever is built from it rests on that instead.
@usableFromInline
final class DirectBasis: Sendable {
  let edges: [Edge]
  /// The worlds for which all vouch that declared any.
  let declaredRange: ClosedRange<HostWorld>?

  init(edges: [Edge], declaredRange: ClosedRange<HostWorld>?) {
    self.edges = edges
    self.declaredRange = declaredRange
  }
}
