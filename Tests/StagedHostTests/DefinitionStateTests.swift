import CacheIdentity
import LoweredIR
import StagedHost
import Testing

@Suite("The host answers questions in its newest world")
struct DefinitionStateTests {
  private static func dispatch(_ function: String, _ arguments: String, in table: String = "global") -> Question {
    .dispatch(table: table, signature: Signature(function: function, arguments: arguments))
  }

  /// Whether each question's answer changes with a definition.
  private static func changes(_ test: TestHost, _ text: String, _ questions: [Question]) throws -> [Bool] {
    let before = questions.map(test.host.definitions.answer)
    try test.load(text)
    return zip(questions, before).map { test.host.definitions.answer($0) != $1 }
  }

  @Test("Redefining a method changes the answers about it, an unrelated one does not (C1)")
  func method() throws {
    let test = try TestHost("f(x::Int64) = 1")
    let signature = Signature(function: "f", arguments: "(Int64)")
    let questions = [
      Question.method(table: "global", signature: signature), DefinitionStateTests.dispatch("f", "(Int64)"),
    ]
    #expect(try DefinitionStateTests.changes(test, "g(x) = 1", questions) == [false, false])
    #expect(try DefinitionStateTests.changes(test, "\n\nf(x::Int64) = 1", questions) == [false, false])
    #expect(try DefinitionStateTests.changes(test, "f(x::Int64) = 2", questions) == [true, true])
  }

  @Test("A method that is added changes the answer of a lookup that had no match (C2)")
  func noMatch() throws {
    let test = try TestHost()
    let lookup = Question.lookup(table: "global", signature: Signature(function: "f", arguments: "(Number)"))
    let questions = [lookup, DefinitionStateTests.dispatch("f", "(Int64)")]
    #expect(questions.map(test.host.definitions.answer) == [Answer.none, Answer.none])
    #expect(try DefinitionStateTests.changes(test, "f(x::String) = 1", questions) == [false, false])
    #expect(try DefinitionStateTests.changes(test, "f(x::Int64) = 1", questions) == [true, true])
  }

  @Test(
    "Only calls whose selection differs have another answer; an ambiguity and its end count where they are met (C3)")
  func specificity() throws {
    let test = try TestHost("f(x, y) = 1")
    let questions = ["(Int64, Int64)", "(Int64, Bool)", "(Bool, Bool)"].map { DefinitionStateTests.dispatch("f", $0) }
    #expect(try DefinitionStateTests.changes(test, "f(x::Int64, y) = 2", questions) == [true, true, false])
    #expect(try DefinitionStateTests.changes(test, "f(x, y::Int64) = 3", questions) == [true, false, false])
    #expect(try DefinitionStateTests.changes(test, "f(x::Int64, y::Int64) = 4", questions) == [true, false, false])
  }

  @Test("The answer about one very method does not change with a more specific one (C4)")
  func invoke() throws {
    let test = try TestHost("f(x::Number) = 1")
    let question = Question.method(table: "global", signature: Signature(function: "f", arguments: "(Number)"))
    #expect(try DefinitionStateTests.changes(test, "f(x::Int64) = 2", [question]) == [false])
    #expect(try DefinitionStateTests.changes(test, "f(x::Number) = 3", [question]) == [true])
  }

  @Test("A binding's answer changes with its value, and not when it is bound to an equal one (C5)")
  func binding() throws {
    let test = try TestHost("const c = (1, \"a\")")
    let question = Question.binding(module: "Main", name: "c")
    #expect(try DefinitionStateTests.changes(test, "const c = (0 + 1, string(\"a\"))", [question]) == [false])
    #expect(try DefinitionStateTests.changes(test, "const c = (1, \"b\")", [question]) == [true])
    #expect(test.host.definitions.answer(question)?.subject == "c = (1, \"b\")")
  }

  @Test("A change in an overlay table changes the answers of that table only (C9)")
  func overlay() throws {
    let test = try TestHost("table Fast\ntable Slow\nf(x) = 1")
    let questions = ["Fast", "Slow", "global"].map { DefinitionStateTests.dispatch("f", "(Int64)", in: $0) }
    let text = "overlay Fast f(x::Int64) = 2"
    #expect(try DefinitionStateTests.changes(test, text, questions) == [true, false, false])
    guard case .method(let method) = try TestHost.parse(text)[0] else { return }
    let before = questions.map(test.host.definitions.answer)
    try test.host.delete(method)
    #expect(questions.map(test.host.definitions.answer) == [Answer.none, before[1], before[2]])
  }

  @Test("A question with a type or table that does not exist has no answer (E4)")
  func senseless() throws {
    let test = try TestHost("f(x) = 1")
    for question in [
      DefinitionStateTests.dispatch("f", "(Gone)"), DefinitionStateTests.dispatch("f", "(Int64)", in: "Gone"),
      DefinitionStateTests.dispatch("f", "Int64"), .binding(module: "Other", name: "f"),
      .lookup(table: "global", signature: Signature(function: "f", arguments: "(Array{Gone})")),
    ] {
      #expect(test.host.definitions.answer(question) == nil)
    }
    #expect(test.host.definitions.answer(.binding(module: "Main", name: "gone")) == Answer.none)
  }

  @Test("Answers do not depend on the order of definition")
  func order() throws {
    let methods = ["f(x::Int64, y) = 1", "f(x, y::Int64) = 2", "f(x, y) = 3"]
    let one = try TestHost(methods.joined(separator: "\n"))
    let two = try TestHost(methods.reversed().joined(separator: "\n"))
    for question in [
      DefinitionStateTests.dispatch("f", "(Int64, Int64)"),
      .lookup(table: "global", signature: Signature(function: "f", arguments: "(Number, Number)")),
    ] {
      #expect(one.host.definitions.answer(question) == two.host.definitions.answer(question))
    }
  }
}
