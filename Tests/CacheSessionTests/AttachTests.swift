import CacheIdentity
import CacheSession
import Foundation
import SourceStore
import Synchronization
import Testing

@Suite("W1: attaching to a state that the store knows as its newest")
struct AttachTests {
  @Test("No question is asked and no byte is written, however much is stored", arguments: [1, 1000])
  func unchangedState(sources: Int) throws {
    let place = TemporaryStore()
    let bindings = Dictionary(uniqueKeysWithValues: (0..<sources).map { ("b\($0)", "1") })
    do {
      let kitchen = Kitchen(ToyHost(bindings), store: try place.open())
      for number in 0..<sources {
        kitchen.host.cook("\(number)", text: { $0.read("b\(number)") })
        _ = try kitchen.serve("\(number)")
      }
      kitchen.session.close()
      #expect(kitchen.session.counters.stored == sources)
    }
    let before = try Data(contentsOf: URL(filePath: place.path))
    do {
      let kitchen = Kitchen(ToyHost(bindings), store: try place.open())
      // Neither does a step in which nothing changes.
      kitchen.session.redefine(nil)
      kitchen.session.close()
      #expect(
        kitchen.takeEvents() == [
          .attached(world: .first, ticked: false, asked: 0, closed: 0, revived: 0),
          .redefined(world: .first, ticked: false, asked: 0, closed: 0, revived: 0),
        ])
    }
    #expect(try Data(contentsOf: URL(filePath: place.path)) == before)
  }

  @Test("W15: a failed attach leaves the session in memory until the next redefinition, which attaches")
  func failedAttach() throws {
    let place = TemporaryStore()
    let asked = AskedHost(.menu(["a": "1"]))
    let store = try place.open()
    let other = CacheSession<ToySource>(store: store, definitions: asked)
    _ = try other.source(for: ToyInstance(name: "f"), generator: asked.host.generator)
    other.flush()

    let blocked = try SourceStore(.existingFile(place.path), busyTimeoutMilliseconds: 1)
    let held = Mutex<Kitchen?>(nil)
    // The store asks within its transaction, so meanwhile nobody else can write.
    asked.whenAsked.withLock {
      $0 = {
        let kitchen = Kitchen(.menu(["a": "7"]), store: blocked)
        for _ in 0..<2 { #expect((try? kitchen.serve("f")) == "f(7)") }
        kitchen.session.flush()
        held.withLock { $0 = kitchen }
      }
    }
    asked.host.define(["a": "2"])
    other.redefine(nil)
    let kitchen = try #require(held.withLock { $0 })
    #expect(kitchen.session.counters.storeTroubles == 1)
    #expect(kitchen.session.counters.reusedFromMemory == 1)
    #expect(kitchen.session.counters.stored == 0)
    kitchen.define(["a": "8"])
    #expect(try kitchen.serve("f") == "f(8)")
    kitchen.session.close()
    #expect(kitchen.generated() == ["f", "f"])
    #expect(kitchen.session.counters.stored == 1)
    #expect(kitchen.session.counters.storeTroubles == 1)
  }
}

/// A host that does something once when it is asked.
private final class AskedHost: DefinitionState {
  let host: ToyHost
  let whenAsked = Mutex<(@Sendable () -> Void)?>(nil)

  init(_ host: ToyHost) { self.host = host }

  var world: HostWorld { host.world }
  var state: Digest { host.state }

  func answer(_ question: Question) -> Answer? {
    let body = whenAsked.withLock { body in
      defer { body = nil }
      return body
    }
    body?()
    return host.answer(question)
  }

  func request(_ request: SourceRequest, in context: GenerationContext<ToySource>) throws {
    try host.request(request, in: context)
  }
}
