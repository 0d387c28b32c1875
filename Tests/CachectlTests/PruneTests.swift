import Foundation
import SourceStore
import Testing

@Suite("prune and stats")
struct PruneTests {
  @Test("stats counts rows, sizes and generators")
  func stats() throws {
    let sample = try SampleStore()
    let statistics = try sample.run("stats", "--json").object()
    #expect(statistics["openInstances"] as? Int == 2)
    #expect(statistics["closedInstances"] as? Int == 2)
    #expect(statistics["declined"] as? Int == 1)
    #expect((statistics["generators"] as? [[String: Any]])?.first?["traces"] as? Int == 4)
    #expect(((statistics["fileBytes"] as? Int) ?? 0) > 0)
    #expect(try sample.run("stats").output.contains("instances   2 open, 2 closed\n"))
  }

  @Test("A dry run says what would go, and leaves all of it")
  func dryRun() throws {
    let sample = try SampleStore()
    let preview = try sample.run("prune", "--closed", "--dry-run", "--json").object()
    #expect(preview["isDryRun"] as? Bool == true)
    #expect(preview["closedInstances"] as? Int == 2)
    #expect(try sample.run("prune", "--closed", "-n").output.hasPrefix("would free about "))
    #expect(try sample.run("stats", "--json").object()["closedInstances"] as? Int == 2)
  }

  @Test("prune says what went, and the file gets smaller")
  func closed() throws {
    let sample = try SampleStore(padding: 2_000)
    let result = try sample.run("prune", "--older-than", "1d", "--json").object()
    #expect(result["traces"] as? Int == 2_004)
    let (before, after) = (result["bytesBefore"] as? Int ?? 0, result["bytesAfter"] as? Int ?? 0)
    #expect(after < before / 2)
    let attributes = try FileManager.default.attributesOfItem(atPath: sample.path)
    #expect((attributes[.size] as? Int ?? .max) <= after)
    #expect(try sample.run("dump", "--json").objects().isEmpty)
  }

  @Test("--max-size leaves a file of at most that size")
  func maxSize() throws {
    let sample = try SampleStore(padding: 3_000)
    let result = try sample.run("prune", "--max-size", "500K", "--json").object()
    let after = result["bytesAfter"] as? Int ?? .max
    #expect(after <= 500 * 1024)
    #expect(after > 250 * 1024)
  }

  @Test("--keep-worlds trims the log")
  func keepWorlds() throws {
    let sample = try SampleStore()
    #expect(try sample.run("prune", "--keep-worlds", "1", "--json").object()["worlds"] as? Int == 1)
    #expect(try sample.run("log", "--json").objects().compactMap { $0["world"] as? Int } == [2])
  }

  @Test("Nothing to remove is no error")
  func nothing() throws {
    let result = try SampleStore().run("prune", "--generator", "nobody")
    #expect(result.status == 0)
    #expect(result.output.contains("nothing to remove"))
  }

  @Test(
    "What cannot be meant is refused",
    arguments: [
      [], ["--older-than", "soon"], ["--unused-for", "30"], ["--older-than", "99999999999999999999d"],
      ["--older-than", "9999999999999999w"], ["--max-size", "big"], ["--max-size", "9999999999T"],
      ["--keep-worlds", "0"],
      ["--keep-worlds", "x"],
    ])
  func refused(arguments: [String]) throws {
    let sample = try SampleStore()
    let result = try Command.run(["prune", "--store", sample.path] + arguments)
    #expect(result.status == 64)
    #expect(result.error.hasPrefix("Error: "))
  }

  @Test("Ages and sizes are read with their units", arguments: ["90s", "45m", "12h", "30d", "2w", "1d12h"])
  func ages(age: String) throws {
    #expect(try SampleStore().run("prune", "--older-than", age, "--dry-run").status == 0)
  }

  @Test("Sizes are read with their units", arguments: ["0", "100B", "512K", "1.5GiB", "10MB", "2T"])
  func sizes(size: String) throws {
    #expect(try SampleStore().run("prune", "--max-size", size, "--dry-run").status == 0)
  }
}
