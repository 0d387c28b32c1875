import CacheIdentity
import SourceCodec
import Testing

@testable import SourceStore

@Suite("W9: a hit gives the bytes that generation gave")
struct BytesTests {
  @Test("Bytes, codec and digest come back, whatever the size")
  func sameBytes() throws {
    let bench = try Bench(["a": "1"])
    for (name, text) in ["empty": "", "short": "x", "long": String(repeating: "abcdefgh", count: 100_000)] {
      let trace = bench.trace(name, asking: ["a"], giving: text)
      try bench.insert(trace)
      #expect(try bench.lookup(name)?.source == trace.source)
    }
    try bench.verify()
  }

  @Test("A generator that declined is a hit without a source")
  func declined() throws {
    let bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: nil))
    #expect(try bench.served("k") == "declined")
    try bench.verify()
  }

  @Test("Equal contents are stored once, for all keys and lineages (A6)")
  func contentIsShared() throws {
    let bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"), bench.trace("l", asking: ["a"], giving: "s"))
    let sibling = try Bench(bench.store, lineage: "sibling", ["a": "2"])
    try sibling.insert(sibling.trace("k", asking: ["a"], giving: "s"))
    let count = try bench.store.read { connection throws(StoreError) in
      try connection.first("SELECT count(*) FROM source") { $0.int(0) }
    }
    #expect(count == 1)
    try bench.verify()
  }

  @Test("Bytes that are not those of the row's seal are an error that names the source, never a hit")
  func tamperedBytes() throws {
    let bench = try Bench(["a": "1"])
    let trace = bench.trace("k", asking: ["a"], giving: "s")
    try bench.insert(trace)
    try bench.store.write { connection throws(StoreError) in
      try connection.executeScript("UPDATE source SET bytes = x'0174'")
    }
    let error = #expect(throws: StoreError.self) { try bench.lookup("k") }
    #expect(error?.problem == .damaged)
    #expect(error?.detail.contains(trace.sourceAnswer.digest.abbreviated) == true)
    // Generated again, the bytes are whole again.
    try bench.insert(trace)
    #expect(try bench.served("k") == "s")
  }

  @Test("A source without bytes is a miss; generated again, the row serves them")
  func prunedBytes() throws {
    let bench = try Bench(["a": "1"])
    let trace = bench.trace("k", asking: ["a"], giving: "s")
    let first = try bench.insert(trace)
    try bench.store.write { connection throws(StoreError) in
      try connection.executeScript("UPDATE source SET bytes = NULL")
    }
    #expect(try bench.served("k") == nil)
    #expect(try bench.insert(trace) == first)
    #expect(try bench.served("k") == "s")
    try bench.verify()
  }
}
