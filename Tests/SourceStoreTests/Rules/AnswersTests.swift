import CacheIdentity
import SourceStore
import Testing

@Suite("W2: a question has one answer in a world")
struct AnswersTests {
  @Test("A generation that was answered otherwise than what is recorded is refused")
  func contradictionIsRefused() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    bench.definitions["a"] = "2"
    let other = bench.trace("l", asking: ["a"], giving: "s")
    #expect(try bench.insert(other) == [.refused(.contradiction(Bench.question("a")))])
    try bench.verify()
  }

  @Test("A generation that asked a question twice and was answered twice is refused")
  func twoAnswersAreRefused() throws {
    let bench = try Bench(["a": "1"])
    var twice = bench.trace("k", asking: ["a"], giving: "s")
    twice.edges.append(Edge(Bench.question("a"), Bench.answer("2")))
    #expect(try bench.insert(twice) == [.refused(.contradiction(Bench.question("a")))])
    try bench.verify()
  }

  @Test("A generation that rests on a source which is not recorded in its world is refused, and on another one too")
  func sourceMustBeRecorded() throws {
    let bench = try Bench(["a": "1"])
    let outer = bench.trace("outer", inner: ["inner": "i"], giving: "o")
    #expect(try bench.insert(outer) == [.refused(.unrecordedSource(Bench.source(of: "inner")))])
    try bench.insert(bench.trace("inner", asking: ["a"], giving: "another"))
    #expect(try bench.insert(outer) == [.refused(.contradiction(Bench.source(of: "inner")))])
    try bench.verify()
  }
}
