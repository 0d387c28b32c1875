import Testing

@testable import BloatReport

@Suite("Two reports are compared")
struct DifferenceTests {
  @Test("A report that was kept as JSON compares as the report itself", arguments: 0..<40)
  func roundTrip(seed: Int) throws {
    let report = BloatReport(randomFile(seed), hitNanoseconds: 5_000)
    let (kept, fresh) = (try BloatSummary(json: report.json.pretty), BloatSummary(report))
    #expect(kept.groups == fresh.groups)
    #expect(kept.parts == fresh.parts)
    let difference = BloatDifference(from: kept, to: fresh)
    #expect(difference.growth == 0)
    #expect(difference.parts.isEmpty)
    #expect(difference.groups.values.allSatisfy { $0.isEmpty })
  }

  @Test("What each dimension's groups grew, and the file's own bytes, add up to what the file grew", arguments: 0..<40)
  func sums(seed: Int) {
    let before = BloatSummary(BloatReport(randomFile(seed), hitNanoseconds: 0))
    let after = BloatSummary(BloatReport(randomFile(seed + 1_000), hitNanoseconds: 0))
    let difference = BloatDifference(from: before, to: after)
    for dimension in BloatDimension.allCases {
      let sum = (difference.groups[dimension] ?? []).reduce(0) { $0 + $1.growth }
      #expect(sum + after.fileBytes - before.fileBytes == difference.growth)
    }
    #expect(difference.parts.reduce(0) { $0 + $1.growth } == difference.growth)
  }

  @Test("What grew most comes first, what shrank most last; what came and went is there")
  func order() {
    let before = BloatReport(
      file([entry("same()"), entry("gone()")], [part("trace", [(10, [0]), (70, [1])])]), hitNanoseconds: 0)
    let after = BloatReport(
      file([entry("same()"), entry("new()"), entry("big()")], [part("trace", [(10, [0]), (5, [1]), (500, [2])])]),
      hitNanoseconds: 0)
    let difference = BloatDifference(from: BloatSummary(before), to: BloatSummary(after))
    let instances = difference.groups[.instance] ?? []
    #expect(instances.map(\.name) == ["big()", "new()", "gone()"])
    #expect(instances.map(\.growth) == [500, 5, -70])
    #expect(difference.text(width: 80, limit: 10).contains("growth      +435 B; 2 -> 3 entries"))
  }

  @Test(
    "What is no report is refused",
    arguments: [
      "", "{", "[]", "{\"report\":\"bloat\"}", "{\"report\":\"other\",\"version\":1}", "nonsense",
      "{\"report\":\"bloat\",\"version\":2}", "{\"report\":\"bloat\",\"version\":1,\"bytes\":\"many\"}",
    ])
  func refusals(text: String) {
    #expect(throws: BloatSummary.Failure.self) { try BloatSummary(json: text) }
  }

  @Test("A report whose numbers are absurd compares without an end of the program")
  func absurd() throws {
    let json = BloatReport(file([entry("a()")], [part("trace", [(10, [0])])]), hitNanoseconds: 0).json.compact
    let (most, least) = (
      try BloatSummary(json: json.replacing(":10,", with: ":9223372036854775807,")),
      try BloatSummary(json: json.replacing(":10,", with: ":-9223372036854775808,"))
    )
    #expect(BloatDifference(from: least, to: most).growth == .max)
    #expect(!BloatDifference(from: most, to: least).text(width: 80, limit: 3).isEmpty)
  }
}
