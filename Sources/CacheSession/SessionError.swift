import CacheIdentity

/// What a session refuses. Trouble with the store is never among it (W15).
public enum SessionError: Error, Hashable, Sendable {
  /// A generator declared a range without the world that was asked for (W10, B4).
  case rangeExcludesWorld(generator: String, specialization: String, range: ClosedRange<HostWorld>, world: HostWorld)
  /// A generator declared an open range that begins after the first world, and recorded no edge that could ever close it (B5).
  case openRangeWithoutEdges(generator: String, specialization: String, range: ClosedRange<HostWorld>)
  /// Generating this needs itself, after one nested entry, or ever other sources (W13, B7). The chain names the
  /// specializations, outermost first.
  case endlessGeneration(chain: [String])
}

extension SessionError: CustomStringConvertible {
  /// What happened, the usual cause, and what to do.
  public var description: String {
    switch self {
    case .rangeExcludesWorld(let generator, let specialization, let range, let world):
      """
      generator \(generator) declared its source for \(specialization) valid in worlds \
      \(range.lowerBound)...\(range.upperBound), but was asked in world \(world)
      """
    case .openRangeWithoutEdges(let generator, let specialization, let range):
      """
      generator \(generator) declared its source for \(specialization) valid from world \(range.lowerBound) on without an \
      edge; nothing could ever close it: record what it depends on, or declare an end
      """
    case .endlessGeneration(let chain):
      "generation has no end: \(chain.joined(separator: " -> "))"
    }
  }
}
