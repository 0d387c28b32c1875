import Testing

@Suite("An edit of an example runs exactly the generators that asked about it")
struct EditTests {
  /// An edit of one method, and what it must cost.
  struct Edit: CustomTestStringConvertible {
    let program: String
    let old: String
    let new: String
    /// Generator runs.
    let generated: Int
    /// Sources that hold again because what they were built from came out the same (C7).
    let revived: Int
    let changesResult: Bool
    let testDescription: String
  }

  static let edits = [
    Edit(
      program: "overlay.ir", old: "\nharmonic(k::Int64, x::Float64) = sin(",
      new: "\nharmonic(k::Int64, x::Float64) = cos(",
      generated: 2, revived: 0, changesResult: true,
      testDescription: "A plain function under two overlay tables: its instance under each"),
    // The nodes of Gauss's quadrature are computed by cos, and so by sin_kernel, when gauss is generated: for 5 nodes
    // and for 8. That is two runs; the third is sin_kernel under Flops, for under Fast nothing calls it. The nodes come
    // out the same, so gauss under both tables, for 5 and for 8 nodes, holds again.
    Edit(
      program: "overlay.ir", old: "x - ((z * (0.5 * low - z * x * r)", new: "x - ((z * (low * 0.5 - z * x * r)",
      generated: 3, revived: 4, changesResult: false,
      testDescription: "A function that generators call: what is built from their sources is not generated again"),
    // promote asked about it for Float64 and Int64, alone and as parts of Dual, each in both orders.
    Edit(
      program: "overlay.ir", old: "promote_rule(::Type{Float64}, ::Type{Int64}) = Float64",
      new: "promote_rule(::Type{Float64}, ::Type{Int64}) = typeof(1.0)", generated: 4, revived: 14,
      changesResult: false,
      testDescription: "An entry of a table that only generators read"),
    Edit(
      program: "overlay.ir", old: "overlay Fast hypot(x::Float64, y::Float64) = sqrt(x * x + y * y)",
      new: "overlay Fast hypot(x::Float64, y::Float64) = sqrt(y * y + x * x)", generated: 1, revived: 0,
      changesResult: false,
      testDescription: "A method of an overlay table: the instance under that table (C9)"),
    Edit(
      program: "queries.ir", old: "push!(loop.body, :(push!(result, tuple($(values...)))))",
      new: "push!(loop.body, :(push!(result, tuple(1, $(values...)))))", generated: 1, revived: 0, changesResult: true,
      testDescription: "A part of a compiler that one kind of query needs"),
    // 9 queries less the one without aggregates.
    Edit(
      program: "queries.ir", old: "begins(t) = t <: Count ? 0 : nothing", new: "begins(t) = t <: Count ? 1 : nothing",
      generated: 8, revived: 0, changesResult: true, testDescription: "A part of a compiler that most queries need"),
    Edit(
      program: "queries.ir", old: "larger(a, b) = a < b ? b : a", new: "larger(a, b) = a < b ? a : b", generated: 0,
      revived: 0, changesResult: true, testDescription: "A function that only generated code calls"),
    // Of the four quantities that are shown, three have a unit.
    Edit(
      program: "specialize.ir", old: #"string(" ", name, "^", power)"#, new: #"string(" ", name, power)"#, generated: 3,
      revived: 0, changesResult: true, testDescription: "A helper of one generated function"),
    Edit(
      program: "specialize.ir", old: "x = 6.283185307179586 * (k / n)", new: "x = (k / n) * 6.283185307179586",
      generated: 4,
      revived: 0, changesResult: false, testDescription: "A helper far down: the transforms of all four lengths"),
    // Horner's scheme for two and for three coefficients, each plain and rewritten.
    Edit(
      program: "sin.ir", old: "result = :(muladd(x, $result,", new: "result = :(muladd($result, x,", generated: 4,
      revived: 0, changesResult: false, testDescription: "A generated function under an overlay table"),
    Edit(
      program: "findall.ir", old: "ifelse(keeps[1], i, defaults[1])", new: "keeps[1] ? i : defaults[1]", generated: 1,
      revived: 0, changesResult: false, testDescription: "A function of one instance in the middle of the call graph"),
  ]

  @Test("Edited, the program runs those; edited back, none (C11)", arguments: edits)
  func edit(_ edit: Edit) throws {
    let program = try ExampleProgram(edit.program)
    let edited = try program.replacing(edit.old, with: edit.new)
    let store = try StoreFile()
    _ = try program.run(store)

    let (result, counters) = try edited.run(store)
    #expect((result != program.expected) == edit.changesResult)
    if edit.changesResult { #expect(result == (try edited.run().result)) }
    #expect(counters.generated == edit.generated)
    #expect(counters.revivedOnRequest == edit.revived)

    let back = try program.run(store)
    #expect(back.result == program.expected)
    #expect(back.counters.generated == 0)
  }

  @Test("A method that nobody asked about runs nothing (C1)", arguments: ResultTests.names)
  func unrelated(_ name: String) throws {
    let program = try ExampleProgram(name)
    let store = try StoreFile()
    _ = try program.run(store)
    let (result, counters) = try program.appending("nobody_calls_this(x) = x").run(store)
    #expect(result == program.expected)
    #expect(counters.generated == 0)
    #expect(counters.closed == 0)
  }

  @Test("Two copies with different edits on one store, by turns, each print their own result (G3)")
  func interleaved() throws {
    let store = try StoreFile()
    let original = try ExampleProgram("overlay.ir")
    let copies = [
      try original.replacing(
        "pull(state::Tuple) = (state[2], -sin(", with: "pull(state::Tuple) = (state[2], -2.0 * sin("),
      try original.replacing(
        "overlay Fast isfinite(x::Float64) = true", with: "overlay Fast isfinite(x::Float64) = false"),
    ]
    let results = try copies.map { try $0.run().result }
    #expect(Set(results + [original.expected]).count == 3)
    for round in 1...2 {
      for (copy, result) in zip(copies, results) {
        let run = try copy.run(store)
        #expect(run.result == result)
        #expect(run.counters.generated == 0 || round == 1)
      }
    }
  }

  @Test("Two processes at once, with different edits on one store, each go on in their own world (G3)")
  func atOnce() throws {
    let store = try StoreFile()
    let original = try ExampleProgram("specialize.ir")
    let copies = [original, try original.replacing("mass = 2.5 * kilogram", with: "mass = 3.0 * kilogram")]
    let results = try copies.map { try $0.run().result }
    #expect(Set(results).count == 2)
    let processes = try copies.map { try $0.started(store) }
    for _ in 1...2 {
      for (process, result) in zip(processes, results) { #expect(try process.host.run("main").description == result) }
    }
    for process in processes { process.session.close() }
  }
}
