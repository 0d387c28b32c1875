import CacheIdentity
import SourceStore
import Testing

@testable import BloatReport

@Suite("Advice draws the line where it leaves the most, and says nothing without data")
struct AdviceTests {
  private typealias Item = AdmissionChoice.Item

  /// The same by trying every line.
  private func bestByTrying(_ items: [Item], _ nanosecondsPerKiB: Int64) -> AdmissionChoice {
    func worth(above limit: Int64?) -> Int128 {
      items.filter { item in limit.map { item.generationNanoseconds > $0 } ?? true }.reduce(Int128(0)) {
        $0 + Int128($1.savedNanoseconds) * 1024 - Int128($1.bytes) * Int128(nanosecondsPerKiB)
      }
    }
    var best: Int64?
    for limit in Set(items.map(\.generationNanoseconds)).sorted() where worth(above: limit) > worth(above: best) {
      best = limit
    }
    var choice = AdmissionChoice([], nanosecondsPerKiB: 0)
    choice.limit = best
    choice.leftOut = items.count { item in best.map { item.generationNanoseconds <= $0 } ?? false }
    return choice
  }

  @Test("No other line leaves more, and no lower one as much", arguments: 0..<200)
  func exactness(seed: Int) {
    var random = Seeded(seed)
    let (times, bytes) = (Int64.random(in: 1...40, using: &random), Int64.random(in: 1...5_000, using: &random))
    let items = (0..<Int.random(in: 0...60, using: &random)).map { _ in
      let time = Int64.random(in: 0...times, using: &random) * 1_000
      let hits = Int64.random(in: 0...3, using: &random)
      return Item(
        generationNanoseconds: time, savedNanoseconds: (time - 5_000) * hits,
        bytes: Int64.random(in: 0...bytes, using: &random))
    }
    let price = Int64.random(in: 0...100_000, using: &random)
    #expect(AdmissionChoice(items, nanosecondsPerKiB: price) == bestByTrying(items, price))
  }

  @Test("Figures of a damaged store make no overflow")
  func extremes() {
    let items = [
      Item(generationNanoseconds: .max, savedNanoseconds: .max, bytes: .max),
      Item(generationNanoseconds: .min, savedNanoseconds: .min, bytes: .max),
    ]
    #expect(AdmissionChoice(items, nanosecondsPerKiB: .max).leftOut == 2)
    #expect(AdmissionChoice(items, nanosecondsPerKiB: 0).limit == .min)
  }

  /// A file with a row of 1 KiB for each of `entries`.
  private func advice(_ entries: [MeasuredEntry], worth: Int64 = 100_000) -> AdmissionAdvice {
    let rows = entries.indices.map { (bytes: Int64(1024), users: [$0]) }
    return AdmissionAdvice(file(entries, [part("trace", rows)]), hitNanoseconds: 5_000, nanosecondsPerKiB: worth)
  }

  private func entries(_ count: Int, by generator: String, cost: Int64, hits: Int64) -> [MeasuredEntry] {
    (0..<count).map { entry("\(generator)\(cost)(T\($0))", generator: generator, cost: cost, hits: hits) }
  }

  @Test("What saves more than its bytes are worth is kept, what saves less is dropped, and a line parts the two")
  func verdicts() throws {
    let advice = advice(
      entries(40, by: "slow", cost: 10_000_000, hits: 3) + entries(40, by: "fast", cost: 6_000, hits: 9)
        + entries(40, by: "mixed", cost: 20_000, hits: 2) + entries(40, by: "mixed", cost: 2_000_000, hits: 2))
    let byName = Dictionary(uniqueKeysWithValues: advice.generators.map { ($0.name, $0) })
    let (slow, fast, mixed) = (
      try #require(byName["slow"]), try #require(byName["fast"]), try #require(byName["mixed"])
    )
    #expect((slow.verdict, slow.policy, slow.freedBytes) == (.keep, nil, 0))
    #expect((fast.verdict, fast.policy) == (.drop, .never))
    #expect((fast.freedBytes, fast.leftOut.savedNanoseconds) == (40 * 1024, 40 * 9 * 1_000))
    #expect(mixed.verdict == .threshold(nanoseconds: 20_000))
    #expect(mixed.policy == .slowerThan(nanoseconds: 20_000))
    #expect((mixed.freedBytes, mixed.leftOut.entries) == (40 * 1024, 40))
    #expect(mixed.leftOut.savedNanoseconds == 40 * 2 * 15_000)
    #expect(mixed.medianNanoseconds == 20_000)
    #expect(advice.generators.first?.name == "mixed")
    #expect(advice.isChange)
  }

  @Test("Versions of a generator are judged together, for policies are by name")
  func versions() throws {
    var both = entries(40, by: "g", cost: 10_000_000, hits: 2)
    for index in 20..<40 { both[index].generator = GeneratorFingerprint(generator: "g", version: "2") }
    #expect(advice(both).generators.map(\.sizes.entries) == [40])
  }

  @Test("Few sources, or fewer hits than sources, are not enough data")
  func littleData() {
    #expect(advice(entries(29, by: "g", cost: 1_000, hits: 9)).generators.map(\.verdict) == [.fewSources])
    #expect(advice(entries(30, by: "g", cost: 1_000, hits: 9)).generators.map(\.verdict) == [.drop])
    #expect(advice(entries(300, by: "g", cost: 1_000, hits: 0)).generators.map(\.verdict) == [.fewHits])
    #expect(!advice(entries(300, by: "g", cost: 1_000, hits: 0)).isChange)
    #expect(advice([]).generators == [])
  }

  @Test("A line that would leave out less than a twentieth of a generator's bytes is not drawn")
  func smallGain() {
    let rest = entries(100, by: "g", cost: 10_000_000, hits: 2)
    #expect(advice(rest + entries(4, by: "g", cost: 1_000, hits: 0)).generators.map(\.verdict) == [.keep])
    #expect(
      advice(rest + entries(6, by: "g", cost: 1_000, hits: 0)).generators.map(\.verdict)
        == [.threshold(nanoseconds: 1_000)])
  }

  @Test("A row that something else uses is not freed")
  func sharedRows() throws {
    let all = entries(40, by: "fast", cost: 6_000, hits: 9) + entries(40, by: "slow", cost: 10_000_000, hits: 3)
    let own = all.indices.map { (bytes: Int64(1024), users: [$0]) }
    let shared = [(bytes: Int64(500), users: Array(all.indices)), (bytes: Int64(70), users: Array(0..<40))]
    let advice = AdmissionAdvice(
      file(all, [part("trace", own), part("answer", shared)]), hitNanoseconds: 5_000, nanosecondsPerKiB: 100_000)
    let fast = try #require(advice.generators.first { $0.name == "fast" })
    #expect(fast.freedBytes == 40 * 1024 + 70)
  }

  @Test("What is left out and what stays add up to the generator, in random files", arguments: 0..<60)
  func sums(seed: Int) {
    let measured = randomFile(seed, entries: 120)
    let advice = AdmissionAdvice(measured, hitNanoseconds: 5_000, nanosecondsPerKiB: 50_000_000)
    #expect(advice.generators.reduce(0) { $0 + $1.sizes.entries } == measured.entries.count)
    for generator in advice.generators {
      #expect(generator.leftOut.entries <= generator.sizes.entries)
      #expect(generator.leftOut.disk <= generator.sizes.disk)
      #expect((0...measured.bytes).contains(generator.freedBytes))
      let left = measured.entries.count {
        $0.generator.generator == generator.name && generator.verdict.leavesOut($0.generationNanoseconds)
      }
      #expect(left == generator.leftOut.entries)
    }
  }
}
