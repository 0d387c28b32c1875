import CacheIdentity
import CacheSession
import Foundation
import Logging
import SourceCodec
import SourceStore
import Synchronization
import Testing

@Suite("W15: trouble in the store never breaks the host")
struct TroubleTests {
  @Test("A store that cannot be written is counted and logged once; sources are generated")
  func readOnlyStore() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "worldcache-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "store.sqlite").path
    do {
      let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.file(path)))
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      #expect(try kitchen.serve("f") == "f(1)")
      kitchen.session.close()
    }
    let log = LogLines()
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.readOnlyFile(path))) {
      $0.logger = Logger(label: "test") { _ in log }
    }
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    for name in ["g", "h"] { kitchen.host.cook(name, text: { "\(name)(\($0.read("a")))" }) }
    #expect(try kitchen.serve("f") == "f(1)")
    #expect(try kitchen.serve("g") == "g(1)")
    kitchen.session.flush()
    #expect(try kitchen.serve("h") == "h(1)")
    kitchen.session.flush()
    #expect(kitchen.generated() == ["g", "h"])
    #expect(kitchen.session.counters.storeTroubles >= 2)
    #expect(kitchen.session.counters.dropped == 2)
    #expect(log.count == 1)
  }

  @Test("A queue that is full drops generations, counts them, and the sources are right all the same")
  func fullQueue() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory)) { $0.queueCapacity = 0 }
    kitchen.host.cook("f", text: { _ in "f" })
    #expect(try kitchen.serve("f") == "f")
    #expect(try kitchen.serve("f") == "f")
    kitchen.session.flush()
    #expect(kitchen.session.counters.dropped == 1)
    #expect(kitchen.session.counters.stored == 0)
    kitchen.define(["a": "1"])
    #expect(try kitchen.serve("f") == "f")
    #expect(kitchen.generated() == ["f", "f"])
  }

  @Test("W12: a store that was replaced by another file under us gives no source of the other one")
  func replacedFile() throws {
    let place = TemporaryStore()
    let ours = try place.open()
    try place.delete()
    func cook(_ value: String, in store: SourceStore) throws -> String? {
      let kitchen = Kitchen(ToyHost(["a": value]), store: store)
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      defer { kitchen.session.close() }
      return try kitchen.serve("f")
    }
    #expect(try cook("2", in: place.open()) == "f(2)")
    #expect(try cook("1", in: ours) == "f(1)")
  }

  @Test("Sources that cannot be decoded are one kind of trouble: logged once, whatever is wrong with each")
  func undecodableSources() throws {
    let store = try SourceStore(.memory)
    let names = ["a", "bcd"]
    let kitchen = Kitchen(ToyHost(), store: store)
    for name in names { kitchen.host.cook(name, text: { _ in name }) }
    for name in names { _ = try kitchen.serve(name) }
    kitchen.session.close()

    let log = LogLines()
    var options = SessionOptions()
    options.logger = Logger(label: "test") { _ in log }
    let session = CacheSession<PickySource>(store: store, definitions: PickyHost(), options: options)
    for name in names { _ = try session.source(for: ToyInstance(name: name), generator: PickyGenerator()) }
    #expect(session.counters.storeTroubles == 2)
    #expect(log.count == 1)
  }
}

/// Refuses every byte that it once wrote, each at another place.
private struct PickySource: SourceCodable {
  static let codec = ToySource.codec
  init() {}
  func encode(into writer: inout ByteWriter) {}
  init(from reader: inout ByteReader) throws(DecodingFailure) {
    throw DecodingFailure(.notCanonical, at: try reader.readText().utf8.count)
  }
}

private struct PickyHost: DefinitionState {
  var world: HostWorld { HostWorld(1) }
  var state: Digest { ToyHost().state }
  func answer(_ question: Question) -> Answer? { nil }
  func request(_ request: SourceRequest, in context: GenerationContext<PickySource>) throws {}
}

private struct PickyGenerator: CachedGenerator {
  var name: String { "toy" }
  var version: String? { "1" }
  func generate(
    _ instance: ToyInstance, owner: Owner, context: GenerationContext<PickySource>
  ) throws -> GeneratedSource<PickySource> { GeneratedSource(PickySource()) }
}

/// Counts what is logged.
private final class LogLines: LogHandler, Sendable {
  private let lines = Mutex(0)
  var count: Int { lines.withLock { $0 } }
  func log(event: LogEvent) { lines.withLock { $0 += 1 } }
  subscript(metadataKey _: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
}
