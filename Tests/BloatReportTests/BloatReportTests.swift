import SourceStore
import Testing

@testable import BloatReport

@Suite("A report says what entries cost and save")
struct BloatReportTests {
  @Test("A hit saves the generation's time less its own; a generator faster than a hit loses")
  func savings() {
    let measured = file(
      [entry("slow()", cost: 1_000, hits: 3), entry("fast()", cost: 10, hits: 2)],
      [part("trace", [(64, [0]), (64, [1])])])
    let report = BloatReport(measured, hitNanoseconds: 100)
    #expect(report.entries.savedNanoseconds == 3 * 900 - 2 * 90)
    #expect(report.entries.hits == 5)
  }

  @Test("Figures of a damaged store stop at the greatest number")
  func overflow() {
    let measured = file(
      [entry("a()", cost: .max, hits: .max), entry("b()", cost: .max, hits: .max)], [part("trace", [(1, [0, 1])])])
    #expect(BloatReport(measured, hitNanoseconds: 0).entries.savedNanoseconds == .max)
  }

  @Test("Equal sources count each time as generated, and once as encoded and compressed")
  func duplicates() {
    let measured = file(
      [entry("a()", content: 7), entry("b()", content: 7), entry("c()", content: 8), entry("d()", content: nil)],
      [part("source", [(60, [0, 1]), (60, [2])])])
    let report = BloatReport(measured, hitNanoseconds: 0)
    #expect(report.entries.generated == 300)
    #expect(report.entries.encoded == 200)
    #expect(report.entries.compressed == 120)
    #expect(report.duplicates.contents == 1)
    #expect(report.duplicates.sparedBytes == 100)
    #expect(report.duplicates.largest.first?.entries == 2)
    #expect(report.duplicates.largest.first?.example == "a()")
    #expect(report.declined == 1)
  }

  @Test("The largest entries come first, and those never hit are told apart")
  func lists() {
    let measured = file(
      [entry("small()", hits: 0), entry("large()", hits: 1), entry("middle()", hits: 0)],
      [part("trace", [(10, [0]), (1_000, [1]), (100, [2])])])
    let report = BloatReport(measured, hitNanoseconds: 0, limit: 2)
    #expect(report.largest.map(\.specialization) == ["large()", "middle()"])
    #expect(report.neverHit.map(\.specialization) == ["middle()", "small()"])
    #expect(report.entries.neverHit == 2)
  }

  @Test("A generator costs a file what nobody else uses, and saves milliseconds for each KiB of that")
  func benefit() {
    let measured = file(
      [entry("a()", generator: "x", cost: 2_000_000, hits: 4), entry("b()", generator: "y")],
      [part("source", [(2_048, [0]), (1_000, [0, 1])])])
    let report = BloatReport(measured, hitNanoseconds: 0)
    let x = report.generators.first { $0.name == "x@1" }
    #expect(x?.exclusiveBytes == 2_048)
    #expect(x?.savedMillisecondsPerKiB == 4)
    #expect(report.generators.first { $0.name == "y@1" }?.savedMillisecondsPerKiB == nil)
  }

  @Test("An entry of two lineages is split between them; ages and states have their names")
  func dimensions() {
    let measured = file(
      [
        entry("a()", ranges: [range("main", 1, 4), range("branch", 2, nil)], age: 3 * day),
        entry("b()", ranges: [range("main", 1, 4)], age: 800 * day), entry("c()", ranges: []),
      ], [part("trace", [(100, [0]), (10, [1]), (1, [2])])])
    let report = BloatReport(measured, hitNanoseconds: 0)
    func bytes(_ dimension: BloatDimension) -> [String: Int64] {
      Dictionary(uniqueKeysWithValues: (report.groups[dimension] ?? []).map { ($0.name, $0.sizes.disk) })
    }
    #expect(bytes(.lineage) == ["main": 60, "branch": 50, "none": 1])
    #expect(bytes(.state) == ["open": 100, "closed": 10, "without a range": 1])
    #expect(bytes(.age) == ["up to a week": 100, "over a year": 10, "up to a day": 1])
  }

  @Test("Growth counts an entry from its first world on, and as held while it holds")
  func growth() {
    let measured = file(
      [
        entry("a()", ranges: [range("main", 1, 2), range("main", 5, nil)], age: 10),
        entry("b()", ranges: [range("main", 3, nil)], age: 0),
      ], [part("trace", [(100, [0]), (10, [1])])])
    let growth = BloatReport(measured, hitNanoseconds: 0).growth
    #expect(growth.time.map(\.bytes) == [100, 110])
    #expect(growth.lineages.first?.worlds.map(\.world) == [1, 3, 5])
    #expect(growth.lineages.first?.worlds.map(\.bytes) == [100, 110, 110])
    #expect(growth.lineages.first?.worlds.map(\.held) == [100, 10, 110])
  }

  @Test("A curve has as many points as can be seen, and ends where it ends")
  func thinning() {
    let count = 5_000
    let measured = file(
      (0..<count).map { entry("f\($0)()", age: Int64(count - $0) * 1_000) },
      [part("trace", (0..<count).map { (1, [$0]) })])
    let points = BloatReport(measured, hitNanoseconds: 0).growth.time
    #expect(points.count <= BloatGrowth.resolution + 1)
    #expect(points.last?.bytes == Int64(count))
    #expect(points.map(\.bytes) == points.map(\.bytes).sorted())
  }

  @Test("What is too small to be seen is gathered in the tree")
  func gathering() {
    let measured = file(
      (0..<300).map { entry("f\($0)()") },
      [part("trace", (0..<300).map { (bytes: $0 == 0 ? 10_000_000 : 1, users: [$0]) })])
    let tree = BloatReport(measured, hitNanoseconds: 0).tree
    let methods = tree.children.first?.children.first?.children.map(\.name)
    #expect(methods == ["Main: f0(x)", "299 small ones"])
  }

  @Test("An empty file has a report")
  func empty() {
    let report = BloatReport(file([], [part("schema", [], structure: 4_096)]), hitNanoseconds: 0)
    #expect(report.fileBytes == 4_096)
    #expect(!report.text(width: 80, limit: 10).isEmpty)
    #expect(!report.html.isEmpty)
  }
}
