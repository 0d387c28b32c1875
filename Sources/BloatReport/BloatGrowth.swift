import SourceStore

/// How what is in the file came into it: over time, and over the worlds of each lineage. What was pruned since is not there.
public struct BloatGrowth: Sendable {
  /// What was there at a time.
  public struct Moment: Hashable, Sendable {
    /// Milliseconds since 1970, UTC.
    public let time: Int64
    /// The bytes of all entries that were generated until then.
    public let bytes: Int64
  }

  /// What was there in a world.
  public struct World: Hashable, Sendable {
    /// The world's number.
    public let world: Int64
    /// The bytes of all entries that held in this world or before.
    public let bytes: Int64
    /// The bytes of those that held in this world.
    public let held: Int64
  }

  /// The worlds of a lineage.
  public struct Lineage: Sendable {
    /// Its name.
    public let name: String
    /// The worlds in which something changed, in their order.
    public let worlds: [World]
  }

  /// The most points of a curve.
  static let resolution = 200

  /// Over time, in order.
  public let time: [Moment]
  /// Over worlds, by lineage.
  public let lineages: [Lineage]

  init(_ entries: [MeasuredEntry], _ sizes: [BloatSizes]) {
    var sum: Int64 = 0
    var moments: [Moment] = []
    for (time, bytes) in zip(entries.map(\.generatedAt), sizes.map(\.disk)).sorted(by: { $0 < $1 }) {
      sum += bytes
      if moments.last?.time == time { moments.removeLast() }
      moments.append(Moment(time: time, bytes: sum))
    }
    time = BloatGrowth.thinned(moments, by: \.time)
    lineages = BloatGrowth.lineages(entries, sizes)
  }

  private static func lineages(_ entries: [MeasuredEntry], _ sizes: [BloatSizes]) -> [Lineage] {
    // What each world adds to what was ever there, and to what holds.
    var changes: [String: [Int64: (ever: Int64, held: Int64)]] = [:]
    for (entry, sizes) in zip(entries, sizes) {
      for (name, ranges) in Dictionary(grouping: entry.ranges, by: \.lineage) {
        let first = ranges.map(\.worlds.min).min()
        for range in ranges.map(\.worlds) {
          let isFirst = range.min == first
          changes[name, default: [:]][range.min.number, default: (0, 0)].ever += isFirst ? sizes.disk : 0
          changes[name, default: [:]][range.min.number, default: (0, 0)].held += sizes.disk
          if !range.isOpen { changes[name, default: [:]][range.max.next.number, default: (0, 0)].held -= sizes.disk }
        }
      }
    }
    return changes.sorted { $0.key < $1.key }.map { name, changes in
      var (ever, held) = (Int64(0), Int64(0))
      let worlds = changes.sorted { $0.key < $1.key }.map { world, change in
        ever += change.ever
        held += change.held
        return World(world: world, bytes: ever, held: held)
      }
      return Lineage(name: name, worlds: thinned(worlds, by: \.world))
    }
  }

  /// The last point of each of as many equal stretches as there may be points.
  private static func thinned<Point>(_ points: [Point], by position: KeyPath<Point, Int64>) -> [Point] {
    guard points.count > resolution, let first = points.first, let last = points.last else { return points }
    let origin = Double(first[keyPath: position])
    let stretch = (Double(last[keyPath: position]) - origin) / Double(resolution)
    return points.indices.filter { index in
      guard index + 1 < points.count else { return true }
      func number(_ index: Int) -> Int { Int((Double(points[index][keyPath: position]) - origin) / stretch) }
      return number(index) != number(index + 1)
    }.map { points[$0] }
  }
}
