import CacheIdentity
import CrashModel
import Foundation
import SourceStore
import Testing

@Suite("G4: a process killed at any instant leaves a store that keeps every rule", .serialized)
struct CrashTests {
  private static let writer = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appending(path: "CrashWriter")

  /// Starts a writer, lets it print so many rounds, kills it, and returns the number of rounds that it had printed.
  private func writeAndKill(_ store: String, seed: Int, after rounds: Int, delay: Int) throws -> Int {
    let process = Process()
    let output = Pipe()
    process.executableURL = CrashTests.writer
    process.arguments = [store, String(seed)]
    process.standardOutput = output
    try process.run()
    var printed = 0
    while printed < rounds, let text = String(data: output.fileHandleForReading.availableData, encoding: .utf8),
      !text.isEmpty
    {
      printed += text.count { $0 == "\n" }
    }
    // Somewhere within the rounds that follow: the amount of work decides, not the clock.
    var spin = 0
    for number in 0..<delay { spin &+= number }
    #expect(spin >= 0)
    #expect(process.isRunning)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    return printed
  }

  @Test("W1-W9, W12: killed in the middle of ticks, insertions and prunings, again and again on one store")
  func killed() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "worldcache-crash-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "store.sqlite").path
    let states = Dictionary(uniqueKeysWithValues: CrashState.all.map { ($0.digest, $0) })
    var random = CrashRandom(seed: 1)
    var heads: [WorldAge] = []
    var hits = 0
    for seed in 0..<25 {
      _ = try writeAndKill(path, seed: seed, after: 1 + random.next(below: 9), delay: random.next(below: 400_000))
      let store = try SourceStore(.existingFile(path))
      #expect(try store.verify() == [])
      let lineage = try #require(try store.lineage(named: "main"))
      let state = try #require(states[lineage.state])
      heads.append(lineage.head)
      for key in CrashKey.all {
        guard let found = try store.lookup(key.key, lineage: lineage.id, world: lineage.head) else { continue }
        hits += 1
        #expect(found.source == key.source(in: state))
      }
    }
    #expect(heads == heads.sorted())
    #expect(Set(heads).count > 10)
    #expect(hits > 100)
  }

  @Test("W7, W12: killed writers beside one that goes on; nobody waits for the dead, and readers see whole ticks")
  func killedBesideOthers() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "worldcache-crash-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "store.sqlite").path
    let store = try SourceStore(.file(path))
    for seed in 100..<108 {
      _ = try writeAndKill(path, seed: seed, after: 3, delay: 1000 * seed)
      let state = CrashState(number: seed % CrashState.count)
      let here = try store.advance(
        lineage: "main", to: DefinitionChange(state: state.digest, cause: "beside"), answering: state.answer)
      _ = try store.insert(
        CrashKey.all.flatMap { $0.traces(in: state, world: here.world) }, into: here.lineage)
      for key in CrashKey.all {
        #expect(
          try store.lookup(key.key, lineage: here.lineage, world: here.world)?.source == key.source(in: state))
      }
    }
    #expect(try store.verify() == [])
  }
}
