import ArgumentParser

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures what the cache is worth on this machine.",
    discussion: "EXAMPLE: cachectl bench inference",
    subcommands: [BenchInferenceCommand.self, BenchSpeedCommand.self, BenchSampleCommand.self])
}

/// Takes one sample, for ``BenchInferenceCommand``: a process of its own knows nothing that another one has warmed up.
struct BenchSampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Takes one sample, for 'bench inference'.", shouldDisplay: false)

  @Argument var program: String
  @Option var mode: BenchMode
  @Option var scenario: BenchScenario
  @Option var store: String?

  func run() throws {
    let measurement = BenchMeasurement(mode: mode, scenario: scenario, store: store)
    var output = Output()
    output.writeLine(try measurement(try BenchWorkload(program: program)).line)
    try output.finish()
  }
}

extension BenchMode: ExpressibleByArgument {}
extension BenchScenario: ExpressibleByArgument {}
