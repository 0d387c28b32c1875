import Foundation
import WorldCache

extension BenchmarkGroup {
  /// How few bytes a source takes, and how fast it comes back: code of the examples, and real sources where a corpus is given.
  static let codec = BenchmarkGroup(
    name: "codec", abstract: "bytes of a source and the time to decode it, beside JSON, property lists and Julia's form"
  ) { run in
    let sets = [try SourceSet.examples()] + (try run.corpora.map { try SourceSet(try Corpus(path: $0)) })
    return try sets.enumerated().flatMap { position, set in
      run.progress("codec: \(set.name)")
      // A dictionary of sources that it was not made of: the last corpus for the one before, and so on.
      let other = position > 1 ? sets[position - 1] : position == 1 && sets.count > 2 ? sets[2] : nil
      return [try set.bytesRow(other: other), try set.decodingRow(run), try set.compressionRow(run)]
    }
  }
}

extension SourceSet {
  /// What a store or an image takes as dictionary.
  private static let dictionaryCapacity = 16 * 1024

  private func dictionary() throws -> CompressionDictionary {
    guard let dictionary = CompressionDictionary.train(on: payloads, capacity: SourceSet.dictionaryCapacity) else {
      throw TooFewSources(name: name)
    }
    return dictionary
  }

  /// Bytes of all sources in each form.
  fileprivate func bytesRow(other: SourceSet?) throws -> Row {
    let compression = SourceCompression()
    func compressed(with dictionary: CompressionDictionary?) -> Int {
      payloads.reduce(0) { $0 + (compression.compress($1.span.bytes, with: dictionary)?.count ?? $1.count) }
    }
    let dictionary = try dictionary()
    let encoded = payloads.reduce(0) { $0 + $1.count }
    let small = compressed(with: dictionary)
    let json = try mirrors.reduce(0) { $0 + (try JSONEncoder().encode($1)).count }
    let list = PropertyListEncoder()
    list.outputFormat = .binary
    let property = try mirrors.reduce(0) { $0 + (try list.encode($1)).count }
    var sizes: [(String, Int)] = [
      ("WorldCache, encoded", encoded), ("zstd", compressed(with: nil)), ("zstd, own dictionary", small),
      ("zstd, own dictionary, all in", small + dictionary.bytes.count),
    ]
    var ratios = [
      Ratio(name: "dictionaryOfEncoded", value: Double(small) / Double(encoded)),
      Ratio(name: "encodedOfJSON", value: Double(encoded) / Double(json)),
      Ratio(name: "dictionaryOfJSON", value: Double(small) / Double(json)),
    ]
    if let other {
      let size = compressed(with: try other.dictionary())
      sizes.append(("zstd, dictionary of \(other.name)", size))
      if let juliaBytes {
        ratios.append(Ratio(name: "otherDictionaryOfJulia", value: Double(size) / Double(juliaBytes)))
      }
    }
    sizes += [("Codable, JSON", json), ("Codable, property list", property)]
    if let juliaBytes {
      sizes.append(("Julia, compressed", juliaBytes))
      ratios.append(Ratio(name: "dictionaryOfJulia", value: Double(small) / Double(juliaBytes)))
      ratios.append(
        Ratio(name: "allInOfJulia", value: Double(small + dictionary.bytes.count) / Double(juliaBytes)))
    }
    return Row(
      name: "bytes a source", variant: variant,
      readings: sizes.map {
        Reading(contender: $0.0, median: Double($0.1) / Double(payloads.count), unit: .bytes)
      }, ratios: ratios)
  }

  /// Time to decode and to let go of the result: the mean source, and the median one in the place of the slowest ones. First to what
  /// inference uses, after the peers' work and again right afterwards, there without what
  /// stands beside the code, too; then with all statements as enums, which is what the peers make.
  fileprivate func decodingRow(_ run: Run) throws -> Row {
    let jsons = try mirrors.map { try JSONEncoder().encode($0) }
    let lists = try mirrors.map { try PropertyListEncoder().encode($0) }
    let count = Double(payloads.count)
    func again(_ name: String, _ decode: @escaping ([UInt8]) throws -> Void) -> Step {
      Step(name) { _ in
        for payload in payloads { try decode(payload) }
        return try nanoseconds { for payload in payloads { try decode(payload) } } / count
      }
    }
    let codeAlone = decodeCode.map { [again("WorldCache, code alone again", $0)] } ?? []
    let timings = try interleave(
      rounds: run.rounds,
      [
        Step("WorldCache", timingSingles: { _ in try timed { try decode(payloads[$0]) } }),
        again("WorldCache, again", decode),
      ] + codeAlone + [
        Step(
          "WorldCache, statements made", timingSingles: { _ in try timed { try decodeStatements(payloads[$0]) } }),
        Step(
          "Codable, JSON",
          timingSingles: { _ in
            try timed { blackHole(UInt64(try JSONDecoder().decode(CodeMirror.self, from: jsons[$0]).weight)) }
          }),
        Step(
          "Codable, property list",
          timingSingles: { _ in
            try timed { blackHole(UInt64(try PropertyListDecoder().decode(CodeMirror.self, from: lists[$0]).weight)) }
          }),
      ])
    var row = Row(
      "decode a source", variant, timings,
      ratios: [
        ("ofJSON", of: "WorldCache, statements made", to: "Codable, JSON"),
        ("ofPropertyList", of: "WorldCache, statements made", to: "Codable, property list"),
      ])
    let twenty = count / Double(statementCount) * 20
    row.readings.insert(
      contentsOf: [
        Reading(contender: "WorldCache, the median source", median: timings[0].singles.median),
        Reading(contender: "WorldCache, 20 statements", median: timings[0].rounds.median * twenty),
        Reading(contender: "WorldCache, 20 statements again", median: timings[1].rounds.median * twenty),
      ]
        + codeAlone.map { _ in
          Reading(contender: "WorldCache, 20 statements of code alone again", median: timings[2].rounds.median * twenty)
        }
        + [
          Reading(
            contender: "WorldCache, 20 statements made",
            median: timings[2 + codeAlone.count].rounds.median * twenty)
        ], at: 1)
    return row
  }

  /// Runs an operation for each source; the mean, and each by itself.
  private func timed(_ body: (Int) throws -> Void) rethrows -> (mean: Double, singles: [Double]) {
    let all = try nanoseconds { for index in payloads.indices { try body(index) } }
    let singles = try payloads.indices.map { index in try nanoseconds { try body(index) } }
    return (all / Double(payloads.count), singles)
  }

  /// Time to compress and decompress.
  fileprivate func compressionRow(_ run: Run) throws -> Row {
    let dictionary = try dictionary()
    let compression = SourceCompression()
    let stored = payloads.map { compression.compress($0.span.bytes, with: dictionary) }
    let pairs = zip(payloads, stored).compactMap { raw, stored in stored.map { (raw.count, $0) } }
    let timings = try interleave(
      rounds: run.rounds,
      [
        Step("compress") { _ in
          nanoseconds {
            for raw in payloads {
              blackHole(UInt64(compression.compress(raw.span.bytes, with: dictionary)?.count ?? 0))
            }
          } / Double(payloads.count)
        },
        Step("decompress") { _ in
          try nanoseconds {
            for (rawSize, stored) in pairs {
              blackHole(UInt64(try compression.decompress(stored.span.bytes, rawSize: rawSize, with: dictionary).count))
            }
          } / Double(pairs.count)
        },
        Step("decode") { _ in
          try nanoseconds { for payload in payloads { try decode(payload) } } / Double(payloads.count)
        },
      ])
    return Row(
      "compress a source", variant, timings,
      ratios: [("decompressOfCompress", of: "decompress", to: "compress")])
  }
}

/// No dictionary can be made of so few sources.
private struct TooFewSources: Error, CustomStringConvertible {
  var name: String
  var description: String { "\(name): too few sources for a dictionary" }
}
