#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much something is asked for, as far as its requests tell.
///
/// Two counts of requests, of which one halves soon and the other late: the first follows what a process does at the moment, the second
/// tells what comes again and again from what came once, so that neither a scan nor a loop that is larger than the cache takes all
/// that others need. (`docs/decisions/0013-eviction.md` compares this with other estimates.)
///
/// Time is whatever the caller's clock counts: misses in memory, for a clock that hits advance would be one that they wait for;
/// milliseconds in a store.
public struct Demand: Hashable, Sendable {
  /// What a request counts for in the late count, beside the soon one.
  private static let lateWeight = 0.02
  /// By how much later the late count halves.
  private static let lateHalfLives = 16.0

  private var soon = 0.0
  private var late = 0.0
  private var countedAt: Int64 = 0
  /// Requests that are not in the counts yet, and when the last of them came.
  @usableFromInline var pending: Int64 = 0
  @usableFromInline var last: Int64 = 0

  /// Of what nobody has asked for.
  @inlinable
  public init() {}

  /// Of what was asked for so often in all, when no more is known than when the last request came.
  public init(requests: Int64, last: Int64) {
    (soon, late, countedAt) = (1, Double(max(1, requests)), last)
  }

  /// Notes a request.
  @inlinable
  public mutating func request(at time: Int64) {
    pending &+= 1
    last = time
  }

  /// What it is worth to have it at hand: the two counts as they are at a time, which is not before the last request. Takes in what was noted.
  public mutating func value(at time: Int64, halfLife: Double) -> Double {
    if pending > 0 {
      decay(to: last, halfLife)
      soon += Double(pending)
      late += Double(pending)
      pending = 0
    }
    decay(to: time, halfLife)
    return soon + Demand.lateWeight * late
  }

  /// The half-life where time is counted in misses: as many of them as come with as many requests as there are things kept.
  public static func halfLife(kept: Int, misses: Int64, requests: Int64) -> Double {
    Double(kept) * Double(misses) / Double(max(1, requests))
  }

  private mutating func decay(to time: Int64, _ halfLife: Double) {
    let halfLives = Double(time - countedAt) / max(halfLife, 1)
    soon *= exp2(-halfLives)
    late *= exp2(-halfLives / Demand.lateHalfLives)
    countedAt = time
  }
}

/// What can be evicted, and what it is worth.
public struct EvictionCandidate<ID> {
  /// Names it.
  public let id: ID
  /// The bytes that go with it.
  public let bytes: Int64
  /// Demand times the time that it takes to get it back, in nanoseconds.
  public let benefit: Double

  /// Makes a candidate.
  public init(id: ID, bytes: Int64, benefit: Double) {
    self.id = id
    self.bytes = bytes
    self.benefit = benefit
  }

  /// What the benefit of something is multiplied with in a cache that regrets: a number of its own, the same at each eviction.
  ///
  /// Of things that are worth the same, all but equally often asked for, what was asked for longest ago would always go: just
  /// what a loop that is larger than the cache asks for next. So the more a cache regrets, the more it prefers some to others.
  ///
  /// - Parameters:
  ///   - identity: Any number that is the thing's own.
  ///   - regret: The share of requests that were for what the cache had had, and let go.
  public static func preference(_ identity: UInt64, regret: Double) -> Double {
    let spread = (identity ^ identity >> 32) &* 0x9e37_79b9_7f4a_7c15
    return exp(-4 * regret * Double(spread >> 11) * 0x1p-53)
  }

  private var benefitPerByte: Double { benefit / Double(max(1, bytes)) }

  /// What eviction leaves of a budget that was exceeded: a little less, for looking through everything should pay for many misses.
  public static func target(of budget: Int64) -> Int64 { budget - budget / 32 }

  /// Candidates in the order in which they should go: what is worth least a byte first. O(n log n).
  public static func order(_ candidates: [EvictionCandidate]) -> [EvictionCandidate] {
    candidates.sorted { $0.benefitPerByte < $1.benefitPerByte }
  }
}
