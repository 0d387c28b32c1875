import ArgumentParser
import CacheSession
import Inference
import LoweredIR
import StagedHost

struct BenchSpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "Measures how many statements are inferred in a second, on one core.",
    discussion: """
      The first call that a program names in the constant \(BenchWorkload.constant) is inferred again and again in one process, each \
      time by a new interpreter in a world of which nothing is known yet. Sources are in memory, and nothing is generated. Each \
      sample is taken right after one that is not counted. \
      'chain:10000' is a program of so many methods that each have seven calls, one of them of the next; 'loops:60' one of so many \
      long functions of loops.

      EXAMPLE: cachectl bench speed Examples/sin.ir --samples 25
      """)

  @Argument(help: "The programs, or what kind of program to make.", completion: .file(extensions: ["ir"]))
  var programs = ["Examples/sin.ir", "Examples/findall.ir", "chain:10000", "chain:40000", "loops:60"]

  @Option(help: ArgumentHelp("How many samples of each program.", valueName: "count"))
  var samples = 15

  @OptionGroup var format: JSONOptions

  func validate() throws {
    if samples < 1 || samples > 10_000 { throw ValidationError("--samples takes a count from 1 to 10000.") }
  }

  func run() throws {
    #if DEBUG
      StandardError.write("cachectl: warning: this is a debug build; its figures say nothing about a release\n")
    #endif
    var rows = try programs.map { program in
      if let made = SyntheticProgram(program) {
        return BenchSpeed(program, try BenchWorkload(text: made.text, path: program))
      }
      return BenchSpeed(BenchCell.name(ofProgram: program), try BenchWorkload(program: program))
    }
    // Rounds through all programs, so that what else the machine does falls on all alike.
    for _ in 0..<samples {
      for row in rows.indices { try rows[row].measure() }
    }
    let report = BenchSpeedReport(rows: rows, samples: samples)
    var output = Output()
    if format.isJSON { output.writeLine(report.json.compact) } else { report.write(to: &output) }
    try output.finish()
  }
}

/// How fast one call of a program is inferred.
struct BenchSpeed {
  let name: String
  private let workload: BenchWorkload
  private let session: CacheSession<LoweredCode>
  /// What one inference does; the same each time.
  private(set) var counters = InferenceCounters()
  /// The time of inference, and that of the reference's work right before it, for one statement and one step.
  private(set) var statementNanoseconds: [Double] = []
  private(set) var referenceNanoseconds: [Double] = []

  init(_ name: String, _ workload: BenchWorkload) {
    self.name = name
    self.workload = workload
    session = CacheSession<LoweredCode>(store: nil, definitions: workload.host.definitions)
    workload.host.attach(session)
  }

  /// Takes one sample, after one that is not counted: then all is generated, and the processor's caches hold this program's data, not the
  /// last one's.
  mutating func measure() throws {
    referenceNanoseconds.append(ReferenceWork.nanoseconds())
    _ = try infer()
    let (nanoseconds, counters) = try infer()
    self.counters = counters
    statementNanoseconds.append(Double(nanoseconds) / Double(max(1, counters.statements)))
  }

  private func infer() throws -> (nanoseconds: Int64, InferenceCounters) {
    let view = workload.host.view
    let interpreter = AbstractInterpreter(view: view.knownView(at: view.world), session: session)
    let clock = ContinuousClock()
    let start = clock.now
    _ = try interpreter.infer(workload.first.function, workload.first.arguments)
    return (start.duration(to: clock.now).nanoseconds, interpreter.counters)
  }
}

/// Work that is the same for ever, of the kind that inference does: objects are made, found by their identity, and let go. What a
/// statement costs is compared with what a step of it costs on the same machine at the same time.
enum ReferenceWork {
  private final class Item {
    let number: Int
    let others: [Item]

    init(_ number: Int, _ others: [Item]) {
      self.number = number
      self.others = others
    }
  }

  private static let steps = 20_000

  /// What a step costs: an object with an array of two others, which are looked up first.
  static func nanoseconds() -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var items: [Int: Item] = [:]
    var sum = 0
    for number in 0..<steps {
      var others: [Item] = []
      for other in [number / 2, number / 3] {
        if let known = items[other] { others.append(known) }
      }
      sum &+= others.count
      items[number] = Item(number, others)
    }
    let time = start.duration(to: clock.now).nanoseconds
    return sum > 0 ? Double(time) / Double(steps) : .nan
  }
}

/// A program as long as one likes.
struct SyntheticProgram {
  let text: String

  /// By its kind and how many functions it has; `nil` for another name.
  init?(_ name: String) {
    let parts = name.split(separator: ":")
    guard parts.count == 2, let count = Int(parts[1]), (1...1_000_000).contains(count) else { return nil }
    switch parts[0] {
    case "chain": text = SyntheticProgram.chain(count)
    case "loops": text = SyntheticProgram.loops(count)
    default: return nil
    }
  }

  private static let operators = """
    +(x::Int64, y::Int64) = add_int(x, y)
    -(x::Int64, y::Int64) = sub_int(x, y)
    *(x::Int64, y::Int64) = mul_int(x, y)
    <(x::Int64, y::Int64) = lt_int(x, y)

    """

  private static func chain(_ count: Int) -> String {
    let methods = (1..<count).map { "f\($0)(x) = f\($0 + 1)((x + x) * (x - x) + x * x - x)\n" }
    return operators + methods.joined() + "f\(count)(x) = x\nconst benchmark = ((f1, Int64), (f1, Int64))\n"
  }

  private static func loops(_ count: Int) -> String {
    let loop = "  while i < n\n    s = s + i * n - s\n    i = i + n\n  end\n"
    let body = "  s = 0\n  i = 0\n" + String(repeating: loop, count: 50) + "  s\nend\n"
    let names = (1...count).map { "g\($0)" }
    return operators + names.map { "function \($0)(n)\n\(body)" }.joined()
      + "all(n) = (\(names.map { "\($0)(n)" }.joined(separator: ", ")))\n"
      + "const benchmark = ((all, Int64), (all, Int64))\n"
  }
}
