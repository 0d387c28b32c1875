import CacheIdentity
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import SourceStore

@Suite("W7, W11, A5: readers neither wait nor write, and see a tick as a whole")
struct ReadersTests {
  private final class Watch: Sendable {
    let isDone = Atomic(false)
    let hits = Atomic(0)
  }

  @Test("A lookup right after a tick sees it, though a reader still has its old transaction")
  func readersKnowTheirHead() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    var bench = try Bench(SourceStore(.file(path)), ["a": "0"])
    let other = try SourceStore(.readOnlyFile(path))
    for round in 1...30 {
      try bench.insert(bench.trace("k", asking: ["a"], giving: "s\(round - 1)"))
      // Both leave a read transaction behind, in which the row is open.
      #expect(try bench.served("k") == "s\(round - 1)")
      _ = try other.lookup(Bench.key("k"), lineage: bench.lineage, world: bench.world)
      try bench.define(["a": "\(round)"])
      #expect(try bench.served("k") == nil)
      #expect(try other.lookup(Bench.key("k"), lineage: bench.lineage, world: bench.world) == nil)
      #expect(try bench.served("k", at: bench.world.previous) == "s\(round - 1)")
    }
    try bench.verify()
  }

  @Test("A miss sees at once what this process has committed, through whichever store")
  func missesSeeOwnCommits() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    let bench = try Bench(SourceStore(.file(path)), ["a": "1"])
    let other = try SourceStore(.readOnlyFile(path))
    for number in 0..<30 {
      let key = "k\(number)"
      #expect(try bench.served(key) == nil)
      #expect(try other.lookup(Bench.key(key), lineage: bench.lineage, world: bench.world) == nil)
      try bench.insert(bench.trace(key, asking: ["a"], giving: "s"))
      #expect(try bench.served(key) == "s")
      #expect(try other.lookup(Bench.key(key), lineage: bench.lineage, world: bench.world)?.source?.text == "s")
    }
  }

  @Test("Readers that are never idle do not keep the log from being used again", arguments: [1, 4])
  func logIsBounded(readers: Int) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    let bench = try Bench(SourceStore(.file(path)), ["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    let (store, key, lineage, world) = (bench.store, Bench.key("k"), bench.lineage, bench.world)
    let watch = Watch()
    let threads = DispatchGroup()
    for _ in 0..<readers {
      DispatchQueue.global().async(group: threads) {
        while !watch.isDone.load(ordering: .acquiring) {
          if (try? store.lookup(key, lineage: lineage, world: world)) != nil { watch.hits.add(1, ordering: .relaxed) }
        }
      }
    }
    // Each commit writes some pages to the log; without a checkpoint that gets through, it is longer than all sources.
    var (written, log, number) = (0, 0, 0)
    var word = UInt64(1)
    repeat {
      var text = ""
      for _ in 0..<1000 {
        word = word &* 6_364_136_223_846_793_005 &+ 1
        text += String(word >> 16, radix: 36)
      }
      try bench.insert(bench.trace("n\(number)", asking: ["a"], giving: text))
      (written, number) = (written + text.utf8.count, number + 1)
      log = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
    } while written < 2 * log && written < 200_000_000 || watch.hits.load(ordering: .relaxed) < 100
    watch.isDone.store(true, ordering: .releasing)
    threads.wait()
    #expect(written >= 2 * log, "\(log) bytes of log for \(written) bytes written")
  }

  @Test("While another connection holds the write lock, lookups and attaching to the head's state succeed")
  func readersDoNotWait() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    let bench = try Bench(SourceStore(.file(path)), ["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    let other = try SourceStore(.existingFile(path), busyTimeoutMilliseconds: 1)
    let blocker = try Connection(path: path, access: .readWrite, busyTimeoutMilliseconds: 1)
    try blocker.executeScript("BEGIN IMMEDIATE; UPDATE lineage SET oldest = oldest")
    #expect(try bench.served("k") == "s")
    #expect(try other.lookup(Bench.key("k"), lineage: bench.lineage, world: bench.world)?.source?.text == "s")
    #expect(try other.lookup(Bench.key("none"), lineage: bench.lineage, world: bench.world) == nil)
    #expect(try Bench(other, ["a": "1"]).served("k") == "s")
    let error = #expect(throws: StoreError.self) { try other.insert([], into: bench.lineage) }
    #expect(error?.problem == .locked)
    try blocker.executeScript("ROLLBACK")
    try bench.verify()
  }

  @Test("Hits and misses write nothing: neither the file nor its log changes")
  func lookupsWriteNothing() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    let bench = try Bench(SourceStore(.file(path)), ["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    _ = try bench.served("k")
    func facts() throws -> [[UInt8]] { [try Bytes.read(path), try Bytes.read(path + "-wal")] }
    let before = try facts()
    let changes = try bench.store.totalChanges()
    for _ in 0..<100 {
      _ = try bench.served("k")
      _ = try bench.served("none")
      _ = try bench.served("k", owner: Owner("other"))
      _ = try bench.store.revivalCandidates(for: Bench.key("k"), lineage: bench.lineage, world: bench.world)
    }
    #expect(try facts() == before)
    #expect(try bench.store.totalChanges() == changes)
  }

  @Test("While definitions flip, whoever reads in a world gets that world's source or nothing")
  func noTornReads() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.wcache")
    let keys = (0..<8).map { "k\($0)" }
    var bench = try Bench(SourceStore(.file(path)), ["a": "0"])
    for value in ["0", "1"] {
      try bench.define(["a": value])
      for key in keys { try bench.insert(bench.trace(key, asking: ["a"], giving: "\(key) \(value)")) }
    }
    let (lineage, store) = (bench.lineage, bench.store)
    let watch = Watch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<3 {
        group.addTask {
          let reader = number == 0 ? store : try SourceStore(.readOnlyFile(path))
          repeat {
            // The first definition is that of world 1 and of every odd world after it.
            let present = try #require(try reader.lineage(named: "main"))
            for world in [present.head, present.head.previous] {
              let value = world.number.isMultiple(of: 2) ? "1" : "0"
              for key in keys {
                let found = try reader.lookup(Bench.key(key), lineage: lineage, world: world)
                guard let found else { continue }
                watch.hits.add(1, ordering: .relaxed)
                #expect(found.source?.text == "\(key) \(value)")
              }
            }
            // Where there are as many readers as processors, whoever defines would never have a thread.
            await Task.yield()
          } while !watch.isDone.load(ordering: .relaxed)
        }
      }
      for round in 0..<200 {
        #expect(try bench.define(["a": round.isMultiple(of: 2) ? "0" : "1"]).revived == keys.count)
        await Task.yield()
      }
      watch.isDone.store(true, ordering: .relaxed)
      try await group.waitForAll()
    }
    #expect(watch.hits.load(ordering: .relaxed) > 0)
    try bench.verify()
  }
}

extension SourceStore {
  /// Rows that this store's writer has changed since it was opened.
  fileprivate func totalChanges() throws(StoreError) -> Int64? {
    try withWriter { connection throws(StoreError) in
      try connection.first("SELECT total_changes()") { $0.int(0) }
    }
  }
}
