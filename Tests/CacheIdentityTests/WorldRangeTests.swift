import CacheIdentity
import Testing

@Suite("World ranges are intervals, and say what sets of worlds would")
struct WorldRangeTests {
  private static let bound: Int64 = 8

  /// All ranges within worlds 1 to 8, and the open ones.
  private static let all: [WorldRange] = (1...bound).flatMap { low in
    (low...bound).compactMap { WorldRange(WorldAge(low), WorldAge($0)) } + [.from(WorldAge(low))]
  }

  /// The worlds of a range up to one after the bound, which stands for all that come later.
  private func worlds(_ range: WorldRange?) -> Set<Int64> {
    guard let range else { return [] }
    return Set((1...WorldRangeTests.bound + 1).filter { range.contains(WorldAge($0)) })
  }

  @Test("A range that would be empty is none")
  func empty() {
    #expect(WorldRange(WorldAge(2), WorldAge(1)) == nil)
    #expect(WorldRange(WorldAge(2), WorldAge(2)) == .only(WorldAge(2)))
  }

  @Test("Intersection and overlap are those of sets")
  func intersection() {
    for left in WorldRangeTests.all {
      for right in WorldRangeTests.all {
        #expect(worlds(left.intersection(right)) == worlds(left).intersection(worlds(right)))
        #expect(left.overlaps(right) == (left.intersection(right) != nil))
      }
    }
  }

  @Test("What is clipped around a world is the widest part that avoids the others")
  func clipped() {
    for range in WorldRangeTests.all {
      for other in WorldRangeTests.all {
        for world in worlds(range) {
          let found = range.clipped(around: WorldAge(world), avoiding: [other])
          #expect(worlds(found) == interval(around: world, in: worlds(range).subtracting(worlds(other))))
        }
      }
    }
  }

  @Test("The widest interval joins neighbours, in whatever order they come")
  func widest() {
    for first in WorldRangeTests.all {
      for second in WorldRangeTests.all {
        for third in [WorldRange.only(WorldAge(4)), .from(WorldAge(7))] {
          for world in 1...WorldRangeTests.bound + 1 {
            let found = WorldRange.widest(around: WorldAge(world), in: [first, second, third])
            let union = worlds(first).union(worlds(second)).union(worlds(third))
            #expect(worlds(found) == interval(around: world, in: union))
          }
        }
      }
    }
    #expect(WorldRange.widest(around: .first, in: []) == nil)
  }

  @Test("The parts outside others are the rest of the range, oldest first")
  func parts() {
    for range in WorldRangeTests.all {
      for other in WorldRangeTests.all {
        for third in [WorldRange.only(WorldAge(4)), .from(WorldAge(7))] {
          let parts = range.parts(outside: [other, third])
          let rest = worlds(range).subtracting(worlds(other)).subtracting(worlds(third))
          #expect(parts.reduce(into: Set()) { $0.formUnion(worlds($1)) } == rest)
          #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.max < $1.min })
        }
      }
    }
  }

  @Test("Open bounds survive arithmetic at the edge")
  func edges() {
    #expect(WorldRange.all.clipped(around: .open, avoiding: []) == .all)
    #expect(WorldRange.all.parts(outside: [.all]).isEmpty)
    #expect(WorldRange.widest(around: .open, in: [.all, .only(.first)]) == .all)
    #expect(WorldRange.from(.open).description == "∞...∞")
  }

  private func interval(around world: Int64, in worlds: Set<Int64>) -> Set<Int64> {
    guard worlds.contains(world) else { return [] }
    var (low, high) = (world, world)
    while worlds.contains(low - 1) { low -= 1 }
    while worlds.contains(high + 1) { high += 1 }
    return Set(low...high)
  }
}
