import CacheIdentity
import Foundation
import ImageModel
import SourceStore
import SystemImage
import Testing

/// An image of every released format lies in `Images`, named by its version: written once, by the program of its time.
///
/// A new format gets its file by `WORLDCACHE_WRITE_IMAGE=PATH swift test --filter ImageFormatTests`.
@Suite("An image of each format that was ever written opens, is whole and serves its sources")
struct ImageFormatTests {
  private static let traces = RandomTraces(seed: 2026, count: 200).traces

  private static func check(_ path: String) throws {
    let image = try SystemImage(path)
    #expect(try image.verify() == [])
    #expect(image.header.lineage == "main")
    #expect(image.header.world == WorldAge(7))
    #expect(image.header.state == digest("state"))
    #expect(image.header.entries == traces.count)
    for trace in traces {
      let entry = try #require(image.entry(for: trace.key))
      #expect(try image.trace(of: entry) == trace)
    }
    let question = Question.binding(module: "Main", name: "b1")
    let whole = try #require(image.validity(in: digest("state")))
    let validity = try image.validate(subjects: [question.subject], previous: whole) { _ in nil }
    #expect(validity.asked == 1)
    #expect(validity.maskedCount > 0)
  }

  @Test("Each stored file", arguments: 1...Int(SystemImage.formatVersion))
  func stored(version: Int) throws {
    let images = try #require(Bundle.module.url(forResource: "Images", withExtension: nil))
    try ImageFormatTests.check(images.appending(path: "format-\(version).image").path)
  }

  @Test("What this program writes, which is the newest format's file when that is asked for")
  func written() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "worldcache-\(UUID().uuidString).image").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var builder = ImageBuilder(lineage: "main", world: WorldAge(7), state: digest("state"))
    for trace in ImageFormatTests.traces { builder.add(trace) }
    try builder.write(to: path)
    try ImageFormatTests.check(path)
    if let wanted = ProcessInfo.processInfo.environment["WORLDCACHE_WRITE_IMAGE"] {
      try FileManager.default.copyItem(atPath: path, toPath: wanted)
    }
  }
}
