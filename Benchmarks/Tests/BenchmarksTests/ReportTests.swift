import Testing

@testable import benchmarks

@Suite("Reports")
struct ReportTests {
  private let rows = [
    Row(
      name: "hit", variant: "10 x 100 B",
      readings: [
        Reading(contender: "ours", median: 1234, p99: 2_345_678), Reading(contender: "theirs", median: 617),
      ], ratios: [Ratio(name: "ofTheirs", value: 2)])
  ]
  private let thresholds = ["hit": ["ofTheirs": Bound(atMost: 1.5)], "miss": ["ofTheirs": Bound(atMost: 1)]]

  @Test("A table has the contenders of each row, its ratios beside them, and what was not measured")
  func text() {
    let lines = table("speed", rows, judge(rows, by: thresholds)).split(separator: "\n").map(String.init)
    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix("SPEED"))
    #expect(lines[1].hasPrefix("hit, 10 x 100 B"))
    #expect(lines[1].hasSuffix("ofTheirs  2.000  at most 1.5  EXCEEDED"))
    #expect(lines[2].hasPrefix("  ours"))
    #expect(lines[2].hasSuffix("1.23 us  2.35 ms"))
    #expect(lines[4].hasPrefix("miss"))
    #expect(lines[4].hasSuffix("NOT MEASURED"))
    #expect(lines.allSatisfy { !$0.hasSuffix(" ") && $0.count <= 100 })
  }

  @Test("JSON says the same, with nanoseconds and outcomes")
  func json() throws {
    var report = JSONReport(scale: "quick", processors: 2)
    report.add("speed", rows, judge(rows, by: thresholds))
    let text = try report.text()
    #expect(text.contains(#""median" : 1234"#))
    #expect(text.contains(#""outcome" : "exceeded""#))
    #expect(text.contains(#""miss\/ofTheirs""#))
  }

  @Test(
    "A value has three digits and a unit",
    arguments: [
      (0.5, "0.50 ns"), (9.996, "10.0 ns"), (999.4, "999 ns"), (1000, "1.00 us"), (1_234_567, "1.23 ms"),
      (2e9, "2.00 s"),
    ])
  func units(value: Double, text: String) {
    #expect(Reading.Unit.nanoseconds.text(value) == text)
  }
}
