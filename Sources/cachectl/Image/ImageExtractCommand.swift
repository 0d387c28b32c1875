import ArgumentParser
import BloatReport
import CacheIdentity
import SourceCodec
import SourceStore
import SystemImage

struct ImageExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Writes one source of an image.",
    discussion: """
      Lowered code is written as text that the host's parser reads back; --raw writes the bytes of any source as they are \
      encoded. Several entries may share one source; if what is named has several sources, they are listed.

      EXAMPLE: cachectl image extract app.image 'sin(Float64)'
      EXAMPLE: cachectl image extract app.image 3f9a01bc --raw --output sin.bin
      """)

  @OptionGroup var file: ImageArgument

  @Argument(
    help: ArgumentHelp(
      "A function, a specialization, a key as 'inspect --entries' prints it, or the first digits of a source's digest.",
      valueName: "source"))
  var subject: String

  @Flag(help: "The encoded bytes, whatever their form.")
  var raw = false

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Into this file.", valueName: "file"),
    completion: .file())
  var outputFile: String?

  @Flag(name: .customLong("json"), help: "Print JSON, with the edges and where the source comes from.")
  var isJSON = false

  func validate() throws {
    if raw, isJSON { throw ValidationError("--raw and --json exclude each other.") }
  }

  func run() throws {
    let trace = try EntrySearch(subject).find(in: try SystemImage(file.image))
    let bytes = try content(of: trace)
    if let outputFile { return try NewFile.replace(outputFile, bytes) }
    var output = Output()
    output.write(bytes: bytes)
    try output.finish()
  }

  private func content(of trace: NewTrace) throws -> [UInt8] {
    guard let source = trace.source else {
      if isJSON { return Array((trace.json(text: nil).pretty + "\n").utf8) }
      throw ImageCommandError.declined(specialization: trace.specialization, image: file.image)
    }
    if raw { return source.payload }
    let text: String?
    do throws(DecodingFailure) {
      text = try source.loweredIR()
    } catch {
      throw ImageError(.undecodable(error), path: file.image, section: .sources)
    }
    if isJSON {
      let json = trace.json(text: text, hexadecimal: text == nil ? source.hexadecimal : nil)
      return Array((json.pretty + "\n").utf8)
    }
    guard let text else {
      throw ImageCommandError.noText(codec: source.codec, specialization: trace.specialization)
    }
    return Array((text + "\n").utf8)
  }
}

/// Finds an entry by what people call it.
private struct EntrySearch {
  /// How many are named if several are found.
  private static let examples = 10

  private let text: String
  /// The digests' first digits: of a key, or of a source.
  private let digits: [String]?

  init(_ text: String) {
    self.text = text
    let parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let areDigits = parts.allSatisfy { $0.count >= 4 && $0.count <= 32 && $0.allSatisfy(\.isHexDigit) }
    digits = areDigits && (parts.count == 1 || parts.count == 3) ? parts : nil
  }

  func find(in image: SystemImage) throws -> NewTrace {
    var found: [NewTrace] = []
    var sources: Set<Digest?> = []
    try image.forEachTrace { _, trace in
      // Entries that share a source are one source.
      if matches(trace), sources.insert(trace.source?.digest).inserted, found.count < EntrySearch.examples {
        found.append(trace)
      }
      return true
    }
    guard let first = found.first else { throw ImageCommandError.nothingNamed(text, image: image.path) }
    guard found.count == 1 else {
      throw ImageCommandError.severalNamed(
        text, image: image.path, count: sources.count,
        examples: found.map { "\($0.key.abbreviated)  \($0.specialization) for \($0.owner.name)" })
    }
    return first
  }

  private func matches(_ trace: NewTrace) -> Bool {
    if trace.method.signature.function == text || trace.specialization == text { return true }
    guard let digits else { return false }
    if digits.count == 1 { return trace.source?.digest.description.hasPrefix(digits[0]) ?? false }
    let key = [trace.key.methodHash, trace.key.instance, trace.key.owner]
    return zip(key, digits).allSatisfy { $0.description.hasPrefix($1) }
  }
}
