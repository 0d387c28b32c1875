import BloatReport
import CacheIdentity
import CacheSession

extension TopSample {
  /// What is shown on a terminal, or printed once.
  ///
  /// - Parameter before: For each session what it told before, in their order; `nil` where nothing was.
  func text(since before: [SessionActivity?], width: Int) -> String {
    let rates = zip(sessions, before).map { isSilent($0) ? [:] : TopRates.byGenerator($0, since: $1) }
    let all = TopRates.sum(rates.flatMap(\.values))
    let silent = sessions.count { isSilent($0) }
    let queue = sessions.reduce(0) { $0 + $1.queueDepth }
    var text = """
      store       \(Readable.line(path))  \(Readable.bytes(fileBytes)), log \(Readable.bytes(logBytes))
      sessions    \(sessions.count - silent)\(silent > 0 ? " and \(silent) silent" : ""); \(queue) waiting to be written
      a second    \(Readable.decimal(all.hits)) hits, \(Readable.decimal(all.generated)) generated, \
      \(Readable.decimal(all.busy)) generators at work

      """
    if !isWatching { text += "The folder beside the store cannot be written, so no session can be asked.\n" }
    text += "\n" + generatorTable(rates, width)
    if !sessions.isEmpty { text += "\n" + sessionTable(rates, width) }
    return text
  }

  private func generatorTable(_ rates: [[String: TopRates]], _ width: Int) -> String {
    FittedTable.text(
      "GENERATORS",
      [
        ("NAME", false), ("MEMORY", true), ("IMAGE", true), ("STORE", true), ("HITS/S", true), ("MISSES", true),
        ("MISSES/S", true), ("TIME", true), ("STORED", true), ("LEFT OUT", true), ("TRACES", true), ("SOURCES", true),
      ],
      generators.map { generator in
        let rate = TopRates.sum(rates.compactMap { $0[generator.name] })
        let stored = stored[generator.name] ?? Stored()
        return [
          generator.name, String(generator.memoryHits), String(generator.imageHits), String(generator.storeHits),
          Readable.decimal(rate.hits), String(generator.generated), Readable.decimal(rate.generated),
          Readable.duration(nanoseconds: generator.generationNanoseconds), String(generator.stored),
          String(generator.leftOut), String(stored.traces), Readable.bytes(stored.sourceBytes),
        ]
      }, width: width)
  }

  private func sessionTable(_ rates: [[String: TopRates]], _ width: Int) -> String {
    FittedTable.text(
      "SESSIONS",
      [
        ("PROGRAM", false), ("PID", true), ("LINEAGE", false), ("STATE", false), ("AGE", true), ("HITS/S", true),
        ("MISSES/S", true), ("QUEUE", true),
      ],
      zip(sessions, rates).map { session, rates in
        let rate = TopRates.sum(rates.values)
        let age = Readable.duration(nanoseconds: max(0, at - session.process.startedAt) * 1_000_000)
        return [
          session.process.program, String(session.process.pid),
          Readable.fitted(Readable.line(session.lineage), width: 20), isSilent(session) ? "silent" : "live", age,
          Readable.decimal(rate.hits), Readable.decimal(rate.generated), String(session.queueDepth),
        ]
      }, width: width)
  }

  /// The same in one object; counts are since each session began.
  var json: JSON {
    .object([
      "at": .text(Timestamp(at).description), "path": .text(path), "fileBytes": .integer(fileBytes),
      "logBytes": .integer(logBytes), "isWatching": .bool(isWatching),
      "queueDepth": .integer(sessions.reduce(0) { $0 + $1.queueDepth }),
      "generators": .array(
        generators.map { generator in
          let stored = stored[generator.name] ?? Stored()
          return .object(
            JSON.Members(
              generator.members + [
                ("traces", .integer(stored.traces)), ("sourceBytes", .integer(stored.sourceBytes)),
              ]))
        }),
      "sessions": .array(
        sessions.map { session in
          .object([
            "host": .text(session.process.host), "pid": .integer(Int64(session.process.pid)),
            "program": .text(session.process.program),
            "startedAt": .text(Timestamp(session.process.startedAt).description), "lineage": .text(session.lineage),
            "isSilent": .bool(isSilent(session)), "queueDepth": .integer(session.queueDepth),
            "generators": .array(session.generators.map { .object(JSON.Members($0.members)) }),
          ])
        }),
    ])
  }
}

extension SessionActivity.Generator {
  fileprivate var members: [(key: String, value: JSON)] {
    [
      ("name", .text(name)), ("memoryHits", .integer(memoryHits)), ("imageHits", .integer(imageHits)),
      ("storeHits", .integer(storeHits)), ("generated", .integer(generated)),
      ("generationNanoseconds", .integer(generationNanoseconds)), ("stored", .integer(stored)),
      ("leftOut", .integer(leftOut)),
    ]
  }
}
