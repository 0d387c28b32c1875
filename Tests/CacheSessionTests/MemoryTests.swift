import CacheIdentity
import Dispatch
import SourceCodec
import SourceStore
import Synchronization
import Testing

@testable import CacheSession

@Suite("Memory finds what holds in a world, and counts each hit")
struct MemoryTests {
  /// What a source is to memory.
  private final class Kept: KeptSource {
    let contentAddress: UInt = 0
    let key: SourceKey
    let name: Int
    init(_ key: SourceKey, _ name: Int) { (self.key, self.name) = (key, name) }
    func encoded() -> EncodedSource? { nil }
    var answer: Answer { .none }
    var directBasis: DirectBasis? { nil }
  }

  /// Memory as it would be written without a thought for speed.
  private struct Model {
    struct Entry {
      let kept: Kept
      let host: UInt64
      var range: ClosedRange<Int64>?
      var trace: Int64?
      var uses = 0
    }
    var entries: [Int: [Entry]] = [:]
    var newest: (host: UInt64, store: Int64)?
    var hits = 0

    static func meet(_ one: Entry, _ other: Entry) -> Bool {
      if one.host == other.host { return true }
      guard let range = one.range, let otherRange = other.range else { return false }
      return range.overlaps(otherRange)
    }

    mutating func add(_ entry: Entry, _ request: Int) {
      entries[request, default: []].removeAll { Model.meet($0, entry) }
      entries[request, default: []].append(entry)
      if entries[request, default: []].count > 8 { entries[request]?.removeFirst() }
    }

    mutating func find(_ request: Int, _ host: UInt64, _ store: Int64?) -> Int? {
      let world = newest.flatMap { $0.host == host ? $0.store : nil } ?? store
      let position = entries[request, default: []].lastIndex { entry in
        if entry.host == host { return true }
        guard let range = entry.range, let world else { return false }
        return range.contains(world)
      }
      guard let position else { return nil }
      hits += 1
      entries[request]?[position].uses += 1
      return entries[request]?[position].kept.name
    }

    mutating func close(_ request: Int, _ world: Int64) {
      for position in entries[request, default: []].indices {
        guard let range = entries[request]?[position].range, range.upperBound > world else { continue }
        entries[request]?[position].range =
          range.lowerBound <= world ? range.lowerBound...world : nil
      }
    }

    mutating func takeUses() -> [Int64: Int] {
      var uses: [Int64: Int] = [:]
      for (request, list) in entries {
        for position in list.indices {
          guard let trace = list[position].trace, list[position].uses > 0 else { continue }
          uses[trace, default: 0] += list[position].uses
          entries[request]?[position].uses = 0
        }
      }
      return uses
    }
  }

  private static func request(_ number: Int) -> RequestKey {
    // Few different words, so that requests stand in each other's way in the table.
    RequestKey(
      definition: Digest(high: UInt64(number), low: UInt64(number % 3)), instance: Digest(high: 0, low: UInt64(number)),
      owner: Digest(high: 0, low: 0), fingerprint: GeneratorFingerprint(generator: "g", version: "\(number % 2)"))
  }

  private static func key(_ number: Int) -> SourceKey {
    SourceKey(
      methodHash: Digest(high: 1, low: UInt64(number)), instance: request(number).instance,
      owner: request(number).owner)
  }

  @Test("W4, W6, A2: random histories end as in a memory that keeps lists", arguments: 0..<30)
  func histories(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let memory = MemoryTier()
    var model = Model()
    var (host, store) = (UInt64(1), Int64(1))
    memory.publish(HostWorld(host), WorldAge(store))
    model.newest = (host, store)
    let requests = seed % 2 == 0 ? 12 : 700
    for step in 0..<2000 {
      let number = random.below(requests)
      let (request, key) = (MemoryTests.request(number), MemoryTests.key(number))
      let world = max(1, host - min(host - 1, UInt64(random.below(4))))
      switch random.below(20) {
      case 0..<10:
        // The newest world's position in the store is known to memory; others are told.
        let position = Int64(world) + Int64(store) - Int64(host)
        let told = world == host ? nil : random.below(3) > 0 && position > 0 ? position : nil
        let found = memory.find(request).flatMap {
          memory.take($0, in: HostWorld(world), store: told.map { WorldAge($0) }) { ($0 as? Kept)?.name ?? -1 }
        }
        #expect(found == model.find(number, world, told))
      case 10..<14:
        let kept = Kept(key, step)
        memory.insert(request, generated: kept, in: HostWorld(world), nanosecondsAway: 0)
        model.add(Model.Entry(kept: kept, host: world), number)
        guard random.below(3) > 0 else { continue }
        let from = Int64(1 + random.below(Int(store)))
        memory.settle(request, kept, as: TraceID(Int64(step)), range: .from(WorldAge(from)))
        for position in model.entries[number, default: []].indices
        where model.entries[number]?[position].kept === kept {
          model.entries[number]?[position].range = from...Int64.max
          model.entries[number]?[position].trace = Int64(step)
        }
      case 14..<16:
        let kept = Kept(key, step)
        let epoch = memory.epoch - random.below(2)
        memory.insert(
          request, kept, as: TraceID(Int64(step)), range: .from(WorldAge(store)), in: HostWorld(world), asOf: epoch)
        model.add(
          Model.Entry(
            kept: kept, host: world, range: epoch == memory.epoch ? store...Int64.max : nil, trace: Int64(step), uses: 1
          ),
          number)
      case 16..<18:
        let closed = (0..<3).map { _ in random.below(requests) }
        memory.close(closed.map { MemoryTests.key($0) }, at: WorldAge(store))
        for request in closed { model.close(request, store) }
        (host, store) = (host + 1, store + 1)
        memory.publish(HostWorld(host), WorldAge(store))
        model.newest = (host, store)
      case 18:
        let uses = Dictionary(uniqueKeysWithValues: memory.takeUses().map { ($0.key.number, $0.value) })
        #expect(uses == model.takeUses())
      default:
        switch random.below(4) {
        case 0:
          memory.remove(request)
          model.entries[number] = nil
        case 1:
          memory.closeAll(at: WorldAge(store))
          for request in model.entries.keys { model.close(request, store) }
          (host, store) = (host + 1, store + 1)
          memory.publish(HostWorld(host), WorldAge(store))
          model.newest = (host, store)
        case 2 where random.below(4) == 0:
          memory.removeAll()
          model.entries = [:]
        default: break
        }
      }
      #expect(memory.hits == model.hits)
    }
  }

  @Test("W13: what many threads insert and read at the same time is there for each of them, and each hit is counted")
  func threads() {
    let memory = MemoryTier()
    // More than the first table has room for, several times over: it grows under those who read.
    let (count, rounds) = (5000, 4)
    let wrong = Counter()
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for step in 0..<count {
        // Half of the threads go the other way round.
        let number = thread % 2 == 0 ? step : count - 1 - step
        let request = MemoryTests.request(number)
        memory.insert(
          request, generated: Kept(MemoryTests.key(number), number), in: HostWorld(1), nanosecondsAway: 0)
        for _ in 0..<rounds {
          let found = memory.find(request).flatMap { memory.take($0, in: HostWorld(1)) { ($0 as? Kept)?.name ?? -1 } }
          if found != number { wrong.increment() }
        }
      }
    }
    #expect(wrong.value == 0)
    #expect(memory.hits == 8 * count * rounds)
  }

  @Test("A5: whoever reads while worlds are published never pairs one world with the place of another")
  func publishing() {
    let memory = MemoryTier()
    let wrong = Counter()
    let isDone = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      if thread == 0 {
        for world in 1..<20_000 { memory.publish(HostWorld(UInt64(world)), WorldAge(Int64(3 * world))) }
        isDone.store(true, ordering: .releasing)
        return
      }
      var world: UInt64 = 1
      while !isDone.load(ordering: .acquiring) {
        if let store = memory.newestStore(of: HostWorld(world)), store.number != Int64(3 * world) { wrong.increment() }
        world = world % 20_000 + 1
      }
    }
    #expect(wrong.value == 0)
  }

  @Test("W9: a prepared request that is used with several sessions gets of each its own source")
  func sessions() throws {
    let kitchens = (0..<3).map { number in
      let kitchen = Kitchen(ToyHost(["a": "\(number)"]), store: nil)
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      return kitchen
    }
    let request = PreparedRequest(for: ToyInstance(name: "f"), generator: kitchens[0].host.generator)
    for kitchen in kitchens {
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      for _ in 0..<3 { _ = try kitchen.serve("f") }
    }
    for _ in 0..<2 {
      for (number, kitchen) in kitchens.enumerated() {
        #expect(try kitchen.session.source(for: request)?.text == "f(\(number))")
      }
    }
    #expect(kitchens.map(\.session.counters.generated) == [1, 1, 1])
    #expect(kitchens.map(\.session.counters.reusedFromMemory) == [4, 4, 4])
  }
}
