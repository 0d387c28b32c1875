import CacheIdentity
import CacheSession
import SourceStore
import Testing

@Suite("A declared range reaches whatever was built from it")
struct DeclaredRangeTests {
  @Test("W3, B4: the range of an inner generator that is not cached narrows the outer source")
  func rangeOfUncachedInner() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    let plain = PlainGenerator(host: kitchen.host) { cook in
      GeneratedSource("plain", declaredRange: cook.context.world...cook.context.world)
    }
    kitchen.host.cook(
      "outer",
      text: { cook in
        let inner = try cook.context.source(for: ToyInstance(name: "inner"), owner: .native, generator: plain)
        return "outer(\(inner?.text ?? ""))"
      })
    #expect(try kitchen.serve("outer") == "outer(plain)")
    kitchen.define(["a": "1"])
    #expect(try kitchen.serve("outer") == "outer(plain)")
    #expect(kitchen.generated() == ["outer", "outer"])
  }
}
