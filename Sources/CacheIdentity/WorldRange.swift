/// A closed, never empty interval of worlds, `min...max`; open when `max` is ``WorldAge/open``.
public struct WorldRange: Hashable, Sendable {
  /// The first world in the range.
  public let min: WorldAge
  /// The last world in the range, or ``WorldAge/open``.
  public let max: WorldAge

  /// Makes a range; `nil` if it would be empty.
  public init?(_ min: WorldAge, _ max: WorldAge) {
    guard min <= max else { return nil }
    self.min = min
    self.max = max
  }

  /// The range from a world on, without an end.
  public static func from(_ min: WorldAge) -> WorldRange { WorldRange(unchecked: min, .open) }

  /// The range of a single world.
  public static func only(_ world: WorldAge) -> WorldRange { WorldRange(unchecked: world, world) }

  /// Every world.
  public static let all = WorldRange.from(.first)

  private init(unchecked min: WorldAge, _ max: WorldAge) {
    self.min = min
    self.max = max
  }

  /// Whether nothing has closed the range.
  public var isOpen: Bool { max == .open }

  /// Whether a world lies in the range.
  public func contains(_ world: WorldAge) -> Bool { min <= world && world <= max }

  /// The worlds in both ranges; `nil` if there are none.
  public func intersection(_ other: WorldRange) -> WorldRange? {
    WorldRange(Swift.max(min, other.min), Swift.min(max, other.max))
  }

  /// Whether the ranges share a world.
  public func overlaps(_ other: WorldRange) -> Bool { intersection(other) != nil }
}

extension WorldRange: CustomStringConvertible {
  /// `min...max`, with `∞` for an open end.
  public var description: String { "\(min)...\(max)" }
}

extension WorldRange {
  /// The part of this range around `world` that overlaps none of `others`; `nil` if one of them contains `world`.
  ///
  /// `world` must lie in the range. Linear in `others`.
  public func clipped(around world: WorldAge, avoiding others: some Sequence<WorldRange>) -> WorldRange? {
    var (low, high) = (min, max)
    for other in others {
      if other.contains(world) { return nil }
      if other.max < world { low = Swift.max(low, other.max.next) } else { high = Swift.min(high, other.min.previous) }
    }
    return WorldRange(low, high)
  }

  /// The parts of this range that none of `others` covers, oldest first. O(n log n).
  public func parts(outside others: some Sequence<WorldRange>) -> [WorldRange] {
    var parts: [WorldRange] = []
    var start = min
    for other in others.sorted(by: { $0.min < $1.min }) where other.overlaps(self) {
      if let part = other.min > start ? WorldRange(start, other.min.previous) : nil { parts.append(part) }
      if other.max >= max { return parts }
      start = Swift.max(start, other.max.next)
    }
    if let rest = WorldRange(start, max) { parts.append(rest) }
    return parts
  }

  /// The widest interval around `world` that the union of `ranges` covers; `nil` if none of them contains it.
  ///
  /// Neighbouring ranges join, in whatever order they come. O(n log n).
  public static func widest(around world: WorldAge, in ranges: some Sequence<WorldRange>) -> WorldRange? {
    var joined: WorldRange?
    for range in ranges.sorted(by: { $0.min < $1.min }) {
      if let current = joined, current.isOpen || range.min <= current.max.next {
        joined = WorldRange(unchecked: current.min, Swift.max(current.max, range.max))
      } else if let current = joined, current.contains(world) {
        return current
      } else {
        joined = range
      }
    }
    return joined.flatMap { $0.contains(world) ? $0 : nil }
  }
}
