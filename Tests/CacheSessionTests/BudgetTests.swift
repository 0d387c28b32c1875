import CacheIdentity
import SourceStore
import Testing

@testable import CacheSession

@Suite("What sources take is held within budgets, and eviction only turns hits into misses (W12)")
struct BudgetTests {
  private static let room = 1024
  private static let sourceBytes: Int64 = 64

  private static func kitchen(_ count: Int, store: SourceStore?, _ change: (inout SessionOptions) -> Void) -> Kitchen {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: store, change)
    for number in 0..<count {
      kitchen.host.cook("f\(number)", text: { BudgetTests.text(number, $0.read("a")) })
    }
    return kitchen
  }

  private static func text(_ number: Int, _ a: String) -> String {
    let name = "f\(number)(\(a))"
    return name + String(repeating: ".", count: Int(sourceBytes) - 1 - name.utf8.count)
  }

  private static var budget: Int64 { Int64(room) * (sourceBytes + MemoryBudget.bytesPerEntry) }

  /// A store that has all of a kitchen's sources, so that each costs the same to get back, whatever the clock says.
  private static func fullStore(_ count: Int) throws -> SourceStore {
    let store = try SourceStore(.memory)
    let kitchen = BudgetTests.kitchen(count, store: store) { _ in }
    for number in 0..<count { _ = try kitchen.serve("f\(number)") }
    kitchen.session.close()
    return store
  }

  @Test("A loop over 1,342 sources with room for 1,024 does not thrash")
  func loop() throws {
    let store = try BudgetTests.fullStore(1342)
    let kitchen = BudgetTests.kitchen(1342, store: store) { $0.memoryBudget = BudgetTests.budget }
    for _ in 0..<5 {
      for number in 0..<1342 { #expect(try kitchen.serve("f\(number)") == BudgetTests.text(number, "1")) }
    }
    let counters = kitchen.session.counters
    #expect(counters.reusedFromStore + counters.reusedFromMemory == 5 * 1342)
    // LRU would serve none of them from memory, the optimum 1,023 a round but the first.
    #expect(counters.reusedFromMemory > 4 * 1023 / 3)
    #expect(counters.evictedFromMemory > 0)
    #expect((counters.generated, counters.closed, counters.ticks) == (0, 0, 0))
  }

  @Test("Memory is within its budget after each request, whatever the requests are")
  func withinBudget() throws {
    let kitchen = BudgetTests.kitchen(200, store: nil) { $0.memoryBudget = 20 * 320 }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let number = Int.random(in: 0..<200, using: &random)
      #expect(try kitchen.serve("f\(number)") == BudgetTests.text(number, "1"))
      #expect(kitchen.session.memory.budget?.used.load(ordering: .relaxed) ?? .max <= 20 * 320)
    }
    let held = kitchen.session.memory.table.nodes.reduce(0) { sum, node in sum + node.withLock { $0.bytes } }
    #expect(held == kitchen.session.memory.budget?.used.load(ordering: .relaxed))
  }

  @Test("A scan does not take the room of what is asked for again and again")
  func scan() throws {
    let store = try BudgetTests.fullStore(400)
    let kitchen = BudgetTests.kitchen(400, store: store) { $0.memoryBudget = 100 * 320 }
    for _ in 0..<20 { for number in 0..<50 { _ = try kitchen.serve("f\(number)") } }
    let before = kitchen.session.counters.reusedFromStore
    for number in 100..<400 {
      _ = try kitchen.serve("f\(number)")
      _ = try kitchen.serve("f\(number % 50)")
    }
    #expect(kitchen.session.counters.reusedFromStore - before == 300)
  }

  @Test("What was evicted from memory comes from the store, and its generator does not run")
  func fromStore() throws {
    let kitchen = BudgetTests.kitchen(50, store: try SourceStore(.memory)) { $0.memoryBudget = 10 * 320 }
    for number in 0..<50 { _ = try kitchen.serve("f\(number)") }
    kitchen.session.flush()
    for number in 0..<50 { #expect(try kitchen.serve("f\(number)") == BudgetTests.text(number, "1")) }
    let counters = kitchen.session.counters
    #expect(counters.generated == 50)
    #expect(counters.reusedFromStore > 0)
    kitchen.define(["a": "2"])
    for number in 0..<50 { #expect(try kitchen.serve("f\(number)") == BudgetTests.text(number, "2")) }
  }

  @Test("Hits of what was evicted are recorded all the same")
  func usesOfEvicted() throws {
    let store = try SourceStore(.memory)
    let kitchen = BudgetTests.kitchen(50, store: store) { $0.memoryBudget = 10 * 320 }
    for number in 0..<50 {
      _ = try kitchen.serve("f\(number)")
      kitchen.session.writes?.flush()
      for _ in 0..<3 { _ = try kitchen.serve("f\(number)") }
    }
    kitchen.session.flush()
    #expect(kitchen.session.counters.evictedFromMemory > 0)
    #expect(try store.statistics().hits == 150)
  }

  @Test("A store over its budget lets go of what saves least, closes nothing, and serves the rest")
  func storeBudget() throws {
    let store = try SourceStore(.memory)
    let budget: Int64 = 200_000
    let kitchen = BudgetTests.kitchen(3000, store: store) { $0.storeBudget = budget }
    for start in stride(from: 0, to: 3000, by: 500) {
      for number in start..<start + 500 { _ = try kitchen.serve("f\(number)") }
      kitchen.session.flush()
      #expect(try store.usedBytes <= budget)
    }
    let counters = kitchen.session.counters
    #expect(counters.evictedFromStore > 0)
    #expect((counters.closed, counters.storeTroubles) == (0, 0))
    let other = Kitchen(kitchen.host, store: store)
    for number in 0..<3000 { #expect(try other.serve("f\(number)") == BudgetTests.text(number, "1")) }
    #expect(other.session.counters.reusedFromStore > 0)
    #expect(other.session.counters.reusedFromStore + other.session.counters.generated == 3000)
    other.define(["a": "2"])
    #expect(try other.serve("f2999") == BudgetTests.text(2999, "2"))
  }
}
