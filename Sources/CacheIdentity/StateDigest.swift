/// A digest over all definitions of a host, kept up to date in O(1) per definition.
///
/// It is the sum, in two 64-bit lanes, of the definitions' digests, together with their number: independent of order, and
/// exact under `insert` and `remove` of the same definition. Two hosts with equal state digests have the same
/// definitions, so one may be served what the other generated without asking a question.
public struct StateDigest: Hashable, Sendable {
  private var high: UInt64 = 0
  private var low: UInt64 = 0
  private var count: Int64 = 0

  /// The state without definitions.
  public init() {}

  /// Adds a definition.
  public mutating func insert(_ definition: Digest) {
    high &+= definition.high
    low &+= definition.low
    count += 1
  }

  /// Takes a definition away that was inserted before.
  public mutating func remove(_ definition: Digest) {
    high &-= definition.high
    low &-= definition.low
    count -= 1
  }

  /// The digest of the state. One SHA-256 of a few bytes.
  public var digest: Digest {
    var builder = DigestBuilder(domain: "worldcache.state.v1")
    builder.add("sum", Digest(high: high, low: low))
    builder.add("count", count)
    return builder.finalize()
  }
}
