import CacheIdentity
import Foundation
import LoweredIR
import SourceStore
import Testing

@Suite("dump prints code instances")
struct DumpTests {
  @Test("A line for each code instance, under a title")
  func table() throws {
    let sample = try SampleStore()
    let result = try sample.run("dump")
    #expect(result.status == 0)
    #expect(result.error == "")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines.first?.hasPrefix("SPECIALIZATION") == true)
    #expect(lines.contains { $0.hasPrefix("inner(Float64)") && $0.contains("1...1") })
    #expect(lines.contains { $0.hasPrefix("declined(Float64)") && $0.contains("1...∞") })
  }

  @Test("Nothing of a store reaches the terminal as a control character")
  func controlCharacters() throws {
    let output = try SampleStore().run("dump").output
    #expect(output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 })
  }

  @Test("--json prints one valid array, whatever the names contain")
  func json() throws {
    let rows = try SampleStore().run("dump", "--json", "--edges", "--source").objects()
    #expect(rows.count == 4)
    let names = rows.compactMap { $0["specialization"] as? String }
    #expect(names.contains("odd \"name\",\n(Float64)"))
    let outer = try #require(rows.first { $0["specialization"] as? String == "outer(Float64)" })
    #expect(outer["minWorld"] as? Int == 1)
    #expect(outer["maxWorld"] as? Int == 1)
    #expect(outer["isOpen"] as? Bool == false)
    #expect((outer["edges"] as? [Any])?.count == 1)
    let declined = try #require(rows.first { $0["specialization"] as? String == "declined(Float64)" })
    #expect(declined["maxWorld"] is NSNull)
    #expect(declined["source"] is NSNull)
  }

  @Test("--format ndjson prints one object on each line")
  func lines() throws {
    let output = try SampleStore().run("dump", "--format", "ndjson").output
    let lines = output.split(separator: "\n")
    #expect(lines.count == 4)
    for line in lines { #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any]) }
  }

  @Test("--format csv quotes what must be quoted")
  func csv() throws {
    let output = try SampleStore().run("dump", "--format", "csv").output
    #expect(output.hasPrefix("specialization,key,owner,lineage,minWorld,maxWorld,"))
    #expect(output.contains("\r\n\"odd \"\"name\"\",\n(Float64)\","))
    #expect(output.contains("\r\ninner(Float64),"))
  }

  @Test("The IR of a stored source, parsed again, is the same source")
  func roundTrip() throws {
    let sample = try SampleStore()
    let output = try sample.run("dump", "--format", "ir", "--method", "inner").output
    #expect(output.hasPrefix("# inner(Float64) by sample@1 for native in main 1...1, trace 1\n"))
    let text = output.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("#") }
    #expect(try LoweredCode(text: text.joined(separator: "\n")) == sample.code)
  }

  @Test("A source that is no IR is printed in hexadecimal, and named in a listing")
  func otherCodec() throws {
    let sample = try SampleStore()
    let rows = try sample.run("dump", "--json", "--source", "--open").objects()
    let source = rows.compactMap { $0["source"] as? [String: Any] }.first
    #expect(source?["hexadecimal"] as? String == "ab")
    #expect(source?["codec"] as? String == "blob/7")
    #expect(try sample.run("dump", "--format", "ir", "--open").output.contains("# a source of the form blob/7\n"))
  }

  @Test(
    "Filters let pass what satisfies all of them",
    arguments: [
      (["--method", "inner"], 1), (["--method", "outer(Float64)"], 1), (["--generator", "sample"], 4),
      (["--generator", "sample@2"], 0), (["--owner", "native"], 4), (["--owner", "other"], 0),
      (["--lineage", "main"], 4),
      (["--at", "1"], 4), (["--world", "2"], 2), (["--closed"], 2), (["--open"], 2), (["--closed", "--at", "2"], 0),
    ])
  func filters(arguments: [String], count: Int) throws {
    let sample = try SampleStore()
    let result = try Command.run(["dump", "--json", "--store", sample.path] + arguments)
    #expect(try result.objects().count == count)
  }

  @Test(
    "Options that contradict each other are refused",
    arguments: [
      ["--closed", "--open"], ["--at", "0"], ["--json", "--format", "csv"], ["--edges", "--format", "csv"],
    ])
  func contradictions(arguments: [String]) throws {
    let sample = try SampleStore()
    let result = try Command.run(["dump", "--store", sample.path] + arguments)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(result.error.hasPrefix("Error: "))
  }

  @Test("A source whose bytes are not those of its digest ends the dump with an error")
  func damagedSource() throws {
    let sample = try SampleStore()
    try sample.execute("UPDATE source SET bytes = x'00'")
    let result = try sample.run("dump", "--source")
    #expect(result.status == 65)
    #expect(result.error.contains("is damaged"))
    #expect(result.error.contains("cachectl verify"))
  }
}
