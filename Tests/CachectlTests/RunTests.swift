import Foundation
import Testing

/// A program in a folder of its own, with a store beside it.
final class Program {
  static let text = """
    +(x::Int64, y::Int64) = add_int(x, y)
    *(x::Int64, y::Int64) = mul_int(x, y)
    square(x) = x * x
    cube(x) = x * square(x)
    table Counted
    overlay Counted function square(x::Int64)
      1 + x * x
    end
    weight(position) = add_int(position, 1)
    cached generated function weighted(values)
      total = 0
      position = 1
      while le_int(position, fieldcount(values))
        total = :($total + $(weight(position)) * tuple_get(values, $position))
        position = add_int(position, 1)
      end
      return total
    end
    function main()
      println("running")
      return (overdub(Counted, cube, 3), weighted((1, 2, 3)))
    end
    """

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var store: String { folder.appendingPathComponent("cache/store.sqlite").path }

  func run(_ text: String = Program.text, _ options: String...) throws -> Command.Result {
    let file = folder.appendingPathComponent("program.ir")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return try Command.run(["run", file.path, "--store", store] + options)
  }

  func edited(_ old: String, _ new: String) -> String { Program.text.replacingOccurrences(of: old, with: new) }

  func figures(_ text: String = Program.text, _ options: String...) throws -> [String: Any] {
    let file = folder.appendingPathComponent("program.ir")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return try Command.run(["run", file.path, "--json", "--store", store] + options).object()
  }
}

@Suite("cachectl run")
struct RunTests {
  private func expect(
    _ figures: [String: Any], result: String, generated: Int, reused: Int, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(figures["result"] as? String == result, sourceLocation: location)
    #expect(figures["generated"] as? Int == generated, sourceLocation: location)
    #expect(figures["reusedFromStore"] as? Int == reused, sourceLocation: location)
  }

  @Test("G1: prints what the program prints and its result; a second process generates nothing")
  func twice() throws {
    let program = try Program()
    for _ in 0..<2 {
      let run = try program.run()
      #expect(run.status == 0)
      #expect(run.output == "running\n(30, 20)\n")
      #expect(run.error == "")
    }
    expect(try program.figures(), result: "(30, 20)", generated: 0, reused: 5)
  }

  @Test("G2, C11: an edited method runs the generators that asked about it; edited back, none")
  func edit() throws {
    let program = try Program()
    expect(try program.figures(), result: "(30, 20)", generated: 5, reused: 0)
    // `weight` is called by the generator of `weighted`, which emits its value.
    let edited = program.edited("add_int(position, 1)\ncached", "add_int(position, 2)\ncached")
    expect(try program.figures(edited), result: "(30, 26)", generated: 1, reused: 4)
    expect(try program.figures(), result: "(30, 20)", generated: 0, reused: 5)
    expect(try program.figures(edited), result: "(30, 26)", generated: 0, reused: 5)
    // `square` is asked about by the pass, in the overlay table.
    let overlaid = program.edited("1 + x * x", "2 + x * x")
    expect(try program.figures(overlaid), result: "(33, 20)", generated: 1, reused: 4)
    // Nobody asked about a method that is not called.
    expect(try program.figures(Program.text + "\nunused(x) = x"), result: "(30, 20)", generated: 0, reused: 5)
  }

  @Test("A change of layout or comments is no change of definitions")
  func layout() throws {
    let program = try Program()
    _ = try program.figures()
    let figures = try program.figures("# moved down\n\n" + program.edited("square(x) = x * x", "square(x) =   x  *  x"))
    expect(figures, result: "(30, 20)", generated: 0, reused: 5)
    #expect(figures["ticks"] as? Int == 0)
  }

  @Test("W14: without a cache, and for a generated function that has not opted in, every process generates")
  func notCached() throws {
    let program = try Program()
    for _ in 0..<2 {
      let figures = try program.figures(Program.text, "--no-cache")
      expect(figures, result: "(30, 20)", generated: 0, reused: 0)
      #expect(figures["passedThrough"] as? Int == 5)
    }
    #expect(!FileManager.default.fileExists(atPath: program.store))
    let plain = program.edited("cached generated", "generated")
    for generated in [4, 0] {
      let figures = try program.figures(plain)
      expect(figures, result: "(30, 20)", generated: generated, reused: 4 - generated)
      #expect(figures["passedThrough"] as? Int == 1)
    }
  }

  @Test("A6: lineages keep their own worlds and share sources")
  func lineages() throws {
    let program = try Program()
    _ = try program.figures()
    expect(try program.figures(Program.text, "--lineage", "branch"), result: "(30, 20)", generated: 0, reused: 5)
    let edited = program.edited("1 + x * x", "2 + x * x")
    expect(try program.figures(edited, "--lineage", "branch"), result: "(33, 20)", generated: 1, reused: 4)
    let figures = try program.figures()
    expect(figures, result: "(30, 20)", generated: 0, reused: 5)
    #expect(figures["ticks"] as? Int == 0)
  }

  @Test("With --json one object is the standard output; what the program prints is not in it")
  func json() throws {
    let program = try Program()
    let run = try program.run(Program.text, "--json")
    #expect(run.error == "running\n")
    let object = try run.object()
    for name in ["generated", "reusedFromMemory", "reusedFromStore", "wallMilliseconds", "generationMilliseconds"] {
      #expect(object[name] is NSNumber)
    }
  }

  @Test("Figures and events go to the standard error")
  func stats() throws {
    let program = try Program()
    let run = try program.run(Program.text, "--stats", "--trace-events")
    #expect(run.output == "running\n(30, 20)\n")
    #expect(run.error.contains("generated   5 in "))
    #expect(run.error.contains("generating "))
    #expect(run.error.contains("attached world=1 ticked=true"))
  }

  @Test("W15: a store that cannot be used is a warning; the program runs all the same")
  func noStore() throws {
    let program = try Program()
    try FileManager.default.createDirectory(atPath: program.store, withIntermediateDirectories: true)
    let run = try program.run()
    #expect(run.status == 0)
    #expect(run.output == "running\n(30, 20)\n")
    #expect(run.error.hasPrefix("cachectl: warning: running without a store: "))
  }

  @Test("A program that fails ends with 1, and says which calls led there")
  func failure() throws {
    let program = try Program()
    let run = try program.run("f(x) = div_int(x, 0)\nmain() = f(1)")
    #expect(run.status == 1)
    #expect(run.error.contains("integer division by zero"))
    #expect(run.error.contains("in f(Any)") || run.error.contains("in f("))
    #expect(run.error.contains("in main()"))
  }

  @Test("A program that cannot be read or parsed is told with its place")
  func unreadable() throws {
    let program = try Program()
    let broken = try program.run("main() = (1,\n")
    #expect(broken.status == 65)
    #expect(broken.error.contains("program.ir:2:1: "))
    let missing = try Command.run(["run", "/nowhere/program.ir", "--no-cache"])
    #expect(missing.status == 66)
    #expect(missing.error.contains("cannot read /nowhere/program.ir"))
  }

  @Test("why takes the name of a function that runs under an overlay, and explains the edit that closed its source")
  func whyOverlaid() throws {
    let program = try Program()
    _ = try program.figures()
    let hit = try Command.run(["why", "cube", "--store", program.store])
    #expect(hit.output.hasPrefix("overdub(Table{Counted}, typeof(cube), Int64) by overlay for overlay Counted in main"))
    #expect(try Command.run(["why", "cub", "--store", program.store]).status == 1)
    _ = try program.figures(program.edited("cube(x) = x * square(x)", "cube(x) = square(x) * x"), "--lineage", "main")
    let closed = try Command.run(["why", "square", "--json", "--store", program.store]).objects()
    #expect(closed.map { $0["verdict"] as? String } == ["hit"])
    let log = try Command.run(["log", "--limit", "1", "--store", program.store])
    #expect(log.output.contains("the callee of cube(Int64) in global: cube(x)"))
  }

  @Test("G3: two processes at once, with different edits on one store, each print their own result")
  func atOnce() async throws {
    let programs = [try Program(), try Program()]
    let store = programs[0].store
    let texts = [Program.text, programs[1].edited("1 + x * x", "2 + x * x")]
    let results = ["running\n(30, 20)\n", "running\n(33, 20)\n"]
    for (program, text) in zip(programs, texts) {
      try text.write(to: program.folder.appendingPathComponent("program.ir"), atomically: true, encoding: .utf8)
    }
    try await withThrowingTaskGroup { group in
      for index in 0..<12 {
        let file = programs[index % 2].folder.appendingPathComponent("program.ir").path
        group.addTask { (index, try Command.run(["run", file, "--store", store])) }
      }
      for try await (index, run) in group {
        #expect(run.output == results[index % 2])
        #expect(run.error == "")
      }
    }
    let check = try Command.run(["verify", "--store", store])
    #expect(check.status == 0)
  }
}
