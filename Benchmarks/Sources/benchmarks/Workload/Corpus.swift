import Foundation
import JuliaCorpus
import WorldCache

/// Real sources of Julia.
struct Corpus {
  let name: String
  /// What a store records of each, those that the generator declined included.
  let traces: [NewTrace]
  /// The bytes of Julia's own compressed form of the sources.
  let juliaBytes: Int

  /// Reads a file of lines of JSON, compressed by gzip if its name says so. A line that cannot be read is an error.
  init(path: String) throws {
    name = URL(fileURLWithPath: path).lastPathComponent
    let generator = GeneratorFingerprint(generator: "julia", version: "corpus")
    var juliaBytes = 0
    traces = try Corpus.lines(of: path).map { line in
      let entry = try CorpusEntry(line: line)
      juliaBytes += entry.generation?.juliaBytes ?? 0
      return entry.trace(
        generator: generator, owner: Owner("julia"), world: .first, process: .current, nanoseconds: 35_000)
    }
    self.juliaBytes = juliaBytes
  }

  /// The lines of a text, compressed by gzip if its name says so.
  static func lines(of path: String) throws -> [Substring] {
    let data =
      try path.hasSuffix(".gz")
      ? ChildProcess("/usr/bin/env", ["gzip", "-dc", path]).output() : Data(contentsOf: URL(fileURLWithPath: path))
    return String(decoding: data, as: UTF8.self).split(separator: "\n")
  }

  var sourceCount: Int { traces.count { $0.source != nil } }
  var payloadBytes: Int { traces.reduce(0) { $0 + ($1.source?.payload.count ?? 0) } }

  /// A store that has all of it, optimized; returns the bytes that its sources take.
  func fillStore(at path: String) throws -> Int64 {
    let store = try SourceStore(.file(path))
    let attachment = try attach(store, SyntheticDefinitions(watches: []))
    for outcome in try store.insert(traces, into: attachment.lineage) {
      guard case .stored = outcome else { throw Refused(outcome: outcome) }
    }
    _ = try store.optimize()
    return try store.statistics().storedBytes
  }

  /// An image that has all of it.
  func writeImage(to path: String) throws -> SystemImage {
    var builder = ImageBuilder(lineage: "julia", world: .first, state: SyntheticDefinitions(watches: []).state)
    for trace in traces { builder.add(trace) }
    try builder.write(to: path)
    return try SystemImage(path)
  }
}
