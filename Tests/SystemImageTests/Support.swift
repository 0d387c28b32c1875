import CacheIdentity
import Foundation
import ImageModel
import SourceCodec
import SourceStore
import SystemImage

/// A directory that is removed when this goes away.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "worldcache-image-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }
}

extension ImageBuilder {
  /// A builder of a world with number 7.
  init(_ traces: some Sequence<NewTrace>, state: Digest? = digest("state")) {
    self.init(lineage: "main", world: WorldAge(7), state: state)
    for trace in traces { add(trace) }
  }
}
