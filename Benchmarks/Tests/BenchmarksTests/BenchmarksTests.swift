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
        Measurement(row: "a", ratio: "speed", value: 2), Measurement(row: "a", ratio: "size", value: 1.51),
        Measurement(row: "b", ratio: "speed", value: 3),
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
    let verdicts = judge([Measurement(row: "c", ratio: "speed", value: 9)], by: thresholds)
    #expect(verdicts.map(\.outcome) == [.free, .notMeasured, .notMeasured, .notMeasured])
    #expect(verdicts.map(\.row) == ["c", "a", "a", "b"])
    #expect(verdicts.filter(\.isFailure).count == 3)
  }

  @Test("A table has a line for each verdict, and says what failed")
  func text() {
    let lines = table("speed", judge([Measurement(row: "a", ratio: "speed", value: 1)], by: thresholds))
      .split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("SPEED  RATIO"))
    #expect(lines[1].hasSuffix("at least 2.0  EXCEEDED"))
    #expect(lines[2].hasSuffix("at most 1.5   NOT MEASURED"))
  }
}

@Suite("The thresholds of the repository")
struct RepositoryTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("Every threshold is one of a group that there is")
  func groups() throws {
    let file = try ThresholdFile(path: RepositoryTests.root.appendingPathComponent("thresholds.json").path)
    #expect(Set(file.groups.keys) == Set(BenchmarkGroup.all.map(\.name)))
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
      try InferenceReport(report).measurements, by: try #require(file.groups["inference"]))
    #expect(verdicts.count == 4 * 7)
    #expect(verdicts.filter { $0.outcome == .met || $0.outcome == .exceeded }.count == 4 * 3)
    #expect(!verdicts.contains { $0.outcome == .notMeasured })
  }
}
