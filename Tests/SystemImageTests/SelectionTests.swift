import CacheIdentity
import ImageModel
import SourceCodec
import SourceStore
import SystemImage
import Testing

@Suite("An image is self-contained: what cannot be asked for is left out, and the builder says why")
struct SelectionTests {
  private static func leftOut(
    _ traces: [NewTrace], state: Digest? = digest("state")
  ) throws -> [SourceKey: LeftOutTrace.Reason] {
    let directory = try TemporaryDirectory()
    let written = try ImageBuilder(traces, state: state).write(to: directory.path("image"))
    let image = try SystemImage(directory.path("image"))
    #expect(try image.verify() == [])
    #expect(written.entries + written.leftOut.count == traces.count)
    for trace in traces {
      #expect((image.entry(for: trace.key) == nil) == written.leftOut.contains { $0.key == trace.key })
    }
    return Dictionary(uniqueKeysWithValues: written.leftOut.map { ($0.key, $0.reason) })
  }

  private static func asking(_ inner: NewTrace) -> [Edge] {
    [Edge(.source(inner.key, specialization: inner.specialization), inner.sourceAnswer)]
  }

  private static func plain(_ count: Int) -> [NewTrace] {
    RandomTraces(seed: 9, count: count).traces.map {
      var trace = $0
      trace.edges = []
      return trace
    }
  }

  @Test("What rests on a source that is not there, or on another one, goes with all that rests on it (C6)")
  func inner() throws {
    var traces = Self.plain(5)
    let missing = traces.removeLast()
    traces[0].edges = Self.asking(missing)
    traces[1].edges = Self.asking(traces[0])
    traces[2].edges = [
      Edge(.source(traces[3].key, specialization: ""), .source(digest("what it gave in another world")))
    ]
    #expect(
      try Self.leftOut(traces) == [
        traces[0].key: .innerMissing(missing.key), traces[1].key: .innerLeftOut(traces[0].key),
        traces[2].key: .innerDiffers(traces[3].key),
      ])
  }

  @Test("What a generator bounded means nothing in other worlds")
  func bounded() throws {
    var traces = Self.plain(3)
    traces[0].declared = WorldRange.only(WorldAge(7))
    traces[1].edges = Self.asking(traces[0])
    #expect(
      try Self.leftOut(traces) == [traces[0].key: .bounded, traces[1].key: .innerLeftOut(traces[0].key)])
  }

  @Test("In one state a question has one answer, the last that was added (W2)")
  func contradiction() throws {
    var traces = Self.plain(3)
    let question = Question.binding(module: "Main", name: "x")
    for number in traces.indices {
      traces[number].edges = [Edge(question, RandomTraces.answer(to: question, version: min(1, number)))]
    }
    #expect(try Self.leftOut(traces) == [traces[0].key: .contradicted(question)])
    #expect(try Self.leftOut(traces, state: nil) == [:])
  }

  @Test("Images merge: of one key the trace added last counts")
  func merging() throws {
    let directory = try TemporaryDirectory()
    let traces = Self.plain(6)
    var changed = traces[0]
    changed.source = EncodedSource(codec: "text/1", payload: Array("changed".utf8))
    try ImageBuilder(traces[..<4]).write(to: directory.path("first"))
    try ImageBuilder([changed] + traces[4...]).write(to: directory.path("second"))
    var builder = ImageBuilder(lineage: "main", world: WorldAge(7), state: digest("state"))
    try builder.add(contentsOf: SystemImage(directory.path("first")))
    try builder.add(contentsOf: SystemImage(directory.path("second")))
    #expect(builder.count == 6)
    let merged = try builder.write(to: directory.path("merged"))
    let direct = try ImageBuilder([changed] + traces[1...]).write(to: directory.path("direct"))
    #expect(merged == direct)
  }
}
