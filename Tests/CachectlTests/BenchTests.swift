import Foundation
import Testing

/// A program with two calls to infer, and a folder for what a benchmark makes.
private final class Workload {
  static let text = """
    +(x::Int64, y::Int64) = add_int(x, y)
    *(x::Int64, y::Int64) = mul_int(x, y)
    square(x) = x * x
    cube(x) = x * square(x)
    twice(x) = cube(x) + cube(2)
    table Counted
    overlay Counted function square(x::Int64)
      1 + x * x
    end
    const benchmark = ((overdub, Counted, cube, Int64), (overdub, Counted, twice, Int64))
    """

  let folder: URL
  var temporary: URL { folder.appendingPathComponent("temporary") }
  var program: String { folder.appendingPathComponent("tiny.ir").path }
  var arguments: [String] { ["bench", "inference", program] }
  var environment: [String: String] { ["TMPDIR": temporary.path] }

  init(_ text: String = Workload.text) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    try text.write(toFile: program, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func run(_ options: String...) throws -> Command.Result {
    try Command.run(arguments + options, environment: environment)
  }

  /// What benchmarks have left behind.
  func leftOvers() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: temporary.path) }
}

@Suite("cachectl bench inference")
struct BenchTests {
  private func cells(_ result: Command.Result) throws -> [[String: Any]] {
    try #require(try result.object()["cells"] as? [[String: Any]])
  }

  /// The figures of a cell by mode.
  private func modes(_ cell: [String: Any]) throws -> [String: [String: Any]] {
    let modes = try #require(cell["modes"] as? [[String: Any]])
    return Dictionary(uniqueKeysWithValues: try modes.map { (try #require($0["mode"] as? String), $0) })
  }

  @Test("--json has every figure of every mode in both cells, and nothing is left behind")
  func json() throws {
    let workload = try Workload()
    let result = try workload.run("--samples", "2", "--json")
    #expect(result.status == 0)
    let cells = try cells(result)
    #expect(cells.map { $0["scenario"] as? String } == ["scratch", "cached"])
    #expect(cells.map { $0["name"] as? String } == ["tiny", "tiny"])
    #expect(cells[0]["call"] as? String == "overdub(Table{Counted}, typeof(cube), Int64)")
    for cell in cells {
      #expect(cell["type"] as? String == "Int64")
      let ratios = try #require(cell["ratios"] as? [String: Any])
      #expect(ratios.count == 8)
      for (name, ratio) in ratios { #expect(ratio is NSNumber, "\(name)") }
      let demands = try #require(cell["demands"] as? [[String: Any]])
      #expect(demands.map { $0["name"] as? String } == ["memory of ceiling", "warm of ceiling", "cold over memory"])
      for demand in demands {
        #expect(demand["measured"] is NSNumber && demand["isMet"] is Bool && demand["interval"] is NSNull)
      }
      let modes = try modes(cell)
      #expect(Set(modes.keys) == ["off", "memory", "warm", "cold", "ceiling"])
      for (mode, figures) in modes {
        #expect(figures["samples"] as? Int == 2)
        #expect((figures["inferenceNanoseconds"] as? [Int])?.count == 2)
        #expect((figures["histogram"] as? [Int])?.reduce(0, +) == 2)
        for name in ["inference", "opening", "closing"] {
          let statistics = try #require(figures[name] as? [String: Any], "\(mode) \(name)")
          #expect(Set(statistics.keys) == ["min", "median", "mean", "sigma", "max"])
        }
        for name in [
          "generatorRuns", "generationNanoseconds", "newSources", "methodInstances", "constantCalls", "statements",
          "reusedFromMemory", "reusedFromStore",
        ] { #expect(figures[name] is NSNumber, "\(mode) \(name)") }
        #expect((figures["requests"] as? [String: Any])?.count == 3)
      }
    }
    #expect(try workload.leftOvers() == [])
  }

  @Test("F3, G1: with the cache off, generators run more often than there are sources; on, once each; warm, never")
  func runs() throws {
    for cell in try cells(try Workload().run("--samples", "1", "--json")) {
      let modes = try modes(cell)
      func figure(_ mode: String, _ name: String) throws -> Int { try #require(modes[mode]?[name] as? Int) }
      let sources = try figure("off", "newSources")
      #expect(sources > 0)
      #expect(try figure("off", "generatorRuns") > sources)
      for mode in ["memory", "cold", "ceiling"] { #expect(try figure(mode, "generatorRuns") == sources, "\(mode)") }
      #expect(try figure("warm", "generatorRuns") == 0)
      #expect(try figure("warm", "reusedFromStore") > 0)
    }
  }

  @Test("Allocations are counted where they can be, else said to be unknown")
  func allocations() throws {
    for cell in try cells(try Workload().run("--samples", "1", "--json")) {
      for (_, figures) in try modes(cell) {
        if let count = figures["allocations"] as? Int {
          #expect(count > 0)
          #expect(try #require(figures["allocatedBytes"] as? Int) > count)
        } else {
          #expect(figures["allocations"] is NSNull && figures["allocatedBytes"] is NSNull)
        }
      }
    }
  }

  @Test("The text shows a trial for each mode, and a table with a line of explanation for each column")
  func text() throws {
    let result = try Workload().run("--samples", "2")
    #expect(result.status == 0)
    let output = result.output
    #expect(output.hasPrefix("tiny, from scratch: overdub(Table{Counted}, typeof(cube), Int64)\n"))
    #expect(output.components(separatedBy: "Range (min … max):").count == 11)
    #expect(output.components(separatedBy: "frequency by time").count == 11)
    #expect(output.contains("CELL ") && output.contains("OFF/CEILING"))
    for column in ["OFF", "SEED", "MEMORY, WARM", "COLD", "REQUESTS", "NEW SOURCES", "PER SOURCE", "SHARE"] {
      #expect(output.contains("\n\(column) "), "\(column)")
    }
    #expect(!output.contains("\u{1b}"))
  }

  @Test("--check tells by the exit status whether every cell reaches what is demanded")
  func check() throws {
    let result = try Workload().run("--samples", "1", "--json", "--check")
    let isMet = try result.object()["isMet"] as? Bool
    #expect(isMet != nil)
    #expect(result.status == (isMet == true ? 0 : 1))
  }

  @Test("A program that names no calls, or no function, is told before anything is measured")
  func noCalls() throws {
    for text in ["main() = 1", "const benchmark = (1, 2)", "f() = 1\nconst benchmark = ((f, 1), (f,))"] {
      let workload = try Workload(text)
      let result = try workload.run()
      #expect(result.status == 65)
      #expect(result.error.contains("does not say what to infer"))
      #expect(result.output == "")
      #expect(try workload.leftOvers() == [])
    }
  }

  @Test("bench speed tells what a statement costs, and what a step of fixed work does")
  func speed() throws {
    let workload = try Workload()
    let result = try Command.run([
      "bench", "speed", workload.program, "chain:10", "loops:1", "--samples", "2", "--json",
    ])
    #expect(result.status == 0)
    let programs = try #require(try result.object()["programs"] as? [[String: Any]])
    #expect(programs.map { $0["name"] as? String } == ["tiny", "chain:10", "loops:1"])
    for program in programs {
      #expect(program["statementToReference"] is NSNumber)
      for name in ["statementNanoseconds", "referenceNanoseconds"] { #expect(program[name] is [String: Any]) }
    }
    // Nine methods of eight statements, one of one, the call itself, and three operators.
    #expect(programs[1]["statements"] as? Int == 9 * 8 + 1 + 2 + 3 * 2)
    #expect(programs[1]["frames"] as? Int == 13)
    #expect(try Command.run(["bench", "speed", workload.program]).output.contains("A SECOND"))
    #expect(try Command.run(["bench", "speed", "chain:0"]).status == 66)
  }

  @Test("A missing program, a number of samples that is none, and a folder that cannot be made are errors")
  func bad() throws {
    #expect(try Command.run(["bench", "inference", "/nowhere/x.ir"]).status == 66)
    for count in ["0", "-1", "x", "10001"] {
      #expect(try Workload().run("--samples", count).status == 64)
    }
    let workload = try Workload()
    let result = try Command.run(workload.arguments, environment: ["TMPDIR": "/nowhere"])
    #expect(result.status == 74)
    #expect(result.error.contains("cannot make a folder in /nowhere"))
  }

  @Test("A benchmark that is asked to stop leaves nothing behind")
  func interruption() throws {
    let workload = try Workload()
    let process = Process()
    process.executableURL = Command.executable
    process.arguments = workload.arguments + ["--samples", "10000"]
    process.environment = workload.environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while try workload.leftOvers().isEmpty, process.isRunning { sched_yield() }
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == SIGTERM)
    #expect(try workload.leftOvers() == [])
  }
}
