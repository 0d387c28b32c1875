import CacheIdentity
import CrashModel
import Foundation
import SourceStore
import Testing

@Suite("Processes that attach at once neither lock each other out nor fail", .serialized)
struct AttachTests {
  private static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appending(path: "CrashWriter")

  /// Starts processes, lets them all attach at the same time, and returns how many of them failed.
  private func attach(_ count: Int, to path: String, _ state: (Int) -> CrashState) throws -> Int {
    let gate = Pipe()
    let processes = try (0..<count).map { number in
      let process = Process()
      process.executableURL = AttachTests.program
      process.arguments = [path, "attach", "\(state(number).number)"]
      process.standardInput = gate.fileHandleForReading
      try process.run()
      return process
    }
    try gate.fileHandleForWriting.close()
    processes.forEach { $0.waitUntilExit() }
    return processes.count { $0.terminationStatus != 0 }
  }

  private func withStore(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "worldcache-attach-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory.appending(path: "store.sqlite").path)
  }

  @Test("W1, G1: 200 with the same definitions, whether there is a file or not: one tick for all")
  func equalStates() throws {
    try withStore { (path: String) throws -> Void in
      #expect(try attach(200, to: path) { _ in CrashState(number: 1) } == 0)
      let store = try SourceStore(.existingFile(path))
      let lineage = try #require(try store.lineage(named: "main"))
      #expect(lineage.head == .first)
      _ = try store.insert(
        CrashKey.all.flatMap { $0.traces(in: CrashState(number: 1), world: .first) }, into: lineage.id)
      #expect(try attach(200, to: path) { _ in CrashState(number: 2) } == 0)
      #expect(try store.lineage(named: "main")?.head == WorldAge(2))
      #expect(try store.verify() == [])
    }
  }

  @Test("G3: 60 with different definitions: each gets only its own sources")
  func differentStates() throws {
    try withStore { (path: String) throws -> Void in
      #expect(try attach(60, to: path) { CrashState(number: $0 % CrashState.count) } == 0)
      #expect(try SourceStore(.existingFile(path)).verify() == [])
    }
  }
}
