import ArgumentParser
import SystemImage

struct ImageDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Says what appeared, vanished, changed and grew between two images.",
    discussion: """
      An entry changed if its source, the answers that it rests on, its method or its generator are others; which, is said. Bytes \
      are those of sources as they are encoded. Ends with 0 whether or not the images differ, unless --exit-code asks.

      EXAMPLE: cachectl image diff old.image new.image
      """)

  @Argument(help: "The old image.", completion: .file(extensions: ["image"]))
  var old: String

  @Argument(help: "The new image.", completion: .file(extensions: ["image"]))
  var new: String

  @Flag(help: "End with 1 if the images differ.")
  var exitCode = false

  @OptionGroup var json: JSONOptions

  func run() throws {
    let (old, new) = (try SystemImage(old), try SystemImage(new))
    let difference = try ImageDifference(from: old, to: new)
    var output = Output()
    if json.isJSON {
      output.writeLine(difference.json(old, new).pretty)
    } else {
      difference.write(old, new, .standard, to: &output)
    }
    try output.finish()
    if exitCode, !difference.isEmpty { throw ExitStatus.negative.code }
  }
}
