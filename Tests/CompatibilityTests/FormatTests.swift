import CacheIdentity
import CrashModel
import Foundation
import SourceStore
import Testing

/// A store of every released format lies in `Stores`, named by its version: written once, by the program of its time.
///
/// A new format gets its file by `WORLDCACHE_WRITE_STORE=PATH swift test --filter CompatibilityTests`.
@Suite("A store of each format that was ever written opens, keeps every rule and serves its sources")
struct FormatTests {
  /// Four states, one after the other; what is generated in the first two closes and partly revives.
  private static let states = [0, 1, 2, 0].map { CrashState(number: $0) }

  private static func write(to path: String) throws {
    let process = ProcessIdentity(host: "example", pid: 1, program: "FormatTests", startedAt: 0)
    let store = try SourceStore(.file(path), process: process)
    for (round, state) in states.enumerated() {
      let here = try store.advance(
        lineage: "main", to: DefinitionChange(state: state.digest, cause: "state \(state.number)"),
        answering: state.answer)
      guard round < 2 else { continue }
      _ = try store.insert(
        CrashKey.all.flatMap { $0.traces(in: state, world: here.world) }, into: here.lineage)
    }
  }

  private static func check(_ path: String) throws {
    let store = try SourceStore(.existingFile(path))
    #expect(try store.verify() == [])
    let lineage = try #require(try store.lineage(named: "main"))
    #expect(lineage.head == WorldAge(4))
    for (position, state) in states.enumerated() where position != 2 {
      for key in CrashKey.all {
        let found = try store.lookup(key.key, lineage: lineage.id, world: WorldAge(Int64(position + 1)))
        #expect(found?.source == key.source(in: state))
      }
    }
  }

  private static func temporaryDirectory() throws -> URL {
    let directory = FileManager.default.temporaryDirectory.appending(path: "worldcache-format-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory
  }

  @Test("Each stored file", arguments: 1...Int(SourceStore.formatVersion))
  func stored(version: Int) throws {
    let stores = try #require(Bundle.module.url(forResource: "Stores", withExtension: nil))
    let directory = try FormatTests.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let copy = directory.appending(path: "store.sqlite")
    try FileManager.default.copyItem(at: stores.appending(path: "format-\(version).store"), to: copy)
    try FormatTests.check(copy.path)
  }

  @Test("What this program writes, which is the newest format's file when that is asked for")
  func written() throws {
    let directory = try FormatTests.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "store.sqlite").path
    try FormatTests.write(to: path)
    try FormatTests.check(path)
    if let wanted = ProcessInfo.processInfo.environment["WORLDCACHE_WRITE_STORE"] {
      try FileManager.default.copyItem(atPath: path, toPath: wanted)
    }
  }
}
