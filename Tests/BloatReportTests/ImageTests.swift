import CacheIdentity
import Foundation
import SourceCodec
import SourceStore
import SystemImage
import Testing

@testable import BloatReport

@Suite("Every byte of an image is attributed once")
struct ImageTests {
  private struct Text: SourceCodable {
    static let codec = CodecIdentity(name: "text", version: 1)
    let text: String
    init(_ text: String) { self.text = text }
    init(from reader: inout ByteReader) throws(DecodingFailure) { text = try reader.readText() }
    func encode(into writer: inout ByteWriter) { writer.write(text: text) }
  }

  private static func digest(_ text: String) -> Digest {
    var builder = DigestBuilder(domain: "test")
    builder.add("text", text)
    return builder.finalize()
  }

  /// Method instances 0 to `count` - 1; every third shares the source of the one before, every seventh declined.
  private static func measured(_ count: Int, generators: [String] = ["x", "y"]) throws -> (MeasuredFile, size: Int64) {
    var builder = ImageBuilder(lineage: "main", world: WorldAge(3), state: digest("state"))
    for number in 0..<count {
      let function = "f\(number % 5)"
      let content = Text(String(repeating: "call \(number % 3 == 2 ? number - 1 : number) ", count: 5))
      builder.add(
        NewTrace(
          key: SourceKey(
            methodHash: digest("method \(function)"), instance: digest("instance \(number)"), owner: Owner.native.digest
          ),
          method: MethodDescription(
            module: "Main", table: "global", signature: Signature(function: function, arguments: "(x)"),
            location: "a.ir:1:1"),
          generator: GeneratorFingerprint(generator: generators[number % 5 % generators.count], version: "1"),
          owner: .native, specialization: "\(function)(T\(number))", world: WorldAge(1),
          edges: [
            Edge(
              .binding(module: "Main", name: "b\(number % 4)"), Answer(digest: digest("b\(number % 4)"), subject: "1"))
          ], source: number % 7 == 6 ? nil : EncodedSource(content),
          provenance: Provenance(
            process: ProcessIdentity(host: "h", pid: 1, program: "p", startedAt: 1), generatedAt: now,
            generationNanoseconds: 1_000)))
    }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try builder.write(to: path)
    let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64)
    return (try MeasuredFile(SystemImage(path), measuredAt: now), size)
  }

  @Test("Sections, and entries with the file's own bytes, add up to the file", arguments: [0, 1, 10, 300])
  func reconciles(count: Int) throws {
    let (measured, size) = try ImageTests.measured(count)
    let report = BloatReport(measured, hitNanoseconds: 0)
    #expect(report.kind == .image)
    #expect(report.bytes == size)
    #expect(report.parts.reduce(0) { $0 + $1.bytes } == size)
    #expect(report.entries.disk + report.fileBytes == size)
    #expect(report.entries.entries == count)
    #expect(report.declined == count / 7)
  }

  @Test("A shared source has all its users, and each entry's source takes what it takes")
  func sources() throws {
    let (measured, _) = try ImageTests.measured(60)
    let part = try #require(measured.parts.first { $0.name == "sources" })
    let region = try #require(part.regions.first)
    #expect((0..<part.users.count).contains { part.users[$0].count == 2 })
    // The section's first byte is no source's.
    #expect(abs(region.weights.reduce(0, +) - region.payload) <= 1)
  }

  @Test("What an image without a generator would be smaller is about what that generator costs it")
  func withAndWithout() throws {
    let (with, _) = try ImageTests.measured(300)
    let report = BloatReport(with, hitNanoseconds: 0)
    let exclusive = report.generators.reduce(0) { $0 + $1.exclusiveBytes }
    #expect(exclusive > 0)
    #expect(exclusive <= report.entries.disk)
    #expect(report.generators.count == 2)
  }
}
