import CacheIdentity
import Foundation
import SourceStore
import Testing

@Suite("log and why tell what happened")
struct HistoryTests {
  @Test("C12: log prints the newest world first, with victims in order of distance")
  func log() throws {
    let result = try SampleStore().run("log")
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.first?.hasPrefix("world 2 of main") == true)
    let inner = try #require(lines.firstIndex { $0.hasPrefix("1  inner(Float64)") })
    let outer = try #require(lines.firstIndex { $0.hasPrefix("2  outer(Float64)") })
    #expect(inner < outer)
    #expect(lines[inner].contains("sin(x::Float64) at trig.ir:1:1 -> sin(x::Float64) at trig.ir:2:1"))
  }

  @Test("log --json tells closings and revivals of each world")
  func logJSON() throws {
    let sample = try SampleStore()
    try sample.revert()
    let worlds = try sample.run("log", "--json").objects()
    #expect(worlds.compactMap { $0["world"] as? Int } == [3, 2, 1])
    #expect((worlds[0]["revived"] as? [[String: Any]])?.count == 2)
    #expect((worlds[1]["closed"] as? [[String: Any]])?.compactMap { $0["depth"] as? Int } == [1, 2])
    #expect(worlds[1]["cause"] as? String == "version 2")
    #expect((worlds[1]["process"] as? [String: Any])?["pid"] as? Int == Int(ProcessIdentity.current.pid))
  }

  @Test("log --limit prints no more worlds than that")
  func limit() throws {
    #expect(try SampleStore().run("log", "--limit", "1", "--json").objects().count == 1)
    #expect(try SampleStore().run("log", "--limit", "0", "--json").objects().isEmpty)
    #expect(try SampleStore().run("log", "--limit", "-1").status == 64)
  }

  @Test("why explains a closing down to the definition that changed")
  func closed() throws {
    let sample = try SampleStore()
    let explanation = try #require(try sample.run("why", "outer", "--json").objects().first)
    #expect(explanation["verdict"] as? String == "closed")
    let cause = try #require(explanation["cause"] as? [String: Any])
    let chain = try #require(cause["chain"] as? [[String: Any]])
    #expect(
      chain.compactMap { ($0["victim"] as? [String: Any])?["specialization"] as? String }
        == ["outer(Float64)", "inner(Float64)"])
    #expect((chain.last?["new"] as? [String: Any])?["subject"] as? String == "sin(x::Float64) at trig.ir:2:1")
    let text = try sample.run("why", "outer(Float64)").output
    #expect(text.hasPrefix("outer(Float64) by sample for native in main, world 2: closed\n"))
    #expect(text.contains("closed by world 2"))
    #expect(text.contains("nearest is trace 2: 1 of 1 answer differs"))
  }

  @Test("why explains a hit, and takes a key as dump prints it")
  func hit() throws {
    let sample = try SampleStore()
    try sample.revert()
    let key = try #require(
      try sample.run("dump", "--method", "inner", "--open").output.split(separator: "\n").last?
        .split(separator: " ").last)
    let explanations = try sample.run("why", String(key), "--json").objects()
    #expect(explanations.count == 1)
    #expect(explanations.first?["specialization"] as? String == "inner(Float64)")
    #expect(explanations.first?["verdict"] as? String == "hit")
    #expect((explanations.first?["served"] as? [String: Any])?["isRevived"] as? Bool == true)
  }

  @Test("why says so, and exits with 1, if nothing has that name")
  func unknown() throws {
    let result = try SampleStore().run("why", "nothing", "--json")
    #expect(result.status == 1)
    #expect(try result.objects().isEmpty)
    #expect(result.error.contains("is called nothing"))
  }
}
