import CacheIdentity
import Foundation
import ImageModel
import SourceStore
import SystemImage
import Testing

@Suite("An image appears whole under its name, or not at all")
struct WritingTests {
  private let directory: TemporaryDirectory
  private let builder = ImageBuilder(RandomTraces(seed: 51, count: 300).traces)

  init() throws { directory = try TemporaryDirectory() }

  private var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: directory.url.path) } }

  @Test("Cancelled at any step: an image that was there stays, and nothing else is left")
  func cancelled() throws {
    let path = directory.path("image")
    try ImageBuilder(RandomTraces(seed: 52, count: 2).traces).write(to: path)
    let before = try Data(contentsOf: URL(filePath: path))
    var steps = 0
    try builder.write(to: directory.path("other")) { _ in
      steps += 1
      return true
    }
    try FileManager.default.removeItem(atPath: directory.path("other"))
    #expect(steps > 13)
    for last in 0..<steps {
      var step = 0
      let error = try #require(throws: ImageError.self) {
        try builder.write(to: path) { _ in
          step += 1
          return step <= last
        }
      }
      #expect(error.problem == .cancelled)
      #expect(try files == ["image"])
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test("An image that is replaced while it is open goes on serving what it was (W12)")
  func replaced() throws {
    let path = directory.path("image")
    let traces = RandomTraces(seed: 52, count: 20).traces
    try ImageBuilder(traces).write(to: path)
    let old = try SystemImage(path)
    try builder.write(to: path)
    for trace in traces { #expect(try old.trace(of: #require(old.entry(for: trace.key))) == trace) }
    #expect(try SystemImage(path).header.entries == 300)
  }

  @Test("A directory that does not exist is an error")
  func missingDirectory() throws {
    let error = try #require(throws: ImageError.self) { try builder.write(to: directory.path("none/image")) }
    #expect(error.problem == .missing)
  }

  @Test("Verification can be cancelled")
  func cancelledVerification() throws {
    try builder.write(to: directory.path("image"))
    let image = try SystemImage(directory.path("image"))
    let error = try #require(throws: ImageError.self) { try image.verify { _ in false } }
    #expect(error.problem == .cancelled)
  }
}
