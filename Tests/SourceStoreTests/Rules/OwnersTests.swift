import CacheIdentity
import SourceStore
import Testing

@Suite("W6, D1: a row matches its own owner only")
struct OwnersTests {
  private let fast = Owner("overlay Fast")

  @Test("Another owner's source is never served, and both can hold at once")
  func ownersAreApart() throws {
    let bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "native"))
    #expect(try bench.served("k", owner: fast) == nil)
    try bench.insert(bench.trace("k", asking: ["a"], giving: "fast", owner: fast))
    #expect(try bench.served("k", owner: fast) == "fast")
    #expect(try bench.served("k") == "native")
    #expect(try bench.served("k", owner: Owner("nobody")) == nil)
    try bench.verify()
  }

  @Test("A source that was built from another owner's does not close with the native one of that name")
  func innerSourcesAreApart() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("inner", asking: ["a"], giving: "i"))
    try bench.insert(bench.trace("inner", asking: ["b"], giving: "i", owner: fast))
    try bench.insert(bench.trace("outer", inner: ["inner": "i"], giving: "o", owner: fast))
    try bench.define(["a": "2"])
    #expect(try bench.served("outer", owner: fast) == "o")
    try bench.define(["b": "2"])
    #expect(try bench.served("outer", owner: fast) == nil)
    try bench.verify()
  }
}
