import Foundation
import SourceStore
import Testing

@Suite("verify checks every rule")
struct VerifyTests {
  @Test("A whole store passes")
  func whole() throws {
    let sample = try SampleStore()
    let result = try sample.run("verify")
    #expect(result.status == 0)
    #expect(result.output == "\(sample.path) keeps every rule\n")
    #expect(try sample.run("verify", "--json").object()["isWhole"] as? Bool == true)
  }

  @Test("A store is whole after every kind of pruning")
  func afterPruning() throws {
    for policy in [["--closed"], ["--older-than", "1d"], ["--max-size", "200K"], ["--keep-worlds", "1"]] {
      let sample = try SampleStore(padding: 500)
      #expect(try Command.run(["prune", "--store", sample.path] + policy).status == 0)
      let result = try sample.run("verify")
      #expect(result.status == 0, "\(policy): \(result.output)")
    }
  }

  @Test("A violation is printed with its rule's number, and ends with 1")
  func broken() throws {
    let sample = try SampleStore()
    try sample.execute("UPDATE code_instance SET last_world = NULL")
    let result = try sample.run("verify")
    #expect(result.status == 1)
    #expect(result.output.contains("W3: code_instance"))
    #expect(result.error.contains(" violations"))
    let report = try sample.run("verify", "--json").object()
    #expect(report["isWhole"] as? Bool == false)
    let violations = try #require(report["violations"] as? [[String: Any]])
    #expect(violations.contains { $0["rule"] as? String == "W3" && $0["table"] as? String == "code_instance" })
  }

  @Test("--limit ends the search early, and says so")
  func limit() throws {
    let sample = try SampleStore()
    try sample.execute("UPDATE code_instance SET seal = 0")
    let result = try sample.run("verify", "--limit", "1")
    #expect(result.status == 1)
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(result.error.contains("at least 1 violation"))
    #expect(try sample.run("verify", "--limit", "0").status == 64)
  }
}
