import ArgumentParser
import BloatReport
import SystemImage

struct ImageVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks every byte of an image: digests, checksums, bounds, and the signature.",
    discussion: """
      Prints each problem with its section and offset, and exits with 1 if there are any. With --trust, an image that is not \
      signed with one of the keys is refused with 77, and one that is not what was signed with 65.

      EXAMPLE: cachectl image verify app.image
      EXAMPLE: cachectl image verify app.image --trust release.key.pub
      """)

  @OptionGroup var file: ImageArgument
  @OptionGroup var trust: TrustOptions
  @OptionGroup var json: JSONOptions

  func run() throws {
    let image = try SystemImage(file.image, trusting: try trust.keys())
    var line = ProgressLine()
    let problems = try image.verify { line.show($0, "verifying") }
    line.clear()

    var output = Output()
    if json.isJSON {
      let report: JSON = .object([
        "path": .text(image.path), "isWhole": .bool(problems.isEmpty),
        "identity": .text(image.header.identity.description),
        "signer": .optional(image.header.signer?.text), "isTrusted": .bool(!trust.trusted.isEmpty),
        "problems": .array(problems.map(\.json)),
      ])
      output.writeLine(report.pretty)
    } else if problems.isEmpty {
      let trusted = trust.trusted.isEmpty ? "" : ", which is trusted"
      output.writeLine(
        "\(image.path) is whole, and \(image.header.signer.map { "signed with \($0)\(trusted)" } ?? "not signed")")
    } else {
      for problem in problems { output.writeLine("\(problem.place): \(problem.finding)") }
    }
    try output.finish()
    if problems.isEmpty { return }
    StandardError.write(
      "cachectl: \(image.path) has \(Readable.count(problems.count, "problem")). Fetch or build it again.\n")
    throw ExitStatus.negative.code
  }
}

extension ImageError {
  fileprivate var json: JSON {
    .object([
      "section": .optional(section?.rawValue), "offset": .integer(Int64(clamping: offset)), "message": .text(finding),
    ])
  }
}
