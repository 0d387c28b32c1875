import CacheIdentity
import SourceStore
import Testing

@testable import CacheSession

@Suite("Host worlds are mapped to the store's worlds")
struct WorldMapTests {
  private func map(_ steps: [(UInt64, Int64)]) -> WorldMap {
    var map = WorldMap()
    map.lineage = LineageID(1)
    for (host, store) in steps { map.append(HostWorld(host), WorldAge(store)) }
    return map
  }

  @Test("A host world that the session was not told of is no world of the store, even between two that are")
  func exact() {
    let map = map([(5, 1), (7, 2), (9, 2)])
    #expect(
      [4, 5, 6, 7, 8, 9, 10].map { map.position(of: HostWorld($0))?.world.number } == [nil, 1, nil, 2, nil, 2, nil])
  }

  @Test("W3, B4: a declared range is never wider in the store's terms, and always holds the world asked for")
  func declared() {
    let map = map([(5, 3), (7, 4), (9, 4), (12, 8)])
    func range(_ low: UInt64, _ high: UInt64, around world: Int64) -> WorldRange {
      map.storeRange(of: HostWorld(low)...HostWorld(high), around: WorldAge(world))
    }
    #expect(map.storeRange(of: nil, around: WorldAge(4)) == .all)
    #expect(range(1, .max, around: 4) == .all)
    #expect(range(5, .max, around: 4) == .from(WorldAge(3)))
    #expect(range(6, 11, around: 4) == .only(WorldAge(4)))
    #expect(range(5, 8, around: 3) == .only(WorldAge(3)))
    #expect(range(8, 12, around: 8) == WorldRange(WorldAge(5), WorldAge(8)))
    #expect(range(1, 100, around: 8) == WorldRange(.first, WorldAge(8)))
    #expect(range(12, .max, around: 8) == .from(WorldAge(8)))
  }
}
