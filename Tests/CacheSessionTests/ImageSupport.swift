import CacheIdentity
import CacheSession
import Foundation
import SourceStore
import SystemImage

/// A place for images, gone with it.
final class ImagePlace: Sendable {
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "worldcache-images-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func path(_ name: String) -> String { directory.appending(path: name).path }

  /// An image of what sessions of this host generate of these names.
  func image(
    of host: ToyHost, _ names: [String], called file: String = "image", options: ImageOptions = ImageOptions()
  ) throws -> SystemImage {
    let store = try SourceStore(.memory)
    let kitchen = Kitchen(host, store: store)
    for name in names { _ = try kitchen.serve(name) }
    kitchen.session.close()
    return try image(of: store, state: host.state, called: file, options: options)
  }

  /// An image of a store at its head.
  func image(
    of store: SourceStore, state: Digest?, called file: String = "image", options: ImageOptions = ImageOptions()
  ) throws -> SystemImage {
    guard let lineage = try store.lineage(named: "main") else { throw CocoaError(.fileNoSuchFile) }
    var builder = ImageBuilder(lineage: "main", world: lineage.head, state: state)
    try store.exportTraces(lineage: lineage.id, at: lineage.head) { builder.add($0) }
    try builder.write(to: path(file), options: options)
    return try SystemImage(path(file))
  }

  /// Changes bytes of an image's sources.
  func damage(_ image: SystemImage, in section: ImageSection.Name) throws -> SystemImage {
    var bytes = try Data(contentsOf: URL(filePath: image.path))
    for place in image.sections where place.name == section {
      for offset in place.offset..<place.offset + place.bytes where offset > place.offset + 1 {
        bytes[Int(offset)] ^= 0x55
      }
    }
    try bytes.write(to: URL(filePath: path("damaged")))
    return try SystemImage(path("damaged"))
  }
}

extension ToyHost {
  /// A host with dishes that read bindings and are built from each other: `f` of `a`, `g` of `b`, `outer` of `f`.
  static func menu(_ bindings: [String: String]) -> ToyHost {
    let host = ToyHost(bindings)
    host.cook("f", text: { "f(\($0.read("a")))" })
    host.cook("g", text: { "g(\($0.read("b")))" })
    host.cook("outer", text: { "outer(\(try $0.source("f")))" })
    host.cook("new", text: { "new(\(try $0.source("outer")),\($0.read("c")))" })
    return host
  }
}
