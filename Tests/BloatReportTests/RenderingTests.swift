import Foundation
import Testing

@testable import BloatReport

@Suite("A report is rendered for people and programs")
struct RenderingTests {
  @Test("Tables fit the terminal, and nothing in them moves its cursor", arguments: [60, 80, 120])
  func width(columns: Int) {
    for seed in 0..<20 {
      let text = BloatReport(randomFile(seed), hitNanoseconds: 5_000).text(width: columns, limit: 5)
      for line in text.split(separator: "\n")
      where !line.hasPrefix("on disk") && !line.hasPrefix("sources") && !line.hasPrefix("saved") {
        #expect(line.count <= max(columns, 92), "\(line)")
      }
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 })
    }
  }

  @Test("A long name loses its middle")
  func fitted() {
    #expect(Readable.fitted("abcdefghij", width: 10) == "abcdefghij")
    #expect(Readable.fitted("abcdefghijk", width: 10) == "abcde…hijk")
  }

  @Test("JSON is what Foundation reads, and adds up", arguments: 0..<20)
  func json(seed: Int) throws {
    let report = BloatReport(randomFile(seed), hitNanoseconds: 5_000)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(report.json.pretty.utf8)) as? [String: Any])
    let groups = try #require(object["groups"] as? [String: [[String: Any]]])
    #expect(groups.count == BloatDimension.allCases.count)
    for list in groups.values {
      let sum = list.reduce(0) { $0 + ($1["diskBytes"] as? Int ?? 0) }
      #expect(Int64(sum) + report.fileBytes == report.bytes)
    }
  }

  @Test("CSV has one title, and a quoted field for each odd name")
  func csv() throws {
    let report = BloatReport(
      file([entry("odd \"name\",\n()")], [part("trace", [(10, [0])])]), hitNanoseconds: 0)
    let lines = report.csv.components(separatedBy: "\r\n")
    #expect(lines.first?.hasPrefix("dimension,name,entries,") == true)
    #expect(lines.contains { $0.hasPrefix("instance,\"odd \"\"name\"\",\n()\",1,1,100,100,60,10,0,10,0,") })
    #expect(lines.contains("part,trace,,,,,,10,0,10,,,"))
  }

  @Test("No name can leave the page's data, and the page loads nothing")
  func html() throws {
    let hostile = "</script><script>alert(1)</script><!-- {{script}} \u{2028} & \""
    let report = BloatReport(file([entry(hostile)], [part("trace", [(10, [0])])]), hitNanoseconds: 0)
    let page = report.html
    #expect(page.components(separatedBy: "</script>").count == 3)
    #expect(page.components(separatedBy: "<script").count == 3)
    #expect(!page.contains("alert(1)</script>"))
    #expect(!page.contains("<!--"))
    let pieces = page.components(separatedBy: "<script id=\"data\" type=\"application/json\">")
    let data = try #require(pieces.last?.components(separatedBy: "</script>").first)
    let object = try #require(JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])
    let largest = try #require(object["largest"] as? [[String: Any]])
    #expect(largest.first?["specialization"] as? String == hostile)
    #expect(object["tree"] != nil)
    for word in ["http:", "https:", "src=", "@import", "url(", "fetch(", "innerHTML"] {
      #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains(word), "\(word)")
    }
    #expect(page.contains("default-src 'none'"))
  }
}
