import CacheIdentity
import CacheSession
import SourceStore
import Testing

@Suite("A prepared request gives what the request itself gives")
struct PreparedRequestTests {
  @Test("B1: a hit in memory, in the world that is asked for")
  func hits() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    let request = PreparedRequest(for: ToyInstance(name: "f"), generator: kitchen.host.generator)
    for _ in 0..<3 { #expect(try kitchen.session.source(for: request) == "f(1)") }
    #expect(kitchen.generated() == ["f"])
    #expect(kitchen.session.counters.reusedFromMemory == 2)
    kitchen.define(["a": "2"])
    #expect(try kitchen.session.source(for: request) == "f(2)")
    #expect(try kitchen.serve("f") == "f(2)")
    #expect(kitchen.generated() == ["f"], "once more, and not for the plain request")
  }

  @Test("C6: what is built from the source rests on the same")
  func basis() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: nil)
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    let request = PreparedRequest(for: ToyInstance(name: "f"), generator: kitchen.host.generator)
    let prepared = try kitchen.session.recordedSource(for: request)
    let plain = try kitchen.session.recordedSource(for: ToyInstance(name: "f"), generator: kitchen.host.generator)
    #expect(prepared.basis.edges == plain.basis.edges)
    #expect(kitchen.generated() == ["f"])
  }

  @Test("B9, W14: a generator that is not cached runs each time, and so does one of a session that is not enabled")
  func uncached() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: nil) { $0.isEnabled = false }
    kitchen.host.cook("f", text: { $0.read("a") })
    let cached = PreparedRequest(for: ToyInstance(name: "f"), generator: kitchen.host.generator)
    let plain = PreparedRequest(
      for: ToyInstance(name: "g"), generator: PlainGenerator(host: kitchen.host) { _ in GeneratedSource("g") })
    for _ in 0..<2 {
      #expect(try kitchen.session.source(for: cached) == "1")
      #expect(try kitchen.session.source(for: plain) == "g")
    }
    #expect(kitchen.session.counters.passedThrough == 4)
    #expect(kitchen.session.counters.reusedFromMemory == 0)
  }
}
