import Inference
import LoweredIR
import StagedHost
import Testing

@Suite("The entries of a program for inference")
struct EntryTests {
  /// A program with the calls of `entry` and `second_entry`.
  struct Entries: CustomTestStringConvertible {
    let program: String
    let table: String
    let arguments: String
    let results: [String]
    /// Sources that only the overlay pass requests: those of generated functions that it rewrites.
    let rewritten: Int
    var testDescription: String { program }
  }

  static let programs = [
    Entries(
      program: "sin.ir", table: "Emulated", arguments: "Tuple{Int64}",
      results: ["Float64", "Tuple{Float64, Float64}"], rewritten: 2),
    Entries(
      program: "findall.ir", table: "Checked", arguments: "Tuple{Int64, Array{Float64}}",
      results: ["Array{Int64}", "Array{Int64}"], rewritten: 0),
  ]

  @Test(
    "Are type-stable; little of the second is left to infer; each source is generated once (F3)", arguments: programs)
  func entries(_ entries: Entries) throws {
    let store = try StoreFile()
    let (host, session) = try ExampleProgram(entries.program).started(store)
    let interpreter = AbstractInterpreter(view: host.view, session: session)
    let tuple = try host.view.resolve(TypeExpression(parsing: entries.arguments, file: "test"))
    guard case .table(let table)? = host.view.global(entries.table), case .tuple(let arguments, nil) = tuple.shape
    else {
      Issue.record("no table or no arguments")
      return
    }
    var instances: [Int] = []
    for (name, result) in zip(["entry", "second_entry"], entries.results) {
      let call = try interpreter.infer("overdub", [table, .function(name)] + arguments)
      #expect(call.type.description == result)
      instances.append(interpreter.counters.instances)
    }
    #expect((200...600).contains(instances[0]))
    #expect((instances[1] - instances[0]) * 8 < instances[0])
    #expect(session.counters.generated == interpreter.counters.requestedInstances + entries.rewritten)
    #expect(interpreter.counters.requests.values.reduce(0, +) > 4 * interpreter.counters.requestedInstances)
    session.close()
  }
}
