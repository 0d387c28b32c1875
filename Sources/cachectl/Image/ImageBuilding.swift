import BloatReport
import CacheIdentity
import SourceStore
import SystemImage

/// An image on its way into a file: what `build` and `merge` share.
struct ImageBuilding {
  private var builder: ImageBuilder
  private let path: String
  private var line = ProgressLine()

  /// From now on signals are caught, so that no draft is left behind.
  init(_ builder: ImageBuilder, path: String) {
    self.builder = builder
    self.path = path
    Interruption.catchSignals()
  }

  mutating func add(_ trace: NewTrace) throws {
    if builder.count.isMultiple(of: 512) {
      if Interruption.signal != nil { throw ImageError(.cancelled, path: path) }
      line.show("reading: \(Readable.count(builder.count, "entry", "entries"))")
    }
    builder.add(trace)
  }

  /// Writes the file, and says what is in it and what is not.
  mutating func finish(_ options: ImageOptions, _ json: JSONOptions) throws {
    var line = self.line
    let written = try builder.write(to: path, options: options) { line.show($0, "writing") }
    line.clear()
    let image = try SystemImage(path)
    var output = Output()
    if json.isJSON {
      let report: JSON = .object([
        "image": image.header.json(path: path), "leftOut": .array(written.leftOut.map(\.json)),
      ])
      output.writeLine(report.pretty)
    } else {
      let header = image.header
      output.writeLine(
        """
        \(path): \(Readable.count(header.entries, "entry", "entries")), \(Readable.bytes(Int64(header.bytes))), \
        from \(header.origin)\(header.signer == nil ? "" : ", signed")
        """)
    }
    try output.finish()
    if !json.isJSON { tell(written.leftOut) }
  }

  /// The image is good without these, but somebody may miss them.
  private func tell(_ leftOut: [LeftOutTrace]) {
    guard !leftOut.isEmpty else { return }
    StandardError.write("cachectl: warning: \(Readable.count(leftOut.count, "trace")) left out\n")
    for trace in leftOut.prefix(10) {
      StandardError.write("  \(Readable.line(trace.specialization)): \(Readable.line(trace.reason.words))\n")
    }
    if leftOut.count > 10 { StandardError.write("  and \(leftOut.count - 10) more; --json lists all\n") }
  }
}

extension ProgressLine {
  /// Shows how far an image is; returns whether to go on.
  mutating func show(_ progress: ImageProgress, _ work: String) -> Bool {
    show("\(work) \(progress.section.rawValue)", done: progress.done, of: progress.total)
    return Interruption.signal == nil
  }
}

extension LeftOutTrace {
  fileprivate var json: JSON {
    .object(["specialization": .text(specialization), "key": .text(key.text), "reason": .text(reason.words)])
  }
}

extension LeftOutTrace.Reason {
  fileprivate var words: String {
    switch self {
    case .bounded: "its generator declared an end of validity, in worlds that mean nothing elsewhere"
    case .innerMissing(let key): "it rests on the source of \(key.abbreviated), which is not taken"
    case .innerDiffers(let key): "it rests on another source of \(key.abbreviated) than the one that is taken"
    case .innerLeftOut(let key): "it rests on the source of \(key.abbreviated), which is left out"
    case .contradicted(let question): "it rests on another answer to the question for \(question) than what came later"
    }
  }
}
