import CacheIdentity
import Testing

@testable import SourceStore

@Suite("W6: each lookup is answered for its own key, lineage and world, whatever was looked up before")
struct LookupsTests {
  @Test(
    "Keys with many ranges, with one and with none, one after the other in any order, in a file and in memory",
    arguments: [true, false])
  func lookupsDoNotMix(isFile: Bool) throws {
    let directory = try TemporaryDirectory()
    var bench = try Bench(SourceStore(isFile ? .file(directory.file("store.wcache")) : .memory), ["a": "0", "b": "0"])
    // What is served of each key in each world, from the first one on.
    var served: [String: [WorldAge: String]] = ["many": [:], "one": [:], "late": [:], "none": [:]]
    var worlds: [WorldAge] = []
    try bench.insert(bench.trace("one", asking: ["b"], giving: "one"))
    for round in 0..<8 {
      // Not in each world, so that ranges have gaps between them.
      if round % 3 != 2 {
        try bench.insert(bench.trace("many", asking: ["a"], giving: "many\(round)"))
        served["many"]?[bench.world] = "many\(round)"
      }
      if round == 5 { try bench.insert(bench.trace("late", asking: ["a"], giving: "late")) }
      if round == 5 { served["late"]?[bench.world] = "late" }
      served["one"]?[bench.world] = "one"
      worlds.append(bench.world)
      try bench.define(["a": "\(round + 1)"])
    }
    let keys = served.keys.sorted()
    var state: UInt64 = 7
    for _ in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      let key = keys[Int(state >> 33) % keys.count]
      let world = worlds[Int(state >> 45) % worlds.count]
      #expect(try bench.served(key, at: world) == served[key]?[world], "\(key) at \(world)")
    }
    try bench.verify()
  }

  @Test("The newest range is found first: SQLite goes through a key's ranges backwards, as it is asked to")
  func newestComesFirst() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    _ = try SourceStore(.file(path))
    let connection = try Connection(path: path, access: .readOnly, busyTimeoutMilliseconds: 0)
    try connection.executeScript(RunningLookup.settings)
    _ = try connection.defineRequest()
    let plan = try connection.compile("EXPLAIN " + RunningLookup.sql)
    var operations: Set<String> = []
    while try plan.step() { operations.insert(plan.text(1)) }
    #expect(operations.contains("SeekLE") && operations.contains("Prev") && !operations.contains("Next"))
  }
}
