import CacheIdentity
import JuliaCorpus
import LoweredIR
import SourceCodec
import Testing

@Suite("A line of a corpus becomes a trace with the code that Julia generated")
struct CorpusEntryTests {
  private let process = ProcessIdentity(host: "h", pid: 1, program: "p", startedAt: 5)

  private func code(_ statements: [String], slots: [String] = ["#pass#", "fargs"]) throws -> LoweredCode {
    try #require(try CorpusEntry(line: Lines.generated(statements, slots: slots)).generation).code.code
  }

  @Test("Statements keep their order, and what Julia counts from 1 counts from 0")
  func statements() throws {
    let code = try code(
      [
        #"{"newvar":3}"#, #"{"h":"call","a":[{"g":"Core.getfield"},{"slot":2},1]}"#,
        #"{"h":"=","a":[{"slot":3},{"h":"call","a":[{"slot":1},{"g":"Base.Math.sin"},{"ssa":2}]}]}"#,
        #"{"h":"gotoifnot","a":[{"ssa":3},6]}"#, #"{"goto":2}"#, #"{"h":"return","a":[{"slot":3}]}"#,
      ], slots: ["#pass#", "fargs", "x"])
    #expect(
      code.text == """
        code(var"#pass#", fargs...; x)
          %0 = @var"%newvar"(x)
          %1 = @var"Core.getfield"(fargs, 1)
          %2 = x := var"#pass#"(@var"Base.Math.sin", %1)
          %3 = unless %2 goto %5
          %4 = goto %1
          %5 = return x
        end

        """)
  }

  @Test("Each kind of constant becomes another literal")
  func constants() throws {
    let constants = [
      "null", "true", "1", #""a""#, #"{"q":{"sym":"a"}}"#, #"{"sym":"a"}"#, #"{"t":"Array{Float64,1}"}"#,
      #"{"t":"T where T"}"#,
      #"{"f64":"3ff0000000000000"}"#, #"{"i":"Int32","v":"1"}"#, #"{"c":97}"#, #"{"tuple":[1]}"#, #"{"svec":[1]}"#,
      #"{"q":1}"#, #"{"h":"boundscheck","a":[]}"#, #"{"tuple":[{"t":"Int64"}]}"#, #"{"tuple":[{"sym":"Int64"}]}"#,
      #"{"o":"Foo","r":"Foo(1)"}"#, #"{"tv":"T"}"#,
    ]
    let code = try code(constants.map { #"{"h":"return","a":[\#($0)]}"# })
    #expect(Set(code.statements).count == constants.count)
    #expect(code.statements[8] == .return(.literal(.float(1))))
    #expect(code.statements[4] == .return(.literal(.symbol("a"))))
  }

  @Test("What stands beside the code is kept, and survives the bytes")
  func beside() throws {
    let line = Lines.generated(
      ["null", "null", #"{"h":"return","a":[null]}"#], slots: ["#pass#", "fargs", "x", "x"], locations: [0, 1, 1])
    let code = try #require(try CorpusEntry(line: line).generation).code
    #expect(code.lines == [.init(method: "half", file: "numbers.jl", line: 7, inlinedAt: 0)])
    #expect(code.locations == [0, 1, 1] && code.slotFlags == [0, 1, 2, 0] && code.flags == 2)
    #expect(code.code.locals == ["x", "x'"])
    let reopened = try EncodedSource(code).open(JuliaCode.self)
    #expect(reopened == code && reopened.lines == code.lines && reopened.locations == code.locations)
    #expect(reopened.slotFlags == code.slotFlags && reopened.flags == code.flags)
  }

  @Test("The method for inference's limits is kept if it is not the method itself")
  func limit() throws {
    let statements = [#"{"h":"return","a":[null]}"#]
    #expect(try code(statements).methodForInferenceLimitHeuristics == nil)
    let other = #"{"name":"f","sig":"Tuple{typeof(f)}"}"#
    let entry = try CorpusEntry(line: Lines.generated(statements, limit: other))
    #expect(entry.generation?.code.code.methodForInferenceLimitHeuristics == "Tuple{typeof(f)}")
  }

  @Test("The trace rests on the dispatch of its instance, and knows its method")
  func trace() throws {
    let entry = try CorpusEntry(line: Lines.generated([#"{"h":"return","a":[null]}"#]))
    let fingerprint = GeneratorFingerprint(generator: "pass", version: "1")
    let trace = entry.trace(
      generator: fingerprint, owner: Owner("pass"), world: .first, process: process, nanoseconds: 70)
    #expect(trace.specialization == "half(Int64)")
    #expect(trace.method.signature == Signature(function: "half", arguments: "(Real)"))
    #expect(trace.method.module == "Main.Numbers" && trace.method.location == "numbers.jl:7")
    #expect(
      trace.edges.map(\.question)
        == [.dispatch(table: "global", signature: Signature(function: "half", arguments: "(Int64)"))])
    #expect(trace.edges[0].answer.subject == "half(Real) at numbers.jl:7")
    #expect(trace.provenance.generationNanoseconds == 70)
    #expect(entry.generation?.juliaBytes == 96)
    #expect(try trace.source?.open(JuliaCode.self) == entry.generation?.code)
  }

  @Test("No method is an answer, too: the trace has no source")
  func declined() throws {
    let trace = try CorpusEntry(line: Lines.negative).trace(
      generator: GeneratorFingerprint(generator: "pass", version: "1"), owner: Owner("pass"), world: .first,
      process: process, nanoseconds: 0)
    #expect(trace.source == nil)
    #expect(trace.specialization == "Type{String}(BitArray{1})")
    #expect(trace.edges.map(\.answer) == [.none])
    #expect(trace.edges[0].question.description == "the callee of Type{String}(BitArray{1}) in global")
  }

  @Test("A timing is that of the first request")
  func timings() throws {
    let timings = try CorpusTimings(
      """
      {"i":1,"id":4,"who":"infer","ns":700}
      {"i":2,"id":4,"who":"is_pure","ns":20}
      {"i":3,"id":5,"who":"infer","ns":9}
      """)
    #expect(timings.nanoseconds == [4: 700, 5: 9])
  }

  @Test(
    "What is no entry says why",
    arguments: [
      ("{", .notJSON(offset: 1)), ("{}", .missing("id")),
      (#"{"id":1,"argtypes":[],"kind":"else"}"#, .unknownValue("else")),
      (Lines.generated([#"{"h":"return","a":[{"ssa":0}]}"#]), .missing("ssa")),
      (Lines.generated([#"{"h":"return","a":[{}]}"#]), .unknownValue("")),
      (Lines.generated([#"{"h":"return","a":[null]}"#], locations: [2]), .missing("codelocs")),
      (Lines.generated([]), .invalidCode(InvalidCode(.empty))),
    ] as [(String, CorpusProblem)])
  func problems(line: String, problem: CorpusProblem) {
    #expect(throws: problem) { try CorpusEntry(line: line) }
  }
}
