import Foundation
import Testing

@Suite("optimize")
struct OptimizeTests {
  @Test("The file gets smaller, and what it says stays as it was")
  func smaller() throws {
    let sample = try SampleStore(padding: 1_000)
    let before = try sample.run("dump", "--json").output
    let result = try sample.run("optimize", "--json").object()
    let (old, new) = (result["bytesBefore"] as? Int ?? 0, result["bytesAfter"] as? Int ?? 0)
    #expect(new < old)
    let attributes = try FileManager.default.attributesOfItem(atPath: sample.path)
    #expect((attributes[.size] as? Int ?? .max) <= new)
    #expect(try sample.run("verify").status == 0)
    func withoutStored(_ text: String) -> [Substring] { text.split(separator: "\n").filter { !$0.contains("tored") } }
    #expect(try withoutStored(sample.run("dump", "--json").output) == withoutStored(before))
  }

  @Test("A second run finds nothing to do")
  func again() throws {
    let sample = try SampleStore(padding: 200)
    _ = try sample.run("optimize")
    let result = try sample.run("optimize")
    #expect(result.status == 0)
    #expect(result.output.hasSuffix(": compressed 0 sources\n"))
  }

  @Test("Without a store it is trouble, and ends as every command does")
  func missing() throws {
    let result = try Command.run(["optimize", "--store", "/nowhere/store.sqlite"])
    #expect(try result.status == Command.run(["verify", "--store", "/nowhere/store.sqlite"]).status)
    #expect(result.error.hasPrefix("cachectl: "))
  }
}
