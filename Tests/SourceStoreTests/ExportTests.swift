import CacheIdentity
import SourceCodec
import Testing

@testable import SourceStore

@Suite("What a lineage serves in a world can be taken out whole, and put into another store as it was")
struct ExportTests {
  private func exported(_ bench: Bench, at world: WorldAge? = nil, where filter: InstanceFilter = InstanceFilter())
    throws -> [NewTrace]
  {
    var traces: [NewTrace] = []
    let count = try bench.store.exportTraces(lineage: bench.lineage, at: world ?? bench.world, where: filter) {
      traces.append($0)
    }
    #expect(count == traces.count)
    return traces
  }

  /// `k` and `outer`, built from it, read a; `l` reads b, `none` declined, `bounded` has a declared end.
  private func bench() throws -> Bench {
    let bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(
      bench.trace("outer", asking: ["b", "a"], inner: ["k": "k1"], giving: "o1"),
      bench.trace("k", asking: ["a"], giving: "k1"), bench.trace("l", asking: ["b"], giving: "same"),
      bench.trace("m", asking: ["b"], giving: "same", owner: Owner("overlay")),
      bench.trace("none", asking: ["b"], giving: nil),
      bench.trace("bounded", asking: ["b"], giving: "x", declared: WorldRange(.first, WorldAge(9)) ?? .all))
    return bench
  }

  @Test("Every trace comes as it was recorded, edges in order, bounded ones left out")
  func everything() throws {
    let traces = try exported(bench())
    #expect(
      traces.map(\.specialization).sorted() == ["k(Int64)", "l(Int64)", "m(Int64)", "none(Int64)", "outer(Int64)"])
    let bench = try bench()
    let outer = try #require(traces.first { $0.specialization == "outer(Int64)" })
    #expect(outer == bench.trace("outer", asking: ["b", "a"], inner: ["k": "k1"], giving: "o1"))
    #expect(outer.edges.map(\.answer.subject) == ["1", "1", "generated source"])
  }

  @Test("The order is that of the keys, whatever the order of insertion")
  func order() throws {
    let bench = try Bench(["a": "1"])
    for name in ["p", "q", "r", "s"].reversed() { try bench.insert(bench.trace(name, asking: ["a"], giving: name)) }
    let keys = try exported(bench).map(\.key.methodHash)
    #expect(keys == keys.sorted() && keys.count == 4)
  }

  @Test("An older world gives what held there")
  func olderWorld() throws {
    var bench = try bench()
    try bench.define(["a": "2"])
    #expect(try exported(bench).map(\.specialization).sorted() == ["l(Int64)", "m(Int64)", "none(Int64)"])
    #expect(try exported(bench, at: .first).count == 5)
  }

  @Test("A filter chooses by method, generator and owner")
  func filter() throws {
    var filter = InstanceFilter()
    filter.owner = "overlay"
    #expect(try exported(bench(), where: filter).map(\.specialization) == ["m(Int64)"])
    filter.method = "l"
    #expect(try exported(bench(), where: filter).isEmpty)
  }

  @Test("W12: what is damaged or pruned is left out or an error, never handed out")
  func damage() throws {
    let bench = try bench()
    try bench.store.withWriter { connection throws(StoreError) in
      try connection.executeScript("UPDATE code_instance SET seal = seal + 1 WHERE trace = 1")
    }
    #expect(try exported(bench).count == 4)
    try bench.store.withWriter { connection throws(StoreError) in
      try connection.executeScript("UPDATE source SET bytes = x'00'")
    }
    #expect(throws: StoreError.self) { try exported(bench) }
  }

  @Test("What is thrown at a trace ends the export")
  func failure() throws {
    struct Enough: Error {}
    let bench = try bench()
    var count = 0
    #expect(throws: Enough.self) {
      try bench.store.exportTraces(lineage: bench.lineage, at: bench.world) { _ in
        count += 1
        if count == 2 { throw Enough() }
      }
    }
    #expect(count == 2)
  }

  @Test("Put into another store, all is served there with the provenance that it had")
  func roundTrip() throws {
    let bench = try bench()
    let process = ProcessIdentity(host: "elsewhere", pid: 7, program: "loader", startedAt: 5)
    var generated = bench.trace("far", asking: ["a"], giving: "far")
    generated.provenance = Provenance(process: process, generatedAt: 9, generationNanoseconds: 11)
    try bench.insert(generated)
    let other = try Bench(["a": "1", "b": "1"])
    let traces = try exported(bench)
    let outcomes = try other.store.insert(traces, into: other.lineage)
    #expect(outcomes.allSatisfy { if case .stored = $0 { true } else { false } })
    #expect(try other.served("outer") == "o1")
    #expect(try exported(other) == traces)
    try other.verify()
  }
}
