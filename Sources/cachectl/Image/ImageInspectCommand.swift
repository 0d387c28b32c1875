import ArgumentParser
import BloatReport
import CacheIdentity
import SystemImage

struct ImageInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what an image says of itself, and where its bytes are.",
    discussion: """
      Reads the beginning of the file only, whatever its size; with --entries, all of it. A signature is checked, and its key is \
      shown; whether that key is to be trusted is for 'verify --trust' to say.

      EXAMPLE: cachectl image inspect app.image
      """)

  @OptionGroup var file: ImageArgument
  @Flag(help: "Also the entries.") var entries = false
  @OptionGroup var json: JSONOptions

  func run() throws {
    let image = try SystemImage(file.image)
    var output = Output()
    if json.isJSON {
      try writeJSON(image, to: &output)
    } else {
      output.write(image.header.text(path: image.path))
      image.writeSections(to: &output)
      if entries { try image.writeEntries(to: &output) }
    }
    try output.finish()
  }

  private func writeJSON(_ image: SystemImage, to output: inout Output) throws {
    var listed: [JSON]?
    if entries {
      var all: [JSON] = []
      try image.forEachTrace { _, trace in
        all.append(trace.json(text: nil))
        return true
      }
      listed = all
    }
    let report: JSON = .object([
      "image": image.header.json(path: image.path), "sections": .array(image.sections.map(\.json)),
      "entries": listed.map { .array($0) } ?? .null,
    ])
    output.writeLine(report.pretty)
  }
}

extension ImageHeader {
  fileprivate func text(path: String) -> String {
    """
    image      \(path)
    format     \(format)
    from       \(origin)
    state      \(state?.description ?? "none: its parts come from different states")
    identity   \(identity)
    signature  \(signer?.text ?? "none")
    size       \(Readable.bytes(Int64(bytes)))
    entries    \(entries), of \(Readable.count(methods, "method"))
    sources    \(sources)
    answers    \(answers)


    """
  }
}

extension SystemImage {
  fileprivate func writeSections(to output: inout Output) {
    var table = TextTable([
      .init("SECTION"), .init("OFFSET", isNumeric: true), .init("BYTES", isNumeric: true),
      .init("SHARE", isNumeric: true), .init("COUNT", isNumeric: true),
    ])
    for section in sections {
      table.add(
        [
          section.name.rawValue, String(section.offset), String(section.bytes),
          Readable.share(Int64(section.bytes), of: Int64(header.bytes)), String(section.count),
        ], to: &output)
    }
    let sum = sections.reduce(0) { $0 + $1.bytes }
    table.add(["all", "", String(sum), Readable.share(Int64(sum), of: Int64(header.bytes)), ""], to: &output)
    table.finish(&output)
  }

  fileprivate func writeEntries(to output: inout Output) throws {
    output.write("\n")
    var table = TextTable([
      .init("SPECIALIZATION"), .init("OWNER"), .init("GENERATOR"), .init("BYTES", isNumeric: true),
      .init("COST", isNumeric: true), .init("EDGES", isNumeric: true), .init("SOURCE"), .init("KEY"),
    ])
    try forEachTrace { _, trace in
      table.add(
        [
          trace.specialization, trace.owner.name, trace.generator.generator,
          trace.source.map { String($0.payload.count) } ?? "declined",
          Readable.duration(nanoseconds: trace.provenance.generationNanoseconds), String(trace.edges.count),
          trace.source?.digest.abbreviated ?? "", trace.key.abbreviated,
        ], to: &output)
      return true
    }
    table.finish(&output)
  }
}
