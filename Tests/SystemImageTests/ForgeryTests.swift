import CacheIdentity
import Foundation
import ImageModel
import SourceStore
import SystemImage
import Testing

@Suite("An image is untrusted input: what contradicts itself does not open, and nothing crashes")
struct ForgeryTests {
  private let directory: TemporaryDirectory
  private let traces = RandomTraces(seed: 31, count: 20).traces
  private let bytes: [UInt8]
  private var path: String { directory.path("image") }

  init() throws {
    directory = try TemporaryDirectory()
    try ImageBuilder(traces).write(to: directory.path("image"), options: ImageOptions(compresses: false))
    bytes = [UInt8](try Data(contentsOf: URL(filePath: directory.path("image"))))
  }

  private func open(_ forged: ForgedImage) throws(ImageError) -> SystemImage {
    try? Data(forged.bytes).write(to: URL(filePath: path))
    return try SystemImage(path)
  }

  @Test("Sizes and counts of sections that do not fit: too large, too small, overflowing")
  func sectionTable() throws {
    let words: [UInt64] = [
      0, 1, 7, 127, 129, 1 << 20, 1 << 32, 1 << 40, (1 << 40) + 1, 1 << 61, 1 << 63, .max, .max - 1,
    ]
    for section in 0..<13 {
      for field in [0, 8] {
        for word in words {
          var forged = ForgedImage(bytes)
          let shape = try #require(forged.shape(section))
          guard UInt64(forged.number(at: shape + field, width: 8) ?? 0) != word else { continue }
          forged.set(word, at: shape + field)
          forged.reseal()
          do throws(ImageError) {
            // A count that has no shape to keep may be anything.
            let image = try open(forged)
            #expect(field == 8)
            _ = try? image.verify()
            for trace in traces { _ = image.entry(for: trace.key).map { try? image.trace(of: $0) } }
          } catch {
            #expect(error.section != nil)
          }
        }
      }
    }
  }

  @Test("Sizes that are moved from one section to the next add up, and still do not open or do not verify")
  func overlapping() throws {
    for section in 0..<12 {
      for distance in [1, 16, -1] {
        var forged = ForgedImage(bytes)
        let (first, second) = (try #require(forged.shape(section)), try #require(forged.shape(section + 1)))
        let sizes = (
          try #require(forged.number(at: first, width: 8)), try #require(forged.number(at: second, width: 8))
        )
        guard sizes.0 + distance >= 0, sizes.1 - distance >= 0 else { continue }
        forged.set(UInt64(sizes.0 + distance), at: first)
        forged.set(UInt64(sizes.1 - distance), at: second)
        forged.reseal()
        guard let image = try? open(forged) else { continue }
        #expect(try !image.verify().isEmpty)
      }
    }
  }

  @Test("Another program's file, a newer format, the other byte order, a directory, nothing")
  func foreign() throws {
    func problem(_ offset: Int, _ change: [UInt8]) -> ImageError.Problem? {
      var forged = ForgedImage(bytes)
      forged.bytes.replaceSubrange(offset..<offset + change.count, with: change)
      forged.reseal()
      do throws(ImageError) {
        _ = try open(forged)
        return nil
      } catch {
        return error.problem
      }
    }
    #expect(problem(0, Array("SQLite f".utf8)) == .notAnImage)
    #expect(problem(12, [2, 0, 0, 0]) == .newerFormat(found: 2, supported: 1))
    #expect(problem(8, [0x0a, 0x0b, 0x0c, 0x0d]) == .otherByteOrder)
    #expect(problem(8, [1, 2, 3, 4]) == .contradiction(found: 0x0403_0201, expected: 0x0a0b_0c0d))
    let folder = directory.url.path
    #expect(try #require(throws: ImageError.self) { try SystemImage(folder) }.problem == .notAnImage)
    let missing = directory.path("missing")
    #expect(try #require(throws: ImageError.self) { try SystemImage(missing) }.problem == .missing)
    try Data().write(to: URL(filePath: path))
    #expect(try #require(throws: ImageError.self) { try SystemImage(path) }.problem == .notAnImage)
  }

  @Test("Random changes with checksums that fit", arguments: 0..<8)
  func random(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      var forged = ForgedImage(bytes)
      for _ in 0..<3 { forged.mutate(using: &generator) }
      forged.reseal()
      guard let image = try? open(forged) else { continue }
      for trace in traces { _ = image.entry(for: trace.key).map { try? image.trace(of: $0) } }
      _ = try? image.validate { _ in nil }
      _ = try? image.verify()
    }
  }
}
