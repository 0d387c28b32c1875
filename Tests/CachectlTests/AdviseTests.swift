import CacheIdentity
import SourceStore
import Testing

@Suite("advise says which generators' sources are worth their bytes")
struct AdviseTests {
  /// A store with enough sources, each hit as often as is said.
  private func sample(hits: Int) throws -> SampleStore {
    let sample = try SampleStore(padding: 40)
    try sample.execute("INSERT INTO usage (trace, hits, last_used) SELECT id, \(hits), 1 FROM trace")
    return sample
  }

  @Test("In the three forms it says the same, with what would change")
  func forms() throws {
    let sample = try sample(hits: 2)
    let kept = try sample.run("advise", "--json").object()
    let generator = try #require((kept["generators"] as? [[String: Any]])?.first)
    #expect(generator["name"] as? String == "sample")
    #expect(generator["verdict"] as? String == "keep")
    #expect(generator["freedBytes"] as? Int == 0)

    let dropped = try sample.run("advise", "--json", "--worth", "1000s").object()
    let other = try #require((dropped["generators"] as? [[String: Any]])?.first)
    #expect(other["verdict"] as? String == "drop")
    #expect((other["freedBytes"] as? Int ?? 0) > 10_000)
    #expect(other["lostNanoseconds"] as? Int == 44 * 2 * (2_500_000 - 5_000))

    let csv = try sample.run("advise", "--csv", "--worth", "1000s").output
    #expect(csv.hasPrefix("generator,verdict,"))
    #expect(csv.contains("\r\nsample,drop,,44,0,"))
    let text = try sample.run("advise", "--worth", "1000s").output
    #expect(text.contains("44 of 44"))
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 })
  }

  @Test("What is left out is what the pruning takes that it names, and about as many bytes")
  func pruning() throws {
    let sample = try sample(hits: 2)
    try sample.execute("UPDATE trace SET generation_ns = 6000 + id WHERE id % 2 = 0")
    let advice = try sample.run("advise", "--json").object()
    let generator = try #require((advice["generators"] as? [[String: Any]])?.first)
    #expect(generator["verdict"] as? String == "threshold")
    let limit = try #require(generator["thresholdNanoseconds"] as? Int)
    let leftOut = try #require((generator["leftOut"] as? [String: Any])?["entries"] as? Int)
    #expect(leftOut == 22)
    let options = "--generator 'sample' --generated-within \(limit)ns"
    #expect(try sample.run("advise").output.contains("  cachectl prune \(options)\n"))
    let pruned = try sample.run(
      "prune", "--generator", "sample", "--generated-within", "\(limit)ns", "--json"
    ).object()
    // `inner` stays without its bytes if `outer` does, which was built from it.
    #expect((pruned["traces"] as? Int ?? 0) + (pruned["strippedSources"] as? Int ?? 0) == leftOut)
    #expect(try sample.run("advise", "--json").output.contains("\"notEnoughData\""))
    #expect(try sample.run("prune", "--generated-within", "x").status == 64)
  }

  @Test("A store that nobody came back to, or that is small, gives no advice")
  func littleData() throws {
    #expect(try sample(hits: 0).run("advise").output.contains("too few hits"))
    #expect(try SampleStore().run("advise").output.contains("fewer than 30 sources"))
  }

  @Test("--exit-code ends with 1 if something should change")
  func exitCode() throws {
    let sample = try sample(hits: 2)
    #expect(try sample.run("advise", "--exit-code").status == 0)
    #expect(try sample.run("advise", "--exit-code", "--worth", "1000s").status == 1)
    #expect(try sample.run("advise", "--json", "--csv").status == 64)
    #expect(try Command.run(["advise", "--store", sample.path + ".none"]).status == 66)
  }

  @Test("--apply writes policies that the next run goes by, advise shows them, and --forget takes them away")
  func apply() throws {
    let sample = try sample(hits: 2)
    #expect(try sample.run("advise", "--apply", "--worth", "1000s").status == 0)
    let store = try SourceStore(.readOnlyFile(sample.path))
    #expect(try store.admissionPolicies() == ["sample": .never])
    #expect(try sample.run("advise").output.contains("in force    sample: none"))
    // What is worth keeping needs no row.
    #expect(try sample.run("advise", "--apply").status == 0)
    #expect(try store.admissionPolicies() == [:])
    #expect(try sample.run("advise", "--apply", "--worth", "1000s").status == 0)
    #expect(try sample.run("advise", "--forget").status == 0)
    #expect(try store.admissionPolicies() == [:])
    #expect(try sample.run("advise", "--forget", "--apply").status == 64)

    let program = try Program()
    #expect(try program.run().status == 0)
    try SourceStore(.existingFile(program.store)).setAdmission(["staged": .never, "overlay": .never])
    let other = Program.text.replacing("total = 0", with: "total = 1")
    let run = try program.run(other, "--json").object()
    #expect((run["excluded"] as? Int ?? 0) > 0)
    #expect(run["stored"] as? Int == 0)
  }

  @Test("run --admit keeps what was fast out of the store, by the generator's name")
  func admit() throws {
    let text = """
      +(x::Int64, y::Int64) = add_int(x, y)
      cached generated function f(x)
        return :(x + 1)
      end
      main() = f(1) + f(2)
      """
    func run(_ policy: String) throws -> [String: Any] {
      try Program().run(text, "--json", "--admit", "staged=\(policy)").object()
    }
    #expect(try run("always")["stored"] as? Int == 1)
    let never = try run("never")
    #expect((never["stored"] as? Int, never["excluded"] as? Int) == (0, 1))
    let slow = try run("1000s")
    #expect((slow["stored"] as? Int, slow["tooFast"] as? Int) == (0, 1))
    #expect(try Program().run(text, "--admit", "staged=sometimes").status == 64)
    #expect(try Program().run(text, "--admit", "=never").status == 64)
  }
}
