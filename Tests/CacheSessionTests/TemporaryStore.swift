import Foundation
import SourceStore

/// A place for a store's file, gone with it.
final class TemporaryStore: Sendable {
  private let directory: URL

  init() {
    directory = FileManager.default.temporaryDirectory.appending(path: "worldcache-session-\(UUID().uuidString)")
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  var path: String { directory.appending(path: "store.sqlite").path }

  /// Opens the store as one more process would.
  func open() throws(StoreError) -> SourceStore { try SourceStore(.file(path)) }

  /// Deletes the store, whoever has it open.
  func delete() throws { try FileManager.default.removeItem(at: directory) }
}
