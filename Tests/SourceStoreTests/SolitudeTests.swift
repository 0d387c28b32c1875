import Testing

@testable import SourceStore

@Suite("A new store holds nothing but what was put there, until somebody else comes")
struct SolitudeTests {
  @Test("Batches of one's own leave it so; a tick ends it, for old sources may revive")
  func ownWork() throws {
    var bench = try Bench(["a": "1"])
    #expect(bench.store.holdsOnlyOwn)
    for key in ["f", "g"] { try bench.insert(bench.trace(key, asking: ["a"], giving: key)) }
    #expect(bench.store.holdsOnlyOwn)
    try bench.define(["a": "2"])
    #expect(!bench.store.holdsOnlyOwn)
  }

  @Test("Not so a store that had sources when it was opened, in whichever lineage", arguments: ["main", "other"])
  func oldSources(lineage: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    let first = try Bench(SourceStore(.file(path)), ["a": "1"])
    try first.insert(first.trace("f", asking: ["a"], giving: "f"))
    #expect(try !Bench(SourceStore(.file(path)), lineage: lineage, ["a": "1"]).store.holdsOnlyOwn)
  }

  @Test("A second session over the same store ends it")
  func secondSession() throws {
    let bench = try Bench(["a": "1"])
    let second = try Bench(bench.store, lineage: "other", ["a": "1"])
    #expect(!second.store.holdsOnlyOwn)
  }

  @Test("What another process has committed ends it with the next batch")
  func anotherProcess() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    let bench = try Bench(SourceStore(.file(path)), ["a": "1"])
    let other = try Bench(SourceStore(.file(path)), ["a": "1"])
    #expect(bench.store.holdsOnlyOwn)
    #expect(!other.store.holdsOnlyOwn)
    try other.insert(other.trace("f", asking: ["a"], giving: "f"))
    try bench.insert(bench.trace("g", asking: ["a"], giving: "g"))
    #expect(!bench.store.holdsOnlyOwn)
    #expect(try bench.served("f") == "f")
  }
}
