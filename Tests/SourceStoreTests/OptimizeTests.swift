import CacheIdentity
import SourceCodec
import Testing

@testable import SourceStore

@Suite("Optimizing makes a store smaller, and changes nothing that it says")
struct OptimizeTests {
  private static func text(_ number: Int) -> String {
    "%1 = call Base.getfield(self, \(number % 7)); %2 = call Base.Math.sin(%1, \(number)); return %2"
  }

  private func filled(_ bench: Bench, _ numbers: Range<Int>) throws {
    let traces = numbers.map { bench.trace("k\($0)", asking: ["a"], giving: OptimizeTests.text($0)) }
    _ = try bench.store.insert(traces, into: bench.lineage)
  }

  private func check(_ bench: Bench, _ numbers: Range<Int>) throws {
    for number in numbers { #expect(try bench.served("k\(number)") == OptimizeTests.text(number)) }
    try bench.verify()
  }

  @Test("W9: every source is served as it was, from half the bytes")
  func compresses() throws {
    let bench = try Bench(["a": "1"])
    try filled(bench, 0..<600)
    let before = try bench.store.statistics()
    let result = try bench.store.optimize()
    #expect(result.isComplete && result.dictionaries == 1 && result.recompressed > 590)
    #expect(result.bytesAfter < result.bytesBefore)
    let after = try bench.store.statistics()
    #expect(after.storedBytes * 2 < before.storedBytes && after.rawBytes == before.rawBytes)
    try check(bench, 0..<600)
  }

  @Test("What comes later is compressed as it comes; a second run has nothing to do")
  func later() throws {
    let bench = try Bench(["a": "1"])
    try filled(bench, 0..<300)
    _ = try bench.store.optimize()
    try filled(bench, 300..<310)
    let stored = try bench.store.statistics().storedBytes
    let result = try bench.store.optimize()
    #expect(result.dictionaries == 0 && result.recompressed == 0)
    #expect(try bench.store.statistics().storedBytes == stored)
    // Generated twice, the source is found again.
    try filled(bench, 0..<5)
    #expect(try bench.store.statistics().rows(in: "source") == 310)
    try check(bench, 0..<310)
  }

  @Test("Stopped after a batch, the store is whole, and the next run goes on")
  func stopped() throws {
    let bench = try Bench(["a": "1"])
    try filled(bench, 0..<1_500)
    var told: [OptimizeProgress] = []
    let result = try bench.store.optimize {
      told.append($0)
      return false
    }
    #expect(!result.isComplete && result.recompressed <= 1_000)
    #expect(told == [OptimizeProgress(done: 1_000, total: 1_500)])
    try check(bench, 0..<1_500)
    #expect(try bench.store.optimize().recompressed == 500)
    try check(bench, 0..<1_500)
  }

  @Test("A few sources get no dictionary: it would take more than it saves")
  func few() throws {
    let bench = try Bench(["a": "1"])
    try filled(bench, 0..<10)
    let result = try bench.store.optimize()
    #expect(result.dictionaries == 0 && result.recompressed == 0 && result.isComplete)
    try check(bench, 0..<10)
  }

  @Test("W12: a damaged dictionary, raw size or stored form is an error, never a hit")
  func damage() throws {
    for sql in [
      "UPDATE dictionary SET bytes = zeroblob(100)", "UPDATE dictionary SET digest = zeroblob(16)",
      "DELETE FROM dictionary", "UPDATE source SET raw_size = raw_size + 1", "UPDATE source SET raw_size = 1 << 40",
      "UPDATE source SET dictionary = NULL", "UPDATE source SET bytes = substr(bytes, 2)",
    ] {
      let bench = try Bench(["a": "1"])
      try filled(bench, 0..<300)
      _ = try bench.store.optimize()
      try bench.store.withWriter { connection throws(StoreError) in
        try connection.executeScript(sql)
        connection.dictionaries = [:]
      }
      #expect(throws: StoreError.self, "\(sql)") { try bench.served("k7") }
      #expect(try !bench.store.verify().isEmpty, "\(sql)")
    }
  }
}
