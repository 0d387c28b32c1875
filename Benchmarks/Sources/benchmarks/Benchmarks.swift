import ArgumentParser
import Foundation

@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks",
    abstract: "Measures WorldCache beside its peers, and compares ratios with the thresholds of the repository.",
    subcommands: [RunCommand.self, WorkerCommand.self], defaultSubcommand: RunCommand.self)

  /// Every group, in the order in which they run.
  static let groups: [BenchmarkGroup] = [
    .memory, .image, .sqlite, .writes, .ticks, .open, .threads, .bytes, .codec, .corpus, .eviction, .growth, .inference,
  ]
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measures groups.",
    discussion: """
      To be run from the root of the repository, by tools/benchmark. Ends with exit status 1 if a ratio exceeds its \
      threshold, or if something that has one was not measured. Each round measures all contenders in turns; a ratio is the \
      median of what the rounds found.

      GROUPS:
      \(Benchmarks.groups.map { "  \($0.name.padding(toLength: 10, withPad: " ", startingAt: 0))  \($0.abstract)" }
        .joined(separator: "\n"))

      EXAMPLE: tools/benchmark sqlite inference --samples 25
      """)

  @Argument(help: "The groups to run, all if none is named.")
  var names: [String] = []

  @Option(help: "How many rounds, and how many samples of inference; 15 if not given, 5 with --quick.")
  var samples: Int?

  @Flag(help: "Small sizes and few rounds: a look, whose ratios are worth little.")
  var quick = false

  @Flag(help: "Every size, up to a million sources, and every number of threads.")
  var full = false

  @Flag(help: "Print JSON instead of tables.")
  var json = false

  @Option(help: "A folder for curves: CSV files and pictures.", completion: .directory)
  var output: String?

  @Option(
    parsing: .upToNextOption,
    help:
      "Files of real sources, for the groups codec and corpus (docs/corpus.md), compressed by gzip or not; else WORLDCACHE_CORPUS.",
    completion: .file())
  var corpus: [String] = []

  @Option(help: "The file of thresholds.", completion: .file(extensions: ["json"]))
  var thresholds = "Benchmarks/thresholds.json"

  func validate() throws {
    if let samples, samples < 1 { throw ValidationError("--samples takes a count from 1 on.") }
    if quick, full { throw ValidationError("--quick and --full exclude each other.") }
    if corpora.isEmpty, let group = Benchmarks.groups.first(where: { $0.needsCorpus && names.contains($0.name) }) {
      throw ValidationError("the group '\(group.name)' needs --corpus.")
    }
    for name in names where !Benchmarks.groups.contains(where: { $0.name == name }) {
      throw ValidationError("there is no group '\(name)'.")
    }
  }

  private var corpora: [String] {
    if !corpus.isEmpty { return corpus }
    return ProcessInfo.processInfo.environment["WORLDCACHE_CORPUS"]?.split(separator: ":").map(String.init) ?? []
  }

  func run() throws {
    let file = try ThresholdFile(path: thresholds)
    let scale: Scale = quick ? .quick : full ? .full : .normal
    let run = try Run(scale: scale, rounds: samples ?? (quick ? 5 : 15), output: output, corpora: corpora)
    var report = JSONReport(scale: scale.rawValue, processors: ProcessInfo.processInfo.activeProcessorCount)
    var hasFailed = false
    for group in Benchmarks.groups where names.isEmpty || names.contains(group.name) {
      if group.needsCorpus, corpora.isEmpty { continue }
      let rows = try group.measure(run)
      let verdicts = judge(rows, by: file.groups[group.name] ?? [:])
      if !json { StandardOutput.write(table(group.name, rows, verdicts) + "\n\n") }
      report.add(group.name, rows, verdicts)
      hasFailed = hasFailed || verdicts.contains(where: \.isFailure)
    }
    if json { StandardOutput.write(try report.text() + "\n") }
    if hasFailed { throw ExitCode.failure }
  }
}
