import ArgumentParser
import BloatReport
import CacheIdentity
import CacheSession
import Logging
import SourceStore

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a program of the reference host under a store.",
    discussion: """
      Calls the program's function 'main', and prints its result after what the program itself prints. What its cached \
      generators return is kept in the store: a second run with the same definitions generates nothing. If the store \
      cannot be used, the program runs all the same, and a warning says why.

      EXAMPLE: cachectl run Examples/overlay.ir --stats
      """)

  @Argument(help: "The program, a text file.", completion: .file(extensions: ["ir"]))
  var program: String

  @OptionGroup var store: StoreOptions

  @OptionGroup var images: ImageLayerOptions

  @OptionGroup var admission: AdmissionOptions

  @OptionGroup var budgets: BudgetOptions

  @Flag(help: "Run without a cache: each generator runs whenever its source is needed.")
  var noCache = false

  @Option(help: ArgumentHelp("The lineage to attach to.", valueName: "name"))
  var lineage = "main"

  @Option(
    help: ArgumentHelp(
      "On every so many hits, run the generator again and compare; a difference quarantines the source. 0: never.",
      valueName: "count"))
  var verifyEvery = 0

  @Flag(help: "Print what was generated and reused, and how long it took, to the standard error.")
  var stats = false

  @Flag(help: "Print every event of the session to the standard error.")
  var traceEvents = false

  @Flag(
    name: .customLong("json"),
    help: "Print one JSON object with result and figures; what the program prints goes to the standard error.")
  var isJSON = false

  func validate() throws {
    if verifyEvery < 0 { throw ValidationError("--verify-every takes a count from 0 on.") }
    if lineage.isEmpty { throw ValidationError("--lineage takes a name.") }
  }

  func run() throws {
    let text = try TextFile.read(program)
    let path = noCache ? nil : try store.path()
    var run = ProgramRun(path: program)
    run.options.isEnabled = !noCache
    run.options.lineage = lineage
    run.options.cause = "run \(program)"
    run.options.verifyEvery = verifyEvery
    run.options.admission = admission.byName
    budgets.set(&run.options)
    run.options.logger = Logger(label: "cachectl") { _ in WarningLog() }
    if traceEvents { run.options.observer = { StandardError.write("\($0.line)\n") } }
    let isJSON = isJSON
    let report = try run(
      text: text, store: { path.flatMap(StoreOptions.openOrWarn) }, images: noCache ? [] : try images.open(),
      output: { text in if isJSON { StandardError.write(text) } else { StandardOutput.write(text) } })

    var output = Output()
    output.writeLine(isJSON ? report.json.compact : report.result)
    try output.finish()
    if stats { StandardError.write(report.text) }
  }
}

extension ProgramRun.Report {
  fileprivate var json: JSON {
    .object([
      "result": .text(result),
      "generated": .integer(counters.generated),
      "reusedFromMemory": .integer(counters.reusedFromMemory),
      "reusedFromImage": .integer(counters.reusedFromImage),
      "reusedFromStore": .integer(counters.reusedFromStore),
      "revivedOnRequest": .integer(counters.revivedOnRequest),
      "passedThrough": .integer(counters.passedThrough),
      "generationFailures": .integer(counters.generationFailures),
      "copiedFromImage": .integer(counters.copiedFromImage),
      "stored": .integer(counters.stored),
      "refused": .integer(counters.refused),
      "dropped": .integer(counters.dropped),
      "excluded": .integer(counters.excluded),
      "tooFast": .integer(counters.tooFast),
      "firstRequests": .integer(counters.firstRequests),
      "evictedFromMemory": .integer(counters.evictedFromMemory),
      "evictedFromStore": .integer(counters.evictedFromStore),
      "ticks": .integer(counters.ticks),
      "asked": .integer(counters.asked),
      "closed": .integer(counters.closed),
      "revived": .integer(counters.revived),
      "impure": .integer(counters.impure),
      "storeTroubles": .integer(counters.storeTroubles),
      "imageTroubles": .integer(counters.imageTroubles),
      "generationMilliseconds": .number(Double(counters.generationNanoseconds) / 1e6),
      "wallMilliseconds": .number(Double(wallNanoseconds) / 1e6),
    ])
  }

  fileprivate var text: String {
    let share = wallNanoseconds > 0 ? 100 * Double(counters.generationNanoseconds) / Double(wallNanoseconds) : 0
    return """
      generated   \(counters.generated + counters.passedThrough) in \(Readable.duration(nanoseconds: counters.generationNanoseconds)), \
      \(Int(share.rounded()))% of the time
      reused      \(counters.reusedFromImage) from images, \(counters.reusedFromStore) from the store, \(counters.reusedFromMemory) from memory
      stored      \(counters.stored); not admitted: \(counters.excluded) excluded, \(counters.tooFast) too fast, \
      \(counters.firstRequests) first requests
      evicted     \(counters.evictedFromStore) from the store, \(counters.evictedFromMemory) from memory
      definitions \(counters.asked) questions asked again, \(counters.closed) closed, \(counters.revived) revived
      time        \(Readable.duration(nanoseconds: wallNanoseconds))

      """
  }
}

extension CacheEvent {
  /// The event in one line.
  fileprivate var line: String {
    switch self {
    case .attached(let world, let ticked, let asked, let closed, let revived):
      "attached world=\(world) ticked=\(ticked) asked=\(asked) closed=\(closed) revived=\(revived)"
    case .redefined(let world, let ticked, let asked, let closed, let revived):
      "redefined world=\(world) ticked=\(ticked) asked=\(asked) closed=\(closed) revived=\(revived)"
    case .reusedFromMemory(let key): "memory \(key.label)"
    case .imageValidated(let path, let asked, let masked): "image \(path) asked=\(asked) masked=\(masked)"
    case .reusedFromImage(let key): "image \(key.label)"
    case .reusedFromStore(let key): "store \(key.label)"
    case .revived(let key): "revived \(key.label)"
    case .generating(let key, let specialization): "generating \(key.label) \(specialization)"
    case .generated(let key, let specialization, let nanoseconds):
      "generated \(key.label) \(specialization) \(Readable.duration(nanoseconds: nanoseconds))"
    case .generationFailed(let key, let specialization): "failed \(key.label) \(specialization)"
    case .passedThrough(let generator, let specialization): "passed \(generator) \(specialization)"
    case .waited(let key): "waited \(key.label)"
    case .reentered(let key): "reentered \(key.label)"
    case .stored(let key, let range): "stored \(key.label) \(range)"
    case .copiedFromImage(let key, let range): "copied \(key.label) \(range)"
    case .refused(let key, let refusal): "refused \(key.label) \(refusal)"
    case .dropped(let key): "dropped \(key.label)"
    case .evicted(let summary): "evicted traces=\(summary.traces) stripped=\(summary.strippedSources)"
    case .notAdmitted(let key, .firstRequest): "not admitted \(key.label) first request"
    case .notAdmitted(let key, .excluded): "not admitted \(key.label) excluded"
    case .notAdmitted(let key, .fast(let nanoseconds, let limit)):
      "not admitted \(key.label) \(Readable.duration(nanoseconds: nanoseconds)) limit=\(Readable.duration(nanoseconds: limit))"
    case .impure(let key, let stored, let found):
      "impure \(key.label) stored=\(stored.abbreviated) found=\(found.abbreviated)"
    case .storeTrouble(let error): "trouble \(error.problem) \(error.detail)"
    case .imageTrouble(let error): "trouble \(error.problem) \(error.path)"
    }
  }
}

extension SourceKey {
  fileprivate var label: String { "\(methodHash.abbreviated)/\(instance.abbreviated)" }
}
