import ArgumentParser
import BloatReport
import CacheIdentity
import SourceStore

struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Removes code instances, sources and history, and gives the space back to the file system.",
    discussion: """
      Conditions hold together: '--closed --older-than 30d' takes what is closed and that old. --max-size takes only so much \
      of that as it must, first what saves the least time a byte. --keep-worlds trims history besides. Pruning closes nothing: it \
      makes misses, never wrong hits. A source from which something that stays was built loses its bytes only.

      EXAMPLE: cachectl prune --unused-for 30d --dry-run
      EXAMPLE: cachectl prune --max-size 200M --keep-worlds 1000
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  @Flag(help: "What is closed: it holds in old worlds only.")
  var closed = false

  @Option(help: ArgumentHelp("What was generated longer ago, such as 30d or 12h.", valueName: "age"))
  var olderThan: Age?

  @Option(help: ArgumentHelp("What was neither served nor generated for that long.", valueName: "age"))
  var unusedFor: Age?

  @Option(help: ArgumentHelp("Until the file is no larger, such as 10M or 1.5GiB.", valueName: "size"))
  var maxSize: ByteSize?

  @Option(help: "What this generator made: its name, or name@version.")
  var generator: String?

  @Option(help: ArgumentHelp("What took no longer to generate, such as 50us.", valueName: "time"))
  var generatedWithin: Interval?

  @Option(help: ArgumentHelp("History before the newest worlds of each lineage.", valueName: "number"))
  var keepWorlds: Int64?

  @Flag(name: [.customLong("dry-run"), .customShort("n")], help: "Only say what would go.")
  var isDryRun = false

  func validate() throws {
    if let keepWorlds, keepWorlds < 1 {
      throw ValidationError("--keep-worlds is a number from 1 on, not \(keepWorlds).")
    }
    let isEmpty =
      !closed && olderThan == nil && unusedFor == nil && maxSize == nil && generator == nil && generatedWithin == nil
      && keepWorlds == nil
    if isEmpty {
      throw ValidationError(
        "Say what may go: --closed, --older-than, --unused-for, --max-size, --generator, --generated-within or --keep-worlds."
      )
    }
  }

  func run() throws {
    var policy = PrunePolicy()
    policy.closedOnly = closed
    policy.generatedBefore = olderThan.map { ProcessIdentity.now - $0.milliseconds }
    policy.unusedSince = unusedFor.map { ProcessIdentity.now - $0.milliseconds }
    policy.maximumBytes = maxSize?.bytes
    policy.generator = generator
    policy.generatedWithin = generatedWithin?.nanoseconds
    policy.keptWorlds = keepWorlds
    var output = Output()
    if isDryRun {
      let preview = try store.openForReading().previewPruning(policy)
      if json.isJSON {
        output.writeLine(preview.summary.json(isDryRun: true, bytes: preview.bytes, before: nil, after: nil).pretty)
      } else {
        output.writeLine("would free about \(Readable.bytes(preview.bytes))\(preview.summary.text)")
      }
    } else {
      let result = try prune(policy)
      let freed = result.bytesBefore - result.bytesAfter
      if json.isJSON {
        let (before, after) = (result.bytesBefore, result.bytesAfter)
        output.writeLine(result.summary.json(isDryRun: false, bytes: freed, before: before, after: after).pretty)
      } else {
        let sizes = "\(Readable.bytes(result.bytesBefore)) -> \(Readable.bytes(result.bytesAfter))"
        output.writeLine("freed \(Readable.bytes(freed)) (\(sizes))\(result.summary.text)")
      }
    }
    try output.finish()
  }

  private func prune(_ policy: PrunePolicy) throws -> PruneResult {
    let store = try store.openForWriting()
    var line = ProgressLine()
    let result = try store.prune(policy) { progress in
      line.show("pruning: \(progress.done) of \(Readable.count(progress.total, "trace"))")
    }
    line.clear()
    return result
  }
}

extension PruneSummary {
  fileprivate func json(isDryRun: Bool, bytes: Int64, before: Int64?, after: Int64?) -> JSON {
    .object([
      "isDryRun": .bool(isDryRun), "bytesFreed": .integer(bytes), "bytesBefore": .optional(before),
      "bytesAfter": .optional(after), "openInstances": .integer(openInstances),
      "closedInstances": .integer(closedInstances), "traces": .integer(traces),
      "strippedSources": .integer(strippedSources), "worlds": .integer(worlds),
    ])
  }

  fileprivate var text: String {
    if isEmpty { return ": nothing to remove" }
    var parts: [String] = []
    if openInstances > 0 { parts.append("\(Readable.count(openInstances, "open code instance"))") }
    if closedInstances > 0 { parts.append("\(Readable.count(closedInstances, "closed code instance"))") }
    if traces > 0 { parts.append(Readable.count(traces, "trace")) }
    if strippedSources > 0 { parts.append("the bytes of \(Readable.count(strippedSources, "source"))") }
    if worlds > 0 { parts.append(Readable.count(worlds, "world")) }
    return ": " + parts.joined(separator: ", ")
  }
}
