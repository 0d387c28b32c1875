import CacheIdentity
import SourceStore
import Testing

@Suite("C: redefinition closes what asked, and nothing else")
struct InvalidationTests {
  @Test("C1: redefining what was asked about closes the row; defining something unrelated does not")
  func onlyWhatAsked() throws {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"), bench.trace("l", asking: ["b"], giving: "t"))
    #expect(try bench.define(["new": "1"]).closed.isEmpty)
    #expect(try bench.define(["a": "2"]).closed == [Bench.key("k")])
    #expect(try bench.range("k", at: .first) == "1...2")
    #expect(try bench.range("l") == "1...∞")
    try bench.verify()
  }

  @Test("C2: what asked and found nothing closes when there is something, and revives when it goes")
  func nothingIsAnAnswer() throws {
    let question = Question.lookup(table: "global", signature: Signature(function: "f", arguments: "(Int64)"))
    let store = try SourceStore(.memory)
    func advance(_ answer: Answer, _ state: String, from world: WorldAge?) throws -> SourceStoreAttachment {
      try store.advance(
        lineage: "main",
        to: DefinitionChange(state: digest(state), from: world, subjects: [question.subject], cause: "test")
      ) { _ in answer }
    }
    let first = try advance(.none, "no method", from: nil)
    var trace = try Bench(["a": "1"]).trace("k", giving: "s")
    trace.edges = [Edge(question, .none)]
    _ = try store.insert([trace], into: first.lineage)
    let second = try advance(Bench.answer("f(Int64)"), "method", from: first.world)
    #expect(second.closed == [Bench.key("k")])
    #expect(try advance(.none, "no method", from: second.world).revived == 1)
    #expect(try store.verify().isEmpty)
  }

  @Test("C3, C8: of what asked about one function, only what was answered otherwise closes")
  func onlyChangedAnswers() throws {
    let store = try SourceStore(.memory)
    func call(_ arguments: String) -> Question {
      .dispatch(table: "global", signature: Signature(function: "f", arguments: arguments))
    }
    func answer(_ method: String) -> Answer { Bench.answer(method) }
    let bench = try Bench(["a": "1"])
    var (first, second) = (bench.trace("k", giving: "s"), bench.trace("l", giving: "t"))
    first.edges = [Edge(call("(Int64)"), answer("f(Any)"))]
    second.edges = [Edge(call("(String)"), answer("f(Any)"))]
    let begun = try store.advance(lineage: "main", to: DefinitionChange(state: digest("1"), cause: "test")) { _ in nil }
    _ = try store.insert([first, second], into: begun.lineage)
    let subject = Subject.function(table: "global", name: "f")
    let ticked = try store.advance(
      lineage: "main",
      to: DefinitionChange(state: digest("2"), from: begun.world, subjects: [subject], cause: "f(Int64)")
    ) { $0 == call("(Int64)") ? answer("f(Int64)") : answer("f(Any)") }
    #expect(ticked.closed == [Bench.key("k")] && ticked.asked == 2)
    #expect(try store.verify().isEmpty)
  }

  @Test("C4: an edge on one method is closed by another answer to it, not by other questions about the function")
  func invokeEdge() throws {
    let signature = Signature(function: "f", arguments: "(Any)")
    let (invoke, dispatch) = (
      Question.method(table: "global", signature: signature), Question.dispatch(table: "global", signature: signature)
    )
    #expect(invoke.digest != dispatch.digest && invoke.subject == dispatch.subject)
    let store = try SourceStore(.memory)
    let begun = try store.advance(lineage: "main", to: DefinitionChange(state: digest("1"), cause: "test")) { _ in nil }
    let bench = try Bench(["a": "1"])
    var (first, second) = (bench.trace("k", giving: "s"), bench.trace("l", giving: "t"))
    first.edges = [Edge(invoke, Bench.answer("1"))]
    second.edges = [Edge(dispatch, Bench.answer("1"))]
    _ = try store.insert([first, second], into: begun.lineage)
    let ticked = try store.advance(
      lineage: "main",
      to: DefinitionChange(state: digest("2"), from: begun.world, subjects: [invoke.subject], cause: "test")
    ) { Bench.answer($0 == dispatch ? "2" : "1") }
    #expect(ticked.closed == [Bench.key("l")])
  }

  @Test("C5: binding again to an equal value closes nothing, even if other definitions changed with it")
  func equalValue() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    let ticked = try bench.define(["a": "1", "b": "2"])
    #expect(ticked.ticked && ticked.asked == 1 && ticked.closed.isEmpty)
    #expect(try bench.range("k") == "1...∞")
  }

  @Test("C12: what a tick closed is logged in order, with its depth and the answer that ended")
  func invalidationLog() throws {
    var bench = try Bench(["a": "1"])
    try bench.insert(
      bench.trace("outermost", inner: ["outer": "o"], giving: "oo"),
      bench.trace("outer", inner: ["inner": "i"], giving: "o"), bench.trace("inner", asking: ["a"], giving: "i"))
    let ticked = try bench.define(["a": "2"])
    #expect(ticked.closed == ["inner", "outer", "outermost"].map { Bench.key($0) })
    #expect(
      try bench.invalidations() == [
        "inner(Int64) 1 1", "outer(Int64) 2 generated source", "outermost(Int64) 3 generated source",
      ])
    try bench.verify()
  }

  @Test("A tick that asks about everything closes the same as one that asks about what changed")
  func fullAndIncrementalAgree() throws {
    for isIncremental in [true, false] {
      var bench = try Bench(["a": "1", "b": "1"])
      try bench.insert(bench.trace("k", asking: ["a"], giving: "s"), bench.trace("l", asking: ["b"], giving: "t"))
      if isIncremental {
        #expect(try bench.define(["a": "2"]).asked == 1)
      } else {
        bench.definitions["a"] = "2"
        #expect(try bench.attach().asked == 2)
      }
      #expect(try bench.served("k") == nil)
      #expect(try bench.served("l") == "t")
      try bench.verify()
    }
  }
}
