import CacheIdentity
import Testing

@testable import SourceStore

@Suite("W12: a damaged row is not served, and nothing is built on it")
struct DamagedRowsTests {
  /// Two keys, two owners, three worlds.
  private func bench() throws -> Bench {
    var bench = try Bench(["a": "1", "b": "1"])
    for (owner, text) in [(Owner.native, "native"), (Owner("overlay"), "overlay")] {
      try bench.insert(
        bench.trace("k", asking: ["a"], giving: "k \(text) 1", owner: owner),
        bench.trace("l", asking: ["b"], giving: "l \(text) 1", owner: owner))
    }
    try bench.define(["a": "2"])
    for (owner, text) in [(Owner.native, "native"), (Owner("overlay"), "overlay")] {
      try bench.insert(bench.trace("k", asking: ["a"], giving: "k \(text) 2", owner: owner))
    }
    return bench
  }

  private func damage(_ bench: Bench, _ sql: String) throws {
    try bench.store.withWriter { connection throws(StoreError) in
      try connection.executeScript("PRAGMA ignore_check_constraints = 1; " + sql)
    }
  }

  @Test(
    "Any column of a code instance that changes makes it an error or a miss",
    arguments: [
      "method = (SELECT id FROM stored_method m WHERE m.id <> code_instance.method)",
      "owner = owner + 5", "instance = 0", "lineage = 7",
      "min_world = min_world + 1", "last_world = NULL", "last_world = 5", "trace = trace + 1",
      "source = (SELECT id FROM source s WHERE s.id <> code_instance.source)", "source = NULL", "source = 99",
      "seal = seal + 1", "last_world = 0", "min_world = -5",
      "min_world = -9223372036854775808",
    ])
  func codeInstanceColumns(change: String) throws {
    let bench = try bench()
    func lookups() -> [String: String] {
      var found: [String: String] = [:]
      for name in ["k", "l"] {
        for owner in [Owner.native, Owner("overlay")] {
          for world in 1...3 {
            found["\(name) \(owner.name) \(world)"] = try? bench.served(name, owner: owner, at: WorldAge(Int64(world)))
          }
        }
      }
      return found
    }
    let expected = lookups()
    try damage(bench, "UPDATE OR IGNORE code_instance SET \(change) WHERE min_world = 1 AND owner = 1")
    for (place, text) in lookups() { #expect(expected[place] == text, "\(place)") }
    #expect(try !bench.store.verify().isEmpty)
  }

  @Test(
    "A source's digest, codec or bytes that change make it an error", arguments: ["digest = zeroblob(16)", "codec = 9"])
  func sourceColumns(change: String) throws {
    let bench = try bench()
    try damage(bench, "UPDATE source SET \(change) WHERE id = (SELECT source FROM trace WHERE id = 1)")
    #expect(throws: StoreError.self) { try bench.served("k", at: .first) }
    #expect(try bench.served("l") == "l native 1")
    #expect(try !bench.store.verify().isEmpty)
  }

  @Test("A generation over a damaged row takes away what was built from it, and is stored")
  func damagedGround() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(
      bench.trace("inner", asking: ["a"], giving: "i"), bench.trace("outer", inner: ["inner": "i"], giving: "o"))
    try damage(bench, "UPDATE code_instance SET seal = seal + 1 WHERE trace = 1")
    try bench.define(["b": "2"])
    try bench.insert(bench.trace("inner", asking: ["a"], giving: "i"))
    #expect(try bench.served("inner") == "i")
    #expect(try bench.served("outer") == nil)
    try bench.verify()
    try bench.define(["a": "2"])
    #expect(try bench.served("outer") == nil)
    try bench.verify()
  }

  @Test("A damaged row that a tick closes stays damaged; what was built from it closes too, and both revive")
  func damagedAtTick() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(
      bench.trace("inner", asking: ["a"], giving: "i"), bench.trace("outer", inner: ["inner": "i"], giving: "o"))
    try damage(bench, "UPDATE code_instance SET seal = seal + 1 WHERE trace = 1")
    #expect(try bench.define(["a": "2"]).closed.count == 2)
    #expect(throws: StoreError.self) { try bench.served("inner", at: .first) }
    #expect(try bench.store.verify().map(\.rule) == [.w12])
    try bench.define(["a": "1"])
    #expect(try bench.served("inner") == "i")
    #expect(try bench.served("outer") == "o")
  }

  @Test(
    "No column that changed in an open row is made good by closing it",
    arguments: [
      "min_world = 2", "min_world = 3", "min_world = 9", "trace = trace + 1", "source = NULL", "instance = 0",
      "source = (SELECT id FROM source s WHERE s.id <> code_instance.source)", "seal = seal + 1",
      "seal = seal + 4294967296", "seal = -seal", "lineage = 7", "owner = owner + 5",
    ])
  func damagedOpenColumns(change: String) throws {
    var bench = try bench()
    try damage(
      bench, "UPDATE OR IGNORE code_instance SET \(change) WHERE last_world IS NULL AND min_world = 1 AND owner = 1")
    try bench.define(["b": "2"])
    for world in 1...3 {
      #expect((try? bench.served("l", at: WorldAge(Int64(world)))) == nil, "in world \(world)")
    }
    #expect(try bench.served("l", owner: Owner("overlay"), at: .first) == "l overlay 1")
    #expect(try bench.served("l", owner: Owner("overlay")) == nil)
  }

  @Test("A source that is first asked for is not answered by a damaged row")
  func damagedPast() throws {
    let bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("inner", asking: ["a"], giving: "i"))
    try damage(bench, "UPDATE code_instance SET seal = seal + 1")
    let outer = bench.trace("outer", inner: ["inner": "i"], giving: "o")
    #expect(try bench.insert(outer) == [.refused(.unrecordedSource(Bench.source(of: "inner")))])
  }

  @Test(
    "A lineage whose head is not of its state is not attached to",
    arguments: [
      "head = 1", "head = 3", "head = 9223372036854775807", "state = zeroblob(16)", "oldest = 5",
    ])
  func damagedHead(change: String) throws {
    var bench = try bench()
    try damage(bench, "UPDATE lineage SET \(change)")
    let error = #expect(throws: StoreError.self) { try bench.attach() }
    #expect(error?.problem == .damaged)
    #expect(throws: StoreError.self) { try bench.define(["a": "9"]) }
    #expect(throws: StoreError.self) { try bench.stored(bench.trace("m", asking: ["a"], giving: "s")) }
    #expect(throws: StoreError.self) { try bench.store.lineages() }
    #expect(try bench.store.verify().contains { $0.rule == .w1 || $0.rule == .w12 })
  }
}
