import CacheIdentity
import CacheSession
import SourceStore
import Synchronization
import Testing

@Suite("What changes while a request is on its way never gives a wrong hit")
struct RaceTests {
  @Test("W5, W12: a lookup in an old world does not open again what a tick closed")
  func closedRowStaysClosed() throws {
    let place = TemporaryStore()
    let store = try place.open()
    func kitchen() -> Kitchen {
      let kitchen = Kitchen(ToyHost(["a": "1"]), store: store)
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      return kitchen
    }
    let first = kitchen()
    #expect(try first.serve("f") == "f(1)")
    first.session.close()
    let second = kitchen()
    let old = second.host.world
    second.define(["a": "2"])
    // The reader's transaction began before the tick: it sees the row as open.
    #expect(try second.serve("f", at: old) == "f(1)")
    #expect(try second.serve("f") == "f(2)")
  }

  @Test("W12: answers that a host gives in a world to come do not revive a source in the one before")
  func definitionsMoveOn() throws {
    let host = ToyHost(["a": "1", "b": "1"])
    let restless = RestlessHost(host)
    let session = CacheSession<ToySource>(store: try SourceStore(.memory), definitions: restless)
    func serve(at world: UInt64) throws -> String? {
      try session.source(for: ToyInstance(name: "f"), generator: host.generator, at: HostWorld(world))?.text
    }
    host.cook("f", text: { "f(\($0.read("b")))" })
    host.define(["a": "2", "b": "2"])
    session.redefine(["a", "b"].reduce(into: []) { $0.insert(.binding(module: "Toy", name: $1)) })
    // Recorded in the old world only, so that in the new one the question is open.
    #expect(try serve(at: 1) == "f(1)")
    session.flush()
    restless.beforeAnswer.withLock { $0 = ["b": "1"] }
    #expect(try serve(at: 2) == "f(2)")
  }
}

/// A host whose definitions change while it is asked.
private final class RestlessHost: DefinitionState {
  private let host: ToyHost
  let beforeAnswer = Mutex<[String: String?]>([:])

  init(_ host: ToyHost) { self.host = host }

  var world: HostWorld { host.world }
  var state: Digest { host.state }

  func answer(_ question: Question) -> Answer? {
    let changes = beforeAnswer.withLock { changes in
      defer { changes = [:] }
      return changes
    }
    if !changes.isEmpty { host.define(changes) }
    return host.answer(question)
  }

  func request(_ request: SourceRequest, in context: GenerationContext<ToySource>) throws {
    try host.request(request, in: context)
  }
}
