import Foundation
import Testing

@testable import CacheSession

@Suite("A generator without a version has that of its executable")
struct BuildIdentityTests {
  @Test("A rebuilt executable of the same size, whose time of modification the build sets, is another one")
  func sameSizeAndTime() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "worldcache-build-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func build(_ content: String) throws -> String? {
      try Data(content.utf8).write(to: URL(filePath: path))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
      return BuildIdentity.ofFile(path)
    }
    let first = try build("one")
    #expect(first != nil && BuildIdentity.ofFile(path) == first)
    // The file system's clock goes by milliseconds.
    #expect(try (0..<100_000).contains { _ in try build("two") != first })
  }
}
