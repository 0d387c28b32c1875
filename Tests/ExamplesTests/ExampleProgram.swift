import CacheSession
import Foundation
import LoweredIR
import Overlay
import SourceStore
import StagedHost
import Testing

/// A program of `Examples/`, as it is or edited.
struct ExampleProgram: CustomTestStringConvertible {
  let name: String
  private(set) var text: String

  init(_ name: String) throws {
    self.name = name
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    text = try String(contentsOf: package.appending(path: "Examples/\(name)"), encoding: .utf8)
  }

  var testDescription: String { name }

  /// What `main` must give: the indented lines after the first comment line that ends in `Expected:`.
  var expected: String {
    let comment = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("#") }
    return comment.drop { !$0.hasSuffix("Expected:") }.dropFirst(2).prefix { $0.hasPrefix("#   ") }
      .map { $0.dropFirst(4) }.joined(separator: " ")
  }

  /// The program with one passage replaced; fails unless that stands there exactly once.
  func replacing(_ old: String, with new: String) throws -> ExampleProgram {
    struct NotOnce: Error {
      let passage: String
    }
    var edited = self
    let parts = text.components(separatedBy: old)
    guard parts.count == 2 else { throw NotOnce(passage: old) }
    edited.text = parts.joined(separator: new)
    return edited
  }

  /// The program with more definitions.
  func appending(_ definitions: String) -> ExampleProgram {
    var edited = self
    edited.text += "\n" + definitions + "\n"
    return edited
  }

  /// A host that has loaded the program and attached to a store, if there is one, as a new process does.
  func started(_ store: StoreFile? = nil) throws -> (host: StagedHost.Host, session: CacheSession<LoweredCode>) {
    let host = StagedHost.Host(natives: [OverlayPass()]) { _ in }
    try host.load(try Program.parse(text, file: name))
    let session = CacheSession<LoweredCode>(
      store: try store.map { try SourceStore(.file($0.path)) }, definitions: host.definitions)
    host.attach(session)
    return (host, session)
  }

  /// Runs `main` in a new process.
  func run(_ store: StoreFile? = nil) throws -> (result: String, counters: SessionCounters) {
    let (host, session) = try started(store)
    let result = try host.run("main").description
    session.close()
    return (result, session.counters)
  }
}

/// A store's file, deleted in the end.
final class StoreFile {
  let path: String
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "worldcache-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    path = directory.appending(path: "store.sqlite").path
  }

  deinit { try? FileManager.default.removeItem(at: directory) }
}
