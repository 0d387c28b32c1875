import CacheIdentity
import CacheSession
import Dispatch
import SourceStore
import Synchronization
import Testing

@Suite("Many processes attach to one new store at once")
struct ManyProcessesTests {
  private static let processes = 50

  /// Opens a store of its own and attaches in each of many threads; what they reported in the end.
  private static func attach(_ bindings: @escaping @Sendable (Int) -> [String: String]) throws -> [CacheEvent] {
    let place = TemporaryStore()
    let events = Mutex<[CacheEvent]>([])
    let failures = Counter()
    DispatchQueue.concurrentPerform(iterations: processes) { number in
      guard let store = try? place.open() else {
        failures.increment()
        return
      }
      let kitchen = Kitchen(ToyHost(bindings(number)), store: store)
      events.withLock { $0 += kitchen.takeEvents() }
    }
    #expect(failures.value == 0)
    #expect(try place.open().verify() == [])
    return events.withLock { $0 }
  }

  @Test("W1, G1: with equal states there is one tick and no failure")
  func equalStates() throws {
    let events = try ManyProcessesTests.attach { _ in ["a": "1"] }
    let ticked = CacheEvent.attached(world: .first, ticked: true, asked: 0, closed: 0, revived: 0)
    let found = CacheEvent.attached(world: .first, ticked: false, asked: 0, closed: 0, revived: 0)
    #expect(events.count { $0 == ticked } == 1)
    #expect(events.count { $0 == found } == ManyProcessesTests.processes - 1)
  }

  @Test("W1, G3: with different states each has a world of its own")
  func differentStates() throws {
    let events = try ManyProcessesTests.attach { ["a": "\($0)"] }
    let worlds = events.compactMap { event -> Int64? in
      if case .attached(let world, true, _, _, _) = event { world.number } else { nil }
    }
    #expect(worlds.sorted() == Array(1...Int64(ManyProcessesTests.processes)))
    #expect(events.count == ManyProcessesTests.processes)
  }
}
