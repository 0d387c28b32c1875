import CacheIdentity
import Foundation
import ImageModel
import SourceCodec
import SourceStore
import SystemImage
import Testing

@Suite("Damage turns hits into misses or errors, never into other sources (W12)")
struct DamageTests {
  private struct Fixture {
    let directory = try! TemporaryDirectory()
    let traces: [NewTrace]
    let bytes: [UInt8]
    var path: String { directory.path("image") }

    init(count: Int, compresses: Bool) throws {
      traces = RandomTraces(seed: 21, count: count).traces
      try ImageBuilder(traces).write(to: directory.path("image"), options: ImageOptions(compresses: compresses))
      bytes = [UInt8](try Data(contentsOf: URL(filePath: directory.path("image"))))
    }

    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }
  }

  /// The number of traces that are served, and whether verification found everything in order.
  private func read(_ fixture: Fixture) throws -> (served: Int, isWhole: Bool) {
    let image: SystemImage
    do throws(ImageError) {
      image = try SystemImage(fixture.path)
    } catch {
      return (0, false)
    }
    var served = 0
    for trace in fixture.traces {
      guard let entry = image.entry(for: trace.key), let source = try? image.source(of: entry) else { continue }
      #expect(source == trace.source)
      served += 1
    }
    return (served, try image.verify().isEmpty)
  }

  @Test("A bit flips, in every byte: what is served is right, and verifying finds it", arguments: [true, false])
  func flips(compresses: Bool) throws {
    let fixture = try Fixture(count: 12, compresses: compresses)
    let whole = try read(fixture)
    #expect(whole.isWhole)
    var refused = 0
    for position in fixture.bytes.indices {
      var bytes = fixture.bytes
      bytes[position] ^= 1 << UInt8(position % 8)
      try fixture.write(bytes)
      let found = try read(fixture)
      #expect(!found.isWhole, "a flip of byte \(position) was not found")
      if found.served < whole.served { refused += 1 }
    }
    #expect(refused > fixture.bytes.count / 4)
  }

  @Test("A bit flips anywhere, then an answer changes: nothing that rests on it is served")
  func flippedEdges() throws {
    let fixture = try Fixture(count: 12, compresses: false)
    let questions = Set(fixture.traces.flatMap { $0.edges.map(\.question) }).filter { $0.kind != .source }
      .sorted { $0.digest < $1.digest }
    var refused = 0
    for position in fixture.bytes.indices {
      var bytes = fixture.bytes
      bytes[position] ^= 1 << UInt8(position % 8)
      try fixture.write(bytes)
      let changed = questions[position % questions.count]
      guard let image = try? SystemImage(fixture.path), let before = image.validity(in: digest("state")),
        let validity = try? image.validate(
          subjects: [changed.subject], previous: before,
          answering: { $0 == changed ? nil : RandomTraces.answer(to: $0) })
      else {
        refused += 1
        continue
      }
      for trace in fixture.traces where trace.edges.contains(where: { $0.question == changed }) {
        #expect(image.entry(for: trace.key).map(validity.holds) != true, "byte \(position)")
      }
    }
    #expect(refused > 0 && refused < fixture.bytes.count)
  }

  @Test("A file that is cut short anywhere does not open")
  func truncation() throws {
    let fixture = try Fixture(count: 12, compresses: true)
    for size in fixture.bytes.indices {
      try fixture.write(Array(fixture.bytes[..<size]))
      #expect(throws: ImageError.self) { try SystemImage(fixture.path) }
    }
  }

  @Test("A file with more behind it does not open")
  func trailing() throws {
    let fixture = try Fixture(count: 3, compresses: true)
    for size in [1, 104, 1000] {
      try fixture.write(fixture.bytes + [UInt8](repeating: 7, count: size))
      let error = try #require(throws: ImageError.self) { try SystemImage(fixture.path) }
      #expect(
        error.problem
          == .wrongSize(found: UInt64(fixture.bytes.count + size), expected: UInt64(fixture.bytes.count)))
      #expect(error.section == .signature)
    }
  }

  @Test("Two entries' sources change places: neither is served, for checksums cover the key")
  func swapped() throws {
    let fixture = try Fixture(count: 40, compresses: false)
    let image = try SystemImage(fixture.path)
    let index = try #require(image.sections.first { $0.name == .index })
    let counts = Dictionary(uniqueKeysWithValues: image.sections.map { ($0.name, $0) })
    let sources = try #require(counts[.sources])
    let tail = sources.bytes > 256 ? 2 : 1
    let size = 24 + 1 + 1 + tail
    let records = Int(index.offset + index.bytes) - 40 * size
    func reference(_ number: Int) -> Range<Int> { records + (number + 1) * size - tail..<records + (number + 1) * size }
    let pair = try #require(
      (0..<39).first { fixture.bytes[reference($0)] != fixture.bytes[reference($0 + 1)] })
    var bytes = fixture.bytes
    bytes.replaceSubrange(reference(pair), with: fixture.bytes[reference(pair + 1)])
    bytes.replaceSubrange(reference(pair + 1), with: fixture.bytes[reference(pair)])
    try fixture.write(bytes)
    let damaged = try SystemImage(fixture.path)
    for number in [pair, pair + 1] {
      let entry = try #require(damaged.entry(number))
      #expect(damaged.entry(for: entry.key) == entry)
      #expect(throws: ImageError.self) { try damaged.source(of: entry) }
    }
  }

  @Test("An entry of one image is asked of another: its source is compared there, whatever was read before (W9)")
  func foreignEntry() throws {
    let traces = RandomTraces(seed: 1, count: 100).traces.filter { $0.source != nil }
    let directory = try TemporaryDirectory()
    for (name, kept) in [("large", traces[...]), ("small", traces.prefix(3))] {
      try ImageBuilder(Array(kept)).write(to: directory.path(name))
    }
    let (large, small) = (try SystemImage(directory.path("large")), try SystemImage(directory.path("small")))
    for entry in small.entries { _ = try small.source(of: entry) }
    for entry in large.entries {
      let source = try large.source(of: entry)
      let other = try? small.source(of: entry)
      #expect(other == nil || other == source)
    }
  }
}
