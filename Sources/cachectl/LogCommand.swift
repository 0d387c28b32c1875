import ArgumentParser
import BloatReport
import CacheIdentity
import SourceStore

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Prints the worlds, newest first: who committed each, why, and what it closed and revived.",
    discussion: """
      What a world closed comes in order of distance: 1 for what rests on the changed answer itself, 2 for what was built \
      from that, and so on.

      EXAMPLE: cachectl log --limit 3
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  @Option(help: "Only this lineage.")
  var lineage: String?

  @Option(help: "So many worlds.")
  var limit: Int?

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit is a number from 0 on, not \(limit).") }
  }

  func run() throws {
    let store = try store.openForReading()
    var output = Output()
    var array = JSONArrayWriter()
    try store.forEachWorld(lineage: lineage, limit: limit) { world throws(StoreError) in
      if json.isJSON { array.write(world.json, to: &output) } else { output.writeLine(world.text(.standard)) }
    }
    if json.isJSON { array.finish(&output) }
    try output.finish()
  }
}

extension WorldRecord {
  fileprivate var json: JSON {
    .object([
      "lineage": .text(lineage), "world": world.json, "state": .text(state.description),
      "committedAt": .text(Timestamp(committedAt).description), "process": process.json, "cause": .text(cause),
      "closed": .array(closed.map(\.json)), "revived": .array(revived.map(\.json)),
    ])
  }

  fileprivate func text(_ style: Style) -> String {
    var text = style.bold("world \(world) of \(Readable.line(lineage))")
    text += "  \(Timestamp(committedAt).short)  \(process.text)\n  \(Readable.line(cause))\n"
    if !closed.isEmpty {
      text += style.bad("  closed \(closed.count)\n")
      for closing in closed {
        text += "    \(closing.depth)  \(Readable.line(closing.victim.specialization))  \(style.faint(closing.text))\n"
      }
    }
    if !revived.isEmpty {
      text += style.good("  revived \(revived.count)\n")
      for label in revived { text += "       \(Readable.line(label.specialization))\n" }
    }
    return text
  }
}
