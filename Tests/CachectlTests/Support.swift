import CacheIdentity
import Foundation
import LoweredIR
import SourceCodec
import SourceStore
import Testing

/// The command as a process of its own.
struct Command {
  struct Result {
    var status: Int32
    var output: String
    var error: String

    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed) }
    func object() throws -> [String: Any] { try #require(try json() as? [String: Any]) }
    func objects() throws -> [[String: Any]] { try #require(try json() as? [[String: Any]]) }
  }

  /// The product, which is built beside the tests.
  static var executable: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("cachectl")
  }

  /// Runs the command; its environment has nothing but `environment`.
  static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files, not pipes: nothing to drain, whatever the size.
    let files = try ["output", "error"].map { name in
      let url = folder.appendingPathComponent(name)
      try Data().write(to: url)
      return (url, try FileHandle(forWritingTo: url))
    }
    process.standardOutput = files[0].1
    process.standardError = files[1].1
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try String(contentsOf: files[0].0, encoding: .utf8),
      error: try String(contentsOf: files[1].0, encoding: .utf8))
  }
}

/// A store with a short history: `inner` rests on the callee of `sin`, `outer` on the source of `inner`, `declined` on nothing.
/// World 1 has them all; world 2 has another `sin`, which closes two of them.
final class SampleStore {
  let folder: URL
  let path: String
  let code = LoweredCode(arguments: ["x"], statements: [.value(.call(.global("sin"), [.slot(0)])), .return(.ssa(0))])

  /// - Parameter padding: The number of further sources, each of about 400 bytes.
  init(padding: Int = 0) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    path = folder.appendingPathComponent("store.sqlite").path
    let store = try SourceStore(.file(path))
    let lineage = try SampleStore.become(1, in: store)
    let source = EncodedSource(code)
    let inner = SampleStore.key("inner")
    let innerEdge = Edge(
      .source(inner, specialization: "inner(Float64)"), Answer(digest: source.digest, subject: "generated source"))
    _ = try store.insert(
      [
        SampleStore.trace("inner", edges: [Edge(SampleStore.question, SampleStore.answer(1))], source: source),
        SampleStore.trace("outer", edges: [innerEdge], source: source),
        SampleStore.trace("declined", edges: [], source: nil),
        SampleStore.trace("odd \"name\",\n", edges: [], source: EncodedSource(Blob())),
      ], into: lineage)
    let more = (0..<padding).map { number in
      SampleStore.trace("padding\(number)", edges: [], source: EncodedSource(Blob(seed: number, count: 400)))
    }
    _ = try store.insert(more, into: lineage)
    _ = try SampleStore.become(2, in: store)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func run(_ arguments: String...) throws -> Command.Result {
    try Command.run(arguments + ["--store", path])
  }

  /// Goes back to the definitions of world 1.
  func revert() throws { _ = try SampleStore.become(1, in: try SourceStore(.existingFile(path))) }

  /// Changes the file behind the store's back.
  func execute(_ sql: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sqlite3", path, sql]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  static func key(_ name: String) -> SourceKey {
    SourceKey(methodHash: digest("method", name), instance: digest("instance", name), owner: Owner.native.digest)
  }

  private static let question = Question.dispatch(
    table: "global", signature: Signature(function: "sin", arguments: "(Float64)"))

  private static func answer(_ version: Int) -> Answer {
    Answer(digest: digest("answer", "\(version)"), subject: "sin(x::Float64) at trig.ir:\(version):1")
  }

  private static func become(_ version: Int, in store: SourceStore) throws -> LineageID {
    let change = DefinitionChange(state: digest("state", "\(version)"), cause: "version \(version)")
    return try store.advance(lineage: "main", to: change) { _ in answer(version) }.lineage
  }

  private static func trace(_ name: String, edges: [Edge], source: EncodedSource?) -> NewTrace {
    NewTrace(
      key: key(name),
      method: MethodDescription(
        module: "Main", table: "global", signature: Signature(function: name, arguments: "(x)"), location: "main.ir:1:1"
      ),
      generator: GeneratorFingerprint(generator: "sample", version: "1"), owner: .native,
      specialization: "\(name)(Float64)", world: .first, edges: edges, source: source,
      provenance: Provenance(process: .current, generatedAt: 1_000, generationNanoseconds: 2_500_000))
  }

  private static func digest(_ domain: String, _ text: String) -> Digest {
    var builder = DigestBuilder(domain: domain)
    builder.add("text", text)
    return builder.finalize()
  }
}

/// A source that is no IR.
private struct Blob: SourceCodable {
  static let codec = CodecIdentity(name: "blob", version: 7)
  var bytes: [UInt8] = [0xab]

  init() {}
  init(seed: Int, count: Int) {
    bytes = (0..<count).map { UInt8(truncatingIfNeeded: seed >> (8 * ($0 % 4)) &+ $0) }
  }
  init(from reader: inout ByteReader) throws(DecodingFailure) {
    while reader.remaining > 0 { bytes.append(try reader.readByte()) }
  }
  func encode(into writer: inout ByteWriter) { for byte in bytes { writer.write(byte: byte) } }
}
