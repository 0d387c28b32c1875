import WorldCache

extension BenchmarkGroup {
  /// Real sources, if there are any.
  static let corpus = BenchmarkGroup(
    name: "corpus", abstract: "bytes of real sources beside Julia's own compressed form; only with --corpus",
    needsCorpus: true
  ) { run in try run.corpora.flatMap { try corpusRows($0, run) } }
}

/// What real sources take in an image and in a store that was optimized, beside Julia's own compressed form of them: the sources' bytes, and the files with all that is in
/// them. Julia's form leaves out the values to which it refers by number, such as types.
private func corpusRows(_ path: String, _ run: Run) throws -> [Row] {
  run.progress("corpus: \(path)")
  let corpus = try Corpus(path: path)
  let storePath = run.fixtures.newPath("store")
  let storeSources = Double(try corpus.fillStore(at: storePath))
  let image = try corpus.writeImage(to: run.fixtures.newPath("image"))
  let imageSources = image.sections.filter { [.sources, .dictionary].contains($0.name) }.reduce(0) { $0 + $1.bytes }
  let variant = corpus.name
  func row(_ name: String, _ sizes: [(String, Double)]) -> Row {
    Row(
      name: name, variant: variant,
      readings: sizes.map {
        Reading(contender: $0.0, median: $0.1 / Double(corpus.sourceCount), unit: .bytes)
      },
      ratios: sizes.prefix(2).map { Ratio(name: "\($0.0)OfJulia", value: $0.1 / Double(corpus.juliaBytes)) })
  }
  let julia = ("Julia's compressed form", Double(corpus.juliaBytes))
  return [
    row(
      "sources alone",
      [("image", Double(imageSources)), ("store", storeSources), julia, ("uncompressed", Double(corpus.payloadBytes))]),
    row(
      "file, all in",
      [("image", Double(image.header.bytes)), ("store", Double(Fixtures.bytes(at: storePath))), julia]),
  ]
}
