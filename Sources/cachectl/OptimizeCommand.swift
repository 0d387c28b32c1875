import ArgumentParser
import BloatReport
import SourceStore

struct OptimizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimize",
    abstract: "Makes the file smaller, and leaves what it says as it is.",
    discussion: """
      Trains a dictionary from the store's own sources if that pays, compresses all sources with it, and gives free space \
      back to the file system. Other processes may use the store meanwhile. Interrupted, it leaves a whole store, and the next \
      run goes on.

      EXAMPLE: cachectl optimize --json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  func run() throws {
    let store = try store.openForWriting()
    var line = ProgressLine()
    let result = try store.optimize { progress in
      line.show("compressing: \(progress.done) of \(Readable.count(progress.total, "source"))")
      return true
    }
    line.clear()

    var output = Output()
    if json.isJSON {
      output.writeLine(result.json.pretty)
    } else {
      let sizes = "\(Readable.bytes(result.bytesBefore)) -> \(Readable.bytes(result.bytesAfter))"
      let what = Readable.count(result.recompressed, "source")
      output.writeLine("\(sizes): compressed \(what)" + (result.dictionaries > 0 ? " with a new dictionary" : ""))
    }
    try output.finish()
  }
}

extension OptimizeResult {
  fileprivate var json: JSON {
    .object([
      "bytesBefore": .integer(bytesBefore), "bytesAfter": .integer(bytesAfter),
      "dictionaries": .integer(dictionaries), "recompressed": .integer(recompressed),
    ])
  }
}
