import ArgumentParser
import BloatReport
import CacheIdentity
import SourceStore

/// How `advise` prints.
enum AdviceFormat: String, CaseIterable, EnumerableFlag {
  case text, json, csv

  static func help(for value: AdviceFormat) -> ArgumentHelp? {
    switch value {
    case .text: "Print tables for people; the default."
    case .json: "Print JSON."
    case .csv: "Print comma-separated values, a line for each generator."
    }
  }
}

struct AdviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advise",
    abstract: "Says which generators' sources are worth their bytes, and what would change without the others.",
    discussion: """
      For each generator: store all of its sources, none, or those that took longer than a time. The time is chosen so that what \
      the sources above it saved, less what their bytes are worth, is greatest. What is lost is lost at most: hits within one \
      process need no store, and are counted like others. With --apply the advice is written into the store, and sessions that begin afterwards go \
      by it, unless their program says otherwise; what is in the store already stays until it is pruned.

      EXAMPLE: cachectl advise --worth 1ms
      EXAMPLE: cachectl advise --apply
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var measurement: MeasurementOptions

  @Argument(help: "A store or an image. Default: the store.", completion: .file())
  var file: String?

  @Flag(exclusivity: .exclusive)
  var format: AdviceFormat = .text

  @Option(help: ArgumentHelp("What a KiB must save to be worth keeping, such as 50us or 1ms.", valueName: "time"))
  var worth = Interval(nanoseconds: 100_000)

  @Flag(help: "End with status 1 if anything should change.")
  var exitCode = false

  @Flag(help: "Write the advice into the store, for sessions to come.")
  var apply = false

  @Flag(help: "Take out of the store what --apply wrote into it.")
  var forget = false

  func validate() throws {
    if apply, forget { throw ValidationError("--apply and --forget exclude each other.") }
    if store.explicitPath != nil, file != nil { throw ValidationError("Name a file or --store, not both.") }
  }

  func run() throws {
    let path = try file ?? store.path()
    let measured = try ReportedFile.measure(path, measurement)
    var current: [String: AdmissionPolicy] = [:]
    if measured.kind == .store {
      current = try SourceStore(.readOnlyFile(path)).admissionPolicies()
    } else if apply || forget {
      throw ValidationError("Policies are written into stores, and \(path) is an image.")
    }
    let advice = AdmissionAdvice(
      measured, hitNanoseconds: measurement.hitTime.nanoseconds, nanosecondsPerKiB: worth.nanoseconds, current: current)
    var output = Output()
    switch format {
    case .text: output.write(advice.text(width: Output.width))
    case .json: output.writeLine(advice.json.pretty)
    case .csv: output.write(advice.csv)
    }
    try output.finish()
    if apply { try SourceStore(.existingFile(path)).setAdmission(advice.changes) }
    if forget { try SourceStore(.existingFile(path)).setAdmission(current.mapValues { _ in nil }) }
    if exitCode, advice.isChange { throw ExitStatus.negative.code }
  }
}
