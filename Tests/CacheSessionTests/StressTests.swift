import CacheIdentity
import CacheSession
import Dispatch
import SourceStore
import Synchronization
import Testing

@Suite("Sessions with different states on one file, on several threads, while it is pruned")
struct StressTests {
  private static let bindings = ["a", "b", "c"]
  private static let dishes = 12

  /// A host in which dish `n` reads one or two bindings, and is built from smaller dishes.
  private static func host(_ values: [String: String]) -> ToyHost {
    let host = ToyHost(values)
    for number in 0..<dishes {
      host.cook(
        "\(number)",
        text: { cook in
          let value = cook.read(bindings[number % 3])
          // What it asks next hangs on what it was told.
          if value == "0" { return "\(number)=\(cook.read(bindings[(number + 1) % 3]))" }
          let inner = try [number / 2, number / 3].filter { $0 < number }.map { try cook.source("\($0)") }
          return "\(number)=\(value)(\(inner.joined(separator: ",")))"
        })
    }
    return host
  }

  /// What a dish must be where the bindings have these values.
  private static func expected(_ number: Int, _ value: (String) -> String) -> String {
    let own = value(bindings[number % 3])
    if own == "0" { return "\(number)=\(value(bindings[(number + 1) % 3]))" }
    let inner = [number / 2, number / 3].filter { $0 < number }.map { expected($0, value) }
    return "\(number)=\(own)(\(inner.joined(separator: ",")))"
  }

  @Test("W2 to W9, W12, A2, A5, C6, C7, G3: each source served is what its generator gives in the world asked for")
  func stress() throws {
    let place = TemporaryStore()
    var seeds = SplitMix(seed: 20_240_607)
    // Two with a file handle of their own, in one lineage, and a third that shares a handle, in another.
    let shared = try place.open()
    let kitchens = [(shared, "main"), (try place.open(), "main"), (shared, "branch")].enumerated().map {
      number, setting in
      let host = StressTests.host(["a": "\(number)", "b": "1", "c": "2"])
      return Kitchen(host, store: setting.0) { $0.lineage = setting.1 }
    }
    let jobs = kitchens.flatMap { kitchen in (0..<3).map { (kitchen, $0 == 0, seeds.next()) } }
    let wrong = Mutex<[String]>([])
    let failures = Counter()
    DispatchQueue.concurrentPerform(iterations: jobs.count + 1) { job in
      guard job < jobs.count else { return StressTests.prune(place, failures) }
      let (kitchen, defines, seed) = jobs[job]
      var random = SplitMix(seed: seed)
      for round in 0..<150 {
        if defines, round % 5 == 0 {
          let changed = StressTests.bindings[random.below(3)]
          kitchen.define([changed: "\(random.below(3))"])
        }
        // The newest world, or one before it, which the host may have left meanwhile.
        let newest = kitchen.host.world.number
        let world = HostWorld(max(1, newest - min(newest - 1, UInt64(random.below(4)))))
        let number = random.below(StressTests.dishes)
        let right = StressTests.expected(number) { kitchen.host.value(of: $0, in: world) ?? "undefined" }
        do {
          let found = try kitchen.serve("\(number)", at: world)
          if found != right { wrong.withLock { $0.append("\(found ?? "nothing") instead of \(right)") } }
        } catch { failures.increment() }
        if random.below(20) == 0 { kitchen.session.flush() }
      }
    }
    #expect(wrong.withLock { $0 } == [])
    #expect(failures.value == 0)
    for kitchen in kitchens {
      kitchen.session.close()
      let counters = kitchen.session.counters
      #expect(counters.storeTroubles == 0)
      #expect(counters.reusedFromMemory > 0 && counters.reusedFromStore > 0 && counters.stored > 0)
    }
    #expect(try place.open().verify() == [])
  }

  /// Another process that prunes, a little of everything.
  private static func prune(_ place: TemporaryStore, _ failures: Counter) {
    do {
      let store = try place.open()
      for round in 0..<12 {
        var policy = PrunePolicy()
        switch round % 4 {
        case 0: policy.closedOnly = true
        case 1: policy.keptWorlds = 6
        case 2: policy.unusedSince = .max
        default: policy.generatedBefore = .max
        }
        _ = try store.prune(policy)
      }
    } catch { failures.increment() }
  }
}

/// Numbers that are the same in each run.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
