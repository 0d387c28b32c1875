import Foundation
import Testing

@testable import benchmarks

@Suite("Thresholds")
struct ThresholdTests {
  private let thresholds: Thresholds = [
    "a": ["speed": Bound(atLeast: 2), "size": Bound(atMost: 1.5)],
    "b": ["speed": Bound(atLeast: 1, atMost: 3)],
  ]

  @Test("A ratio meets its bound at the bound, and exceeds it beyond")
  func bounds() {
    let verdicts = judge(
      [
        Row(name: "a", ratios: [Ratio(name: "speed", value: 2), Ratio(name: "size", value: 1.51)]),
        Row(name: "b", ratios: [Ratio(name: "speed", value: 3)]),
      ], by: thresholds)
    #expect(verdicts.map(\.outcome) == [.met, .exceeded, .met])
    #expect(verdicts.map(\.isFailure) == [false, true, false])
  }

  @Test("A ratio that is no number meets nothing")
  func noNumber() {
    #expect(!Bound(atLeast: 1).contains(.nan))
    #expect(!Bound(atMost: 1).contains(.nan))
  }

  @Test("A threshold of something that was not measured fails; a ratio without a threshold does not")
  func missing() {
    let verdicts = judge([Row(name: "c", ratios: [Ratio(name: "speed", value: 9)])], by: thresholds)
    #expect(verdicts.map(\.outcome) == [.free, .notMeasured, .notMeasured, .notMeasured])
    #expect(verdicts.map(\.row) == ["c", "a", "a", "b"])
    #expect(verdicts.filter(\.isFailure).count == 3)
  }

  @Test("A bound holds for each variant of a row")
  func variants() {
    let rows = ["1", "2"].map { Row(name: "a", variant: $0, ratios: [Ratio(name: "speed", value: 1)]) }
    let verdicts = judge(rows, by: ["a": ["speed": Bound(atLeast: 2)]])
    #expect(verdicts.map(\.variant) == ["1", "2"])
    #expect(verdicts.map(\.outcome) == [.exceeded, .exceeded])
  }
}

@Suite("The thresholds of the repository")
struct RepositoryTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("Every threshold is one of a group that there is")
  func groups() throws {
    let file = try ThresholdFile(path: RepositoryTests.root.appendingPathComponent("thresholds.json").path)
    #expect(Set(file.groups.keys) == Set(Benchmarks.groups.map(\.name)))
  }

  @Test("What the command reports is measured, and every threshold of it is found there")
  func inference() throws {
    let file = try ThresholdFile(path: RepositoryTests.root.appendingPathComponent("thresholds.json").path)
    let examples = RepositoryTests.root.deletingLastPathComponent().appendingPathComponent("Examples")
    let report = try Cachectl.run(
      ["bench", "inference", "--json", "--samples", "1"]
        + ["sin", "findall"].map { examples.appendingPathComponent("\($0).ir").path },
      in: URL(fileURLWithPath: CommandLine.arguments[0]))
    let verdicts = judge(
      try InferenceReport(report).rows, by: try #require(file.groups["inference"]))
    #expect(verdicts.count == 4 * 8)
    #expect(verdicts.filter { $0.outcome == .met || $0.outcome == .exceeded }.count == 4 * 3)
    #expect(!verdicts.contains { $0.outcome == .notMeasured })
  }
}
