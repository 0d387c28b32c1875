import ArgumentParser
import BloatReport
import CacheIdentity
import JuliaCorpus
import SourceCodec
import SourceStore

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Puts sources into a store that were generated elsewhere.",
    subcommands: [ImportCorpusCommand.self])
}

/// Puts real Julia sources into a store, so that a store of them can be measured.
struct ImportCorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus",
    abstract: "Imports generated sources of Julia from lines of JSON.",
    discussion: """
      Each line is a method instance with its method, its edges and the code that a generator gave, or none (docs/corpus.md). \
      Compressed files come through a pipe. Lines that cannot be read are counted, and told on the standard error; the others are imported.

      EXAMPLE: gzip -dc gen.jsonl.gz | cachectl import corpus - --timings <(gzip -dc trace.jsonl.gz)
      """)

  @Argument(help: "The file; - is the standard input.", completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp("A file that says how long each generation took.", valueName: "file"), completion: .file())
  var timings: String?

  @Option(help: ArgumentHelp("The generator's name, which is the owner's, too.", valueName: "name"))
  var generator = "julia overlay pass"

  @Option(help: ArgumentHelp("The lineage.", valueName: "name"))
  var lineage = "julia"

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  func run() throws {
    let times = try timings.map { try CorpusTimings(try TextFile.read($0)) }
    let store = try SourceStore(.file(try store.path()))
    var state = DigestBuilder(domain: "worldcache.julia-corpus.state.v1")
    state.add("lineage", lineage)
    // One state for all corpora of a lineage: nothing that one of them says speaks against another.
    let attachment = try store.advance(
      lineage: lineage, to: DefinitionChange(state: state.finalize(), cause: "import corpus")
    ) { _ in nil }

    var report = CorpusReport()
    var traces: [NewTrace] = []
    let owner = Owner(generator)
    let fingerprint = GeneratorFingerprint(generator: generator, version: "corpus")
    for (number, line) in try TextFile.read(file).split(separator: "\n").enumerated() {
      do {
        let entry = try CorpusEntry(line: line)
        let trace = entry.trace(
          generator: fingerprint, owner: owner, world: attachment.world, process: .current,
          nanoseconds: times?.nanoseconds[entry.id] ?? 0)
        report.add(entry, trace)
        traces.append(trace)
      } catch {
        report.unreadable += 1
        StandardError.write("cachectl: warning: line \(number + 1) of \(file): \(error)\n")
      }
    }
    for case .refused(let refusal) in try store.insert(traces, into: attachment.lineage) {
      report.refused += 1
      StandardError.write("cachectl: warning: not stored: \(refusal)\n")
    }
    var output = Output()
    output.write(json.isJSON ? report.json.pretty + "\n" : report.text)
    try output.finish()
  }
}

/// What was imported.
private struct CorpusReport {
  var sources = 0
  var declined = 0
  var unreadable = 0
  var refused = 0
  var statements = 0
  var juliaBytes = 0
  var ourBytes = 0

  mutating func add(_ entry: CorpusEntry, _ trace: NewTrace) {
    guard let generation = entry.generation else { return declined += 1 }
    sources += 1
    statements += generation.code.code.statements.count
    juliaBytes += generation.juliaBytes
    ourBytes += trace.source?.payload.count ?? 0
  }

  var json: JSON {
    .object([
      "sources": .integer(sources), "declined": .integer(declined), "unreadable": .integer(unreadable),
      "refused": .integer(refused), "statements": .integer(statements), "juliaBytes": .integer(juliaBytes),
      "sourceBytes": .integer(ourBytes),
    ])
  }

  var text: String {
    """
    sources     \(sources) of \(statements) statements; \(declined) declined
    left out    \(unreadable) unreadable lines, \(refused) refused by the store
    bytes       \(Readable.bytes(Int64(ourBytes))) raw; \(Readable.bytes(Int64(juliaBytes))) in Julia's compressed form

    """
  }
}
