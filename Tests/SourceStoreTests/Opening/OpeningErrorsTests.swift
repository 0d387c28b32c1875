import CacheIdentity
import Testing

@testable import SourceStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("What cannot be opened says why")
struct OpeningErrorsTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store.wcache")
  }

  private func problem(_ location: SourceStore.Location) -> StoreError.Problem? {
    let error = #expect(throws: StoreError.self) { try SourceStore(location) }
    #expect(error?.path == path)
    #expect(error?.detail.isEmpty == false)
    return error?.problem
  }

  /// A file with a schema that is not ours.
  private func makeDatabase(_ sql: String) throws {
    try Bytes.write([], to: path)
    let connection = try Connection(path: path, access: .readWrite, busyTimeoutMilliseconds: 0)
    try connection.executeScript(sql)
  }

  @Test("A missing file is missing, unless it is to be made")
  func missing() throws {
    #expect(problem(.existingFile(path)) == .missing)
    #expect(problem(.readOnlyFile(path)) == .missing)
    #expect(directory.names.isEmpty)
    #expect(throws: Never.self) { try SourceStore(.file(path)) }
  }

  @Test("A directory that cannot be made names itself")
  func missingDirectory() {
    let error = #expect(throws: StoreError.self) { try SourceStore(.file("/proc/nowhere/store.wcache")) }
    #expect(error?.problem == .missing)
    #expect(error?.detail.contains("/proc/nowhere") == true)
    #expect(throws: StoreError.self) { try SourceStore(.file("/dev/null/store.wcache")) }
  }

  @Test("A file that is no database is not a store, and stays as it is", arguments: [5, 100, 5000])
  func notADatabase(size: Int) throws {
    let bytes = [UInt8](repeating: 0x41, count: size)
    try Bytes.write(bytes, to: path)
    for location in [SourceStore.Location.file(path), .existingFile(path), .readOnlyFile(path)] {
      #expect(problem(location) == .notAStore)
    }
    #expect(try Bytes.read(path) == bytes)
  }

  @Test(
    "Another program's database is not a store, and stays as it is",
    arguments: [
      "CREATE TABLE notes (text TEXT)", "PRAGMA application_id = 7", "PRAGMA user_version = 3",
      "PRAGMA application_id = 7; CREATE TABLE lineage (id INTEGER)",
    ])
  func foreignDatabase(sql: String) throws {
    try makeDatabase(sql)
    let bytes = try Bytes.read(path)
    for location in [SourceStore.Location.file(path), .existingFile(path), .readOnlyFile(path)] {
      #expect(problem(location) == .notAStore)
    }
    #expect(try Bytes.read(path) == bytes)
  }

  @Test("A newer program's store says which format it has")
  func newerFormat() throws {
    let store = try SourceStore(.file(path))
    try store.withWriter { connection throws(StoreError) in try connection.executeScript("PRAGMA user_version = 99") }
    let expected = StoreError.Problem.newerFormat(found: 99, supported: SourceStore.formatVersion)
    for location in [SourceStore.Location.file(path), .existingFile(path), .readOnlyFile(path)] {
      #expect(problem(location) == expected)
    }
  }

  @Test("A directory is not a store")
  func directoryPath() throws {
    #expect(mkdir(path, 0o700) == 0)
    defer { rmdir(path) }
    for location in [SourceStore.Location.file(path), .existingFile(path), .readOnlyFile(path)] {
      #expect(problem(location) == .notAStore)
    }
  }

  @Test("An empty file becomes a store, unless it is only to be read")
  func emptyFile() throws {
    try Bytes.write([], to: path)
    #expect(problem(.readOnlyFile(path)) == .notAStore)
    #expect(throws: Never.self) { try SourceStore(.existingFile(path)) }
  }

  @Test("A store that is only read serves, and refuses to be written")
  func readOnly() throws {
    let writer = try Bench(SourceStore(.file(path)), ["a": "1"])
    try writer.insert(writer.trace("k", asking: ["a"], giving: "s"))
    let store = try SourceStore(.readOnlyFile(path))
    var reader = try Bench(store, ["a": "1"])
    #expect(try reader.served("k") == "s")
    let inserting = #expect(throws: StoreError.self) { try reader.insert(reader.trace("l", giving: "t")) }
    #expect(inserting?.problem == .readOnly)
    let redefining = #expect(throws: StoreError.self) { try reader.define(["a": "2"]) }
    #expect(redefining?.problem == .readOnly)
  }

  @Test("A store on a medium that nobody can write is read without files beside it")
  func immutable() throws {
    do {
      let writer = try Bench(SourceStore(.file(path)), ["a": "1"])
      try writer.insert(writer.trace("k", asking: ["a"], giving: "s"))
    }
    // A path that needs escaping in a URI.
    let copy = directory.file("a?b#c%41.wcache")
    try Bytes.write(try Bytes.read(path), to: copy)
    let before = Set(directory.names)
    let connection = try Connection(path: copy, access: .immutable, busyTimeoutMilliseconds: 0)
    #expect(try connection.first("SELECT count(*) FROM code_instance") { $0.int(0) } == 1)
    #expect(Set(directory.names) == before)
  }

  @Test("A writer that waits longer than its timeout fails as locked")
  func locked() throws {
    let first = try SourceStore(.file(path))
    let blocker = try Connection(path: path, access: .readWrite, busyTimeoutMilliseconds: 0)
    let second = try SourceStore(.file(path), busyTimeoutMilliseconds: 5)
    try blocker.executeScript("BEGIN IMMEDIATE")
    let error = #expect(throws: StoreError.self) { try second.record([]) }
    #expect(error?.problem == .locked && error?.path == path)
    try blocker.executeScript("ROLLBACK")
    #expect(throws: Never.self) { try second.record([]) }
    #expect(try first.verify().isEmpty)
  }

  @Test("A full disk is an error, and what was there before is still whole")
  func diskFull() throws {
    let bench = try Bench(SourceStore(.file(path)), ["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    try bench.store.withWriter { connection throws(StoreError) in
      _ = try connection.first("PRAGMA max_page_count = 1") { $0.int(0) }
    }
    let large = bench.trace("l", asking: ["a"], giving: String(repeating: "x", count: 1_000_000))
    let error = #expect(throws: StoreError.self) { try bench.insert(large) }
    #expect(error?.problem == .diskFull)
    #expect(try bench.served("k") == "s")
    #expect(try bench.served("l") == nil)
    try bench.verify()
  }
}
