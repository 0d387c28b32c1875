import Foundation
import SourceStore
import Testing

@Suite("report says what a store takes and saves")
struct ReportTests {
  @Test("Every page of the file is in one part, and rows are as large as SQLite says", arguments: [0, 3, 300])
  func reconciles(padding: Int) throws {
    let sample = try SampleStore(padding: padding)
    let measured = try SourceStore(.readOnlyFile(sample.path)).measurement()
    let size = try #require(FileManager.default.attributesOfItem(atPath: sample.path)[.size] as? Int64)
    #expect(measured.bytes == size)
    let regions = measured.parts.flatMap(\.regions)
    #expect(regions.reduce(0) { $0 + $1.bytes } == size)
    #expect(Set(regions.map(\.name)).count == regions.count)
    #expect(measured.entries.count == 4 + padding)
    for part in measured.parts {
      for region in part.regions {
        #expect(region.payload + region.unused + region.overhead == region.bytes)
        guard !region.weights.isEmpty else { continue }
        #expect(region.weights.count == part.users.count, "\(region.name)")
        // Indices over expressions are the only ones whose records the schema does not tell.
        if region.name == part.name { #expect(region.weights.reduce(0, +) == region.payload, "\(region.name)") }
      }
    }
  }

  @Test("A table of rows that traces need has users, and the whole file's tables have none")
  func users() throws {
    let sample = try SampleStore(padding: 2)
    let measured = try SourceStore(.readOnlyFile(sample.path)).measurement()
    func users(_ table: String) throws -> [[Int]] {
      let part = try #require(measured.parts.first { $0.name == table })
      return (0..<part.users.count).map { Array(part.users[$0]) }
    }
    #expect(try users("trace").allSatisfy { $0.count == 1 })
    #expect(try users("code_instance").allSatisfy { $0.count == 1 })
    #expect(try users("generator") == [Array(0..<6)])
    #expect(try users("owner") == [Array(0..<6)])
    for table in ["lineage", "world", "migration"] { #expect(try users(table).allSatisfy(\.isEmpty), "\(table)") }
    // `inner` and `outer` have the same source; `outer` rests on it too.
    #expect(try users("source").contains { $0.count == 2 })
    #expect(try users("answer").contains { $0.count == 1 })
  }

  @Test("The sums of --json reconcile with the file")
  func json() throws {
    let sample = try SampleStore(padding: 50)
    let report = try sample.run("report", "bloat", "--json").object()
    let size = try #require(FileManager.default.attributesOfItem(atPath: sample.path)[.size] as? Int)
    #expect(report["bytes"] as? Int == size)
    let entries = try #require(report["entries"] as? [String: Any])
    #expect((entries["diskBytes"] as? Int ?? 0) + (report["fileBytes"] as? Int ?? 0) == size)
    let parts = try #require(report["parts"] as? [[String: Any]])
    #expect(parts.reduce(0) { $0 + ($1["bytes"] as? Int ?? 0) } == size)
    let groups = try #require(report["groups"] as? [String: [[String: Any]]])
    #expect(groups["state"]?.compactMap { $0["name"] as? String }.sorted() == ["closed", "open"])
  }

  @Test("Text fits the terminal's columns, CSV and the page begin as they should")
  func formats() throws {
    let sample = try SampleStore()
    let text = try Command.run(
      ["report", "bloat", "--store", sample.path, "--limit", "3"], environment: ["COLUMNS": "90"])
    #expect(text.status == 0)
    #expect(text.output.contains("WHERE THE BYTES OF AN ENTRY GO"))
    #expect(text.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 })
    #expect(try sample.run("report", "bloat", "--csv").output.hasPrefix("dimension,name,"))
    #expect(try sample.run("report", "bloat", "--html").output.hasPrefix("<!DOCTYPE html>"))
    #expect(try sample.run("report", "bloat", "--html", "--json").status == 64)
    #expect(try sample.run("report", "bloat", "--limit", "0").status == 64)
  }

  @Test("--fail-above ends with 3 if the file takes more, and says what takes most")
  func failAbove() throws {
    let sample = try SampleStore()
    let large = try sample.run("report", "bloat", "--fail-above", "1K")
    #expect(large.status == 3)
    #expect(large.error.contains("more than the 1.0 KiB that are allowed"))
    #expect(large.error.contains("Main: inner(x)"))
    #expect(large.output.contains("BY GENERATOR"))
    #expect(try sample.run("report", "bloat", "--fail-above", "1G").status == 0)
  }

  @Test("--baseline ends with 3 if the file grew, by more than --fail-above if there is one, and says what grew")
  func baseline() throws {
    let (before, after) = (try SampleStore(), try SampleStore(padding: 300))
    let file = before.folder.appendingPathComponent("before.json")
    try before.run("report", "bloat", "--json").output.write(to: file, atomically: true, encoding: .utf8)
    #expect(try before.run("report", "bloat", "--baseline", file.path).status == 0)
    let grown = try after.run("report", "bloat", "--baseline", file.path)
    #expect(grown.status == 3)
    #expect(grown.error.contains("grew by"))
    #expect(grown.error.contains("Main: padding"))
    #expect(try after.run("report", "bloat", "--baseline", file.path, "--fail-above", "100M").status == 0)
    #expect(try after.run("report", "bloat", "--baseline", before.path).status == 65)
  }

  @Test("diff compares stores and kept reports, and its parts add up")
  func diff() throws {
    let (before, after) = (try SampleStore(), try SampleStore(padding: 100))
    let result = try Command.run(["report", "diff", before.path, after.path, "--json"])
    #expect(result.status == 0)
    let difference = try result.object()
    let growth = try #require(difference["growthBytes"] as? Int)
    #expect(growth > 0)
    let parts = try #require(difference["parts"] as? [[String: Any]])
    #expect(parts.reduce(0) { $0 + ($1["growth"] as? Int ?? 0) } == growth)
    let text = try Command.run(["report", "diff", before.path, after.path])
    #expect(text.output.contains("4 -> 104 entries"))
    #expect(try Command.run(["report", "diff", before.path, "/nowhere"]).status == 66)
  }

  @Test("An image is reported with its sections and the hits of a store, and compared with that store")
  func image() throws {
    let sample = try SampleStore(padding: 20)
    try sample.execute("INSERT INTO usage (trace, hits, last_used) SELECT id, 2, 0 FROM trace")
    let image = sample.folder.appendingPathComponent("sample.image").path
    #expect(try sample.run("image", "build", "--output", image).status == 0)
    let size = try #require(FileManager.default.attributesOfItem(atPath: image)[.size] as? Int)
    let report = try Command.run(["report", "bloat", image, "--hits-from", sample.path, "--json"]).object()
    #expect(report["kind"] as? String == "image")
    let entries = try #require(report["entries"] as? [String: Any])
    #expect((entries["diskBytes"] as? Int ?? 0) + (report["fileBytes"] as? Int ?? 0) == size)
    // What holds in world 2: `declined`, `odd` and the padding.
    #expect(entries["entries"] as? Int == 22)
    #expect(entries["hits"] as? Int == 44)
    let difference = try Command.run(["report", "diff", sample.path, image])
    #expect(difference.status == 0)
    #expect(difference.output.contains("24 -> 22 entries"))
    try Data("no file of ours".utf8).write(to: URL(fileURLWithPath: image))
    #expect(try Command.run(["report", "bloat", image]).status == 65)
  }

  @Test("--hit-time is what a hit costs")
  func hitTime() throws {
    let sample = try SampleStore()
    try sample.execute("INSERT INTO usage (trace, hits, last_used) VALUES (1, 10, 0)")
    func saved(_ time: String) throws -> Int? {
      let report = try sample.run("report", "bloat", "--json", "--hit-time", time).object()
      return (report["entries"] as? [String: Any])?["savedNanoseconds"] as? Int
    }
    #expect(try saved("0ns") == 25_000_000)
    #expect(try saved("0.5ms") == 20_000_000)
    #expect(try saved("3ms") == -5_000_000)
    #expect(try sample.run("report", "bloat", "--hit-time", "soon").status == 64)
  }

  @Test("stats --prometheus names each metric once, and escapes labels")
  func prometheus() throws {
    let sample = try SampleStore()
    try sample.execute("UPDATE generator SET name = 'a\"b\\c' || char(10) || 'd'")
    let output = try sample.run("stats", "--prometheus").output
    #expect(output.contains("worldcache_generator_traces{generator=\"a\\\"b\\\\c\\nd\",version=\"1\"} 4\n"))
    #expect(output.contains("worldcache_code_instances{state=\"closed\"} 2\n"))
    let types = output.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
    #expect(Set(types).count == types.count)
    for line in output.split(separator: "\n") where !line.hasPrefix("#") {
      #expect(Double(line.split(separator: " ").last ?? "") != nil, "\(line)")
    }
    #expect(try sample.run("stats", "--prometheus", "--json").status == 64)
  }
}
