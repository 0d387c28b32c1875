import CacheIdentity
import Testing

@testable import SourceStore

@Suite("A tick among many rows closes and revives just those that it concerns (W3, W5, W6)")
struct ManyRowsTests {
  private static let names = (0..<300).map { "k\($0)" }

  /// What a key asks about: some answers are asked for by neighbours, some by few that lie far apart.
  private static func asked(_ number: Int) -> String {
    if number % 41 == 0 { return "rare" }
    return number % 5 == 0 ? "some" : "common"
  }

  /// A store with all keys, in two lineages.
  private func bench() throws -> Bench {
    let definitions = ["rare": "1", "some": "1", "common": "1"]
    let other = try Bench(SourceStore(.memory), lineage: "other", definitions)
    let bench = try Bench(other.store, definitions)
    for bench in [other, bench] {
      for (number, name) in ManyRowsTests.names.enumerated() {
        try bench.insert(bench.trace(name, asking: [ManyRowsTests.asked(number)], giving: "source of \(name)"))
      }
    }
    return bench
  }

  private func check(_ bench: Bench) throws {
    for (number, name) in ManyRowsTests.names.enumerated() {
      let holds = bench.definitions[ManyRowsTests.asked(number)] == "1"
      #expect(try bench.served(name) == (holds ? "source of \(name)" : nil))
    }
  }

  @Test("Whatever lies between what closes stays, with a long history, too")
  func amongNeighbours() throws {
    var bench = try bench()
    for round in 0..<12 {
      let subject = ["rare", "some", "common"][round % 3]
      let count = ManyRowsTests.names.indices.count { ManyRowsTests.asked($0) == subject }
      #expect(try bench.define([subject: "2"]).closed.count == count)
      try check(bench)
      #expect(try bench.define([subject: "1"]).revived == count)
      try check(bench)
    }
    try bench.define(["rare": "2", "common": "2"])
    try check(bench)
    try bench.verify()
    // A key in the other lineage was never closed.
    let other = try #require(try bench.store.lineage(named: "other"))
    #expect(try bench.store.lookup(Bench.key("k0"), lineage: other.id, world: .first) != nil)
  }

  @Test("C12: the log names each trace that closed, once")
  func longLog() throws {
    var bench = try bench()
    try bench.define(["some": "2", "common": "2"])
    let closed = ManyRowsTests.names.indices.filter { ManyRowsTests.asked($0) != "rare" }
    #expect(try bench.invalidations().count == closed.count)
    #expect(Set(try bench.invalidations()).count == closed.count)
    var logged: [Int] = []
    try bench.store.forEachWorld(lineage: "main", limit: 1) { logged.append($0.closed.count) }
    #expect(logged == [closed.count])
  }

  @Test("C12: traces that go leave the log, and the others stay in their order")
  func prunedLog() throws {
    var bench = try bench()
    try bench.define(["common": "2"])
    let before = try bench.invalidations()
    let gone = try bench.store.write { connection throws(StoreError) in
      let world = try connection.first("SELECT world FROM closing LIMIT 1") { $0.world(0) } ?? .first
      let rows = try connection.loggedClosings(in: WorldID(lineage: bench.lineage, world: world))
      // All of the first row, and two of the second.
      let gone = rows[0].traces + rows[1].traces[3...4]
      try connection.deleteClosings(of: Set(gone))
      return gone.count
    }
    let after = try bench.invalidations()
    let limit = LoggedClosings.limit
    #expect(gone == limit + 2)
    #expect(after == Array(before[limit..<limit + 3] + before[(limit + 5)...]))
  }
}
