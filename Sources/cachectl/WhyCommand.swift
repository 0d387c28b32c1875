import ArgumentParser
import BloatReport
import CacheIdentity
import SourceStore

struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Explains why a method instance is served, was closed, or is missed.",
    discussion: """
      Explains the head of each lineage in which the source was ever stored. For a miss it names the nearest trace and, in \
      the order in which they were asked, the first question whose answer is another one now.

      EXAMPLE: cachectl why 'sin(Float64)'
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  @Argument(
    help: ArgumentHelp(
      "A function, a specialization, or a key as 'dump' prints it (method:instance:owner).", valueName: "method-or-key")
  )
  var subject: String

  @Option(help: "Only this lineage, even if nothing was ever stored in it.")
  var lineage: String?

  func run() throws {
    let store = try store.openForReading()
    var output = Output()
    var array = JSONArrayWriter()
    let found = try store.explain(subject, lineage: lineage) { explanation throws(StoreError) in
      if json.isJSON {
        array.write(explanation.json, to: &output)
      } else {
        output.writeLine(explanation.text(.standard))
      }
    }
    if json.isJSON { array.finish(&output) }
    try output.finish()
    if found == 0 {
      StandardError.write(
        "cachectl: nothing in \(store.path) is called \(Readable.line(subject)). Try 'cachectl dump'.\n")
      throw ExitStatus.negative.code
    }
  }
}
