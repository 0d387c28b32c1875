import CacheIdentity

extension AdmissionAdvice {
  /// The version of the JSON form.
  private static let formatVersion: Int64 = 1

  /// The advice in one object.
  package var json: JSON {
    .object([
      "report": .text("advice"), "version": .integer(AdmissionAdvice.formatVersion), "path": .text(path),
      "bytes": .integer(bytes), "hitNanoseconds": .integer(hitNanoseconds),
      "nanosecondsPerKiB": .integer(nanosecondsPerKiB), "generators": .array(generators.map(\.json)),
      "current": .object(
        JSON.Members(current.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSON.text($0.value.words)) })),
    ])
  }

  /// A line for each generator, under a title.
  package var csv: String {
    CSV.line([
      "generator", "verdict", "thresholdNanoseconds", "entries", "neverHit", "diskBytes", "hits",
      "generationNanoseconds",
      "medianNanoseconds", "savedNanoseconds", "leftOutEntries", "leftOutBytes", "freedBytes", "lostNanoseconds",
    ])
      + generators.map { generator in
        let (sizes, leftOut) = (generator.sizes, generator.leftOut)
        let numbers: [Int64] = [
          Int64(sizes.entries), Int64(sizes.neverHit), sizes.disk, sizes.hits, sizes.generationNanoseconds,
          generator.medianNanoseconds, sizes.savedNanoseconds, Int64(leftOut.entries), leftOut.disk,
          generator.freedBytes, leftOut.savedNanoseconds,
        ]
        let names = [generator.name, generator.verdict.name, generator.threshold.map { String($0) } ?? ""]
        return CSV.line(names + numbers.map { String($0) })
      }.joined()
  }

  /// The advice for a terminal.
  ///
  /// - Parameter width: The terminal's width; names that do not fit are shortened in their middle.
  package func text(width: Int) -> String {
    var text = """
      file        \(Readable.line(path)), \(Readable.bytes(bytes))
      a hit       costs \(Readable.duration(nanoseconds: hitNanoseconds))
      a KiB       is worth keeping if it saves \(Readable.duration(nanoseconds: nanosecondsPerKiB))

      """
    for (name, policy) in current.sorted(by: { $0.key < $1.key }) {
      text += "in force    \(Readable.line(name)): \(policy.words)\n"
    }
    guard !generators.isEmpty else { return text + "\nThere are no sources.\n" }
    text += "\n"
    text += FittedTable.text(
      "ADVICE",
      [
        ("GENERATOR", false), ("STORE", false), ("SOURCES", true), ("NEVER HIT", true), ("ON DISK", true),
        ("SHARE", true), ("MEDIAN", true), ("HITS", true), ("SAVED", true), ("MS PER KIB", true),
      ],
      generators.map { generator in
        let sizes = generator.sizes
        return [
          generator.name, generator.verdict.words, String(sizes.entries), String(sizes.neverHit),
          Readable.bytes(sizes.disk), Readable.share(sizes.disk, of: bytes),
          Readable.duration(nanoseconds: generator.medianNanoseconds), String(sizes.hits),
          Readable.duration(nanoseconds: sizes.savedNanoseconds), Readable.decimal(sizes.savedMillisecondsPerKiB),
        ]
      }, width: width)
    let changes = generators.filter { $0.policy != nil }
    guard !changes.isEmpty else { return text }
    text += "\n"
    text += FittedTable.text(
      "WHAT WOULD CHANGE",
      [("GENERATOR", false), ("LEFT OUT", true), ("NEVER HIT", true), ("FREES", true), ("LOSES AT MOST", true)],
      changes.map { generator in
        [
          generator.name, "\(generator.leftOut.entries) of \(generator.sizes.entries)",
          String(generator.leftOut.neverHit), Readable.bytes(generator.freedBytes),
          Readable.duration(nanoseconds: generator.leftOut.savedNanoseconds),
        ]
      }, width: width)
    text += "\nWhat is there already goes with\n"
    return text + changes.map { "  cachectl prune \($0.pruning)\n" }.joined()
  }
}

extension AdmissionPolicy {
  /// The policy for people: what of a generator's sources is stored.
  package var words: String {
    switch self {
    case .always: "all"
    case .never: "none"
    case .slowerThan(let nanoseconds): "over \(Readable.duration(nanoseconds: nanoseconds))"
    case .secondRequest: "the second time"
    }
  }
}

extension AdmissionAdvice.Generator {
  /// The options of `cachectl prune` that take what would be left out.
  fileprivate var pruning: String {
    let quoted = "'\(Readable.line(name).replacing("'", with: "'\\''"))'"
    return "--generator \(quoted)" + (threshold.map { " --generated-within \($0)ns" } ?? "")
  }

  fileprivate var threshold: Int64? { if case .threshold(let nanoseconds) = verdict { nanoseconds } else { nil } }

  fileprivate var json: JSON {
    .object([
      "name": .text(name), "verdict": .text(verdict.name), "thresholdNanoseconds": .optional(threshold),
      "medianNanoseconds": .integer(medianNanoseconds), "sizes": sizes.json(named: nil),
      "savedMillisecondsPerKiB": sizes.savedMillisecondsPerKiB.map { .number($0) } ?? .null,
      "leftOut": leftOut.json(named: nil), "freedBytes": .integer(freedBytes),
      "lostNanoseconds": .integer(leftOut.savedNanoseconds),
    ])
  }
}

extension AdmissionAdvice.Verdict {
  /// The verdict for people: what of the generator's sources to store.
  fileprivate var words: String {
    switch self {
    case .keep: AdmissionPolicy.always.words
    case .drop: AdmissionPolicy.never.words
    case .threshold(let nanoseconds): AdmissionPolicy.slowerThan(nanoseconds: nanoseconds).words
    case .fewSources: "? fewer than \(AdmissionAdvice.leastSources) sources"
    case .fewHits: "? too few hits so far"
    }
  }
}
