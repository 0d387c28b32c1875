import ArgumentParser
import BloatReport

struct BenchInferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inference",
    abstract: "Measures inference of a call graph with the cache off, in memory, over a warm store and over a new one.",
    discussion: """
      A program names two calls in a constant: const \(BenchWorkload.constant) = ((overdub, T, f, Int64), (overdub, T, g, \
      Int64)). The first is inferred from scratch; the second, which shares most of the call graph, after the first. The \
      ceiling is the same with repeated generation costing nothing. Each sample is a process of its own; the modes take \
      turns. What is measured is inference alone; opening and closing stand beside it. A cell in which a demand is in doubt, \
      for its bound lies in the median's interval of confidence (95%), gets up to four times as many samples.

      EXAMPLE: cachectl bench inference Examples/sin.ir --samples 25
      """)

  @Argument(help: "The programs.", completion: .file(extensions: ["ir"]))
  var programs = ["Examples/sin.ir", "Examples/findall.ir"]

  @Option(help: ArgumentHelp("How many samples of each mode.", valueName: "count"))
  var samples = 15

  @Flag(help: "End with exit status 1 if a cell does not reach what is demanded.")
  var check = false

  @OptionGroup var format: JSONOptions

  func validate() throws {
    if samples < 1 || samples > 10_000 { throw ValidationError("--samples takes a count from 1 to 10000.") }
  }

  func run() throws {
    #if DEBUG
      StandardError.write("cachectl: warning: this is a debug build; its figures say nothing about a release\n")
    #endif
    let cells = try measure()
    let report = BenchReport(cells: cells, samples: samples)
    var output = Output()
    if format.isJSON { output.writeLine(report.json.compact) } else { report.write(to: &output) }
    try output.finish()
    if check, !report.isMet { throw BenchError.demandsMissed }
  }

  /// Rounds through all cells and modes, so that what else the machine does falls on all alike.
  private func measure() throws -> [BenchCell] {
    var cells: [BenchCell] = []
    for program in programs {
      let workload = try BenchWorkload(program: program)
      for (scenario, call) in [(BenchScenario.scratch, workload.first), (.cached, workload.second)] {
        cells.append(BenchCell(program: program, scenario: scenario, call: call.description))
      }
    }
    Interruption.catchSignals()
    let folder = try BenchFolder()
    for (number, program) in programs.enumerated() {
      // Both calls are inferred and committed, by a process that is gone before the others begin.
      _ = try sample(program, .cold, .cached, store: folder.warmStore(number))
    }
    var progress = BenchProgress(total: samples * cells.count * BenchMode.allCases.count)
    defer { progress.finish() }
    for round in 0..<samples * BenchInferenceCommand.mostRounds {
      // Rounds beyond the number that was asked for are for what is in doubt: a median whose interval of confidence holds the bound.
      let isExtra = round >= samples
      for index in cells.indices where !isExtra || cells[index].demands.contains(where: \.isDoubtful) {
        if isExtra { progress.expectMore(BenchMode.allCases.count) }
        let cell = cells[index]
        for mode in BenchMode.allCases.rotated(by: round) {
          progress.step(
            "round \(round + 1)\(isExtra ? ", in doubt" : " of \(samples)"): \(cell.title), \(mode.rawValue)")
          let store: String? =
            switch mode {
            case .warm: folder.warmStore(index / 2)
            case .cold: folder.newStore
            case .off, .memory, .ceiling: nil
            }
          cells[index].add(try sample(cell.program, mode, cell.scenario, store: store), mode)
          folder.removeNewStore()
        }
      }
    }
    for cell in cells { try cell.checkTypes() }
    return cells
  }

  /// How many times as many rounds as asked for a cell gets at most.
  private static let mostRounds = 4

  private func sample(
    _ program: String, _ mode: BenchMode, _ scenario: BenchScenario, store: String?
  ) throws -> BenchSample {
    var arguments = ["bench", "sample", "--mode", mode.rawValue, "--scenario", scenario.rawValue]
    if let store { arguments += ["--store", store] }
    let output = try BenchProcess.run(arguments + ["--", program])
    guard let line = output.split(separator: "\n").last, let sample = BenchSample(line: String(line)) else {
      throw BenchError.sampleFailed(status: 0)
    }
    return sample
  }
}

extension BenchFolder {
  /// The store of a program that is filled before the first sample.
  fileprivate func warmStore(_ program: Int) -> String { "\(path)/warm-\(program).sqlite" }
  fileprivate var newStore: String { "\(path)/new.sqlite" }
  fileprivate func removeNewStore() { removeFiles(named: "new.sqlite") }
}

extension Array {
  /// The elements from some position on, then those before it.
  fileprivate func rotated(by count: Int) -> [Element] {
    let start = count % Swift.max(1, self.count)
    return Array(self[start...] + self[..<start])
  }
}

/// How far a benchmark is, and how long it will take.
private struct BenchProgress {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var total: Int
  private var done = 0
  private var line = ProgressLine()

  init(total: Int) {
    self.total = total
    start = clock.now
  }

  mutating func step(_ text: String) {
    var rest = ""
    if done > 0 {
      let passed = start.duration(to: clock.now).nanoseconds
      rest = ", about \(Readable.duration(nanoseconds: passed / Int64(done) * Int64(total - done))) left"
    }
    line.show("\(100 * done / max(1, total))%  \(text)\(rest)")
    done += 1
  }

  mutating func expectMore(_ count: Int) { total += count }

  mutating func finish() { line.clear() }
}
