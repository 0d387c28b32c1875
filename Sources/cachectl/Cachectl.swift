import ArgumentParser
import SourceStore

/// The command's entry: parses, runs, and turns whatever goes wrong into one message and an exit status.
@main
struct Cachectl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cachectl",
    abstract: """
      Runs programs under a store of generated sources; shows, explains, checks, prunes and optimizes it; makes images of it.
      """,
    discussion: """
      The store is the file named by --store, else by CACHECTL_STORE, else worldcache/store.sqlite in the user's cache \
      directory (XDG_CACHE_HOME, else ~/.cache).

      EXAMPLE: cachectl why 'sin(Float64)'

      EXIT STATUS:
      \(ExitStatus.table)
      """,
    version: "0.1.0, store format \(SourceStore.formatVersion)",
    subcommands: [
      RunCommand.self, InferCommand.self, DumpCommand.self, LogCommand.self, WhyCommand.self, StatsCommand.self,
      TopCommand.self,
      ReportCommand.self, AdviseCommand.self, PruneCommand.self, OptimizeCommand.self, VerifyCommand.self,
      ImageCommand.self,
      BenchCommand.self, ImportCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      // As if it had not been caught: by now nothing is half done.
      if let signal = Interruption.signal { Interruption.end(by: signal) }
      guard let report = ErrorReport(error) else { exit(withError: error) }
      StandardError.write("cachectl: \(report.message)\n")
      exit(withError: report.status.code)
    }
  }
}
