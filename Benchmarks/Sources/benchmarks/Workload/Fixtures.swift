import Foundation
import WorldCache

/// Folders and stores that groups share, gone with the run.
final class Fixtures {
  let folder: URL
  private var stores: [String: String] = [:]

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("benchmarks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A path in the run's folder where nothing is.
  func newPath(_ name: String) -> String {
    folder.appendingPathComponent("\(name)-\(UUID().uuidString.prefix(8))").path
  }

  /// The path of a store that holds a workload; made at the first use. Nobody may change its definitions but to change them back.
  func store(_ workload: Workload) throws -> String {
    let name =
      "\(workload.count) \(workload.size) \(workload.edgesPerSource) \(workload.questionCount) \(workload.watches)"
    if let known = stores[name] { return known }
    let path = newPath("store")
    StandardError.write("filling a store with \(workload.count) sources of \(workload.size) …\n")
    try fillStore(at: path, with: workload)
    stores[name] = path
    return path
  }

  /// The size of a file or of all files in a folder, in bytes, as they lie on disk.
  static func bytes(at path: String) -> Int {
    var status = stat()
    guard lstat(path, &status) == 0 else { return 0 }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return Int(status.st_blocks) * 512
    }
    return names.reduce(Int(status.st_blocks) * 512) { $0 + bytes(at: "\(path)/\($1)") }
  }
}

/// Makes a store with all sources of a workload, in batches as the queue of a session has them.
func fillStore(at path: String, with workload: Workload) throws {
  let store = try SourceStore(.file(path))
  let lineage = try attach(store, SyntheticDefinitions(watches: workload.watches)).lineage
  var index = 0
  while index < workload.count {
    let batch = (index..<min(index + 2000, workload.count)).map { workload.trace($0) }
    for outcome in try store.insert(batch, into: lineage) {
      guard case .stored = outcome else { throw Refused(outcome: outcome) }
    }
    index += batch.count
  }
}

/// Brings a store to a host's state.
func attach(_ store: SourceStore, _ definitions: SyntheticDefinitions) throws -> Attachment {
  try store.advance(
    lineage: "main", to: DefinitionChange(state: definitions.state, cause: "attach"), answering: definitions.answer)
}

/// The store did not take what it was to take.
struct Refused: Error, CustomStringConvertible {
  var outcome: InsertOutcome
  var description: String { "the store took an entry as \(outcome)" }
}
