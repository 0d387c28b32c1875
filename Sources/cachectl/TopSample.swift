import BloatReport
import CacheIdentity
import CacheSession
import SourceStore

/// What `top` knows at one moment.
struct TopSample {
  /// What a generator has in the store.
  struct Stored: Hashable {
    var traces = 0
    var sourceBytes: Int64 = 0
  }

  /// When: milliseconds since 1970, UTC.
  var at: Int64
  /// The store's path.
  var path: String
  /// The store's size.
  var fileBytes: Int64
  /// The size of its log.
  var logBytes: Int64
  /// Whether sessions can be asked.
  var isWatching: Bool
  /// What sessions told.
  var sessions: [SessionActivity]
  /// What is stored, by the generator's name.
  var stored: [String: Stored]

  /// A session that told nothing for so long stands still, or was killed.
  private static let silentMilliseconds: Int64 = 5_000

  /// Whether a session has stopped telling.
  func isSilent(_ session: SessionActivity) -> Bool { at - session.publishedAt > TopSample.silentMilliseconds }

  /// What all sessions did, by generator; who is busiest first. Generators that only have something in the store come last.
  var generators: [SessionActivity.Generator] {
    var sums: [String: SessionActivity.Generator] = [:]
    for name in stored.keys { sums[name] = SessionActivity.Generator(name: name) }
    for generator in sessions.flatMap(\.generators) {
      sums[generator.name, default: SessionActivity.Generator(name: generator.name)] += generator
    }
    return sums.values.sorted { ($1.hits + $1.generated, $0.name) < ($0.hits + $0.generated, $1.name) }
  }
}

extension SessionActivity.Generator {
  static func += (sum: inout Self, more: Self) {
    sum.memoryHits += more.memoryHits
    sum.imageHits += more.imageHits
    sum.storeHits += more.storeHits
    sum.generated += more.generated
    sum.generationNanoseconds += more.generationNanoseconds
    sum.stored += more.stored
    sum.leftOut += more.leftOut
  }

  /// What came on top of what was there before, if that was of the same session; all of it else.
  func since(_ before: Self?) -> Self {
    guard let before, before.hits <= hits, before.generated <= generated else { return self }
    var more = self
    more.memoryHits -= before.memoryHits
    more.imageHits -= before.imageHits
    more.storeHits -= before.storeHits
    more.generated -= before.generated
    more.generationNanoseconds -= before.generationNanoseconds
    more.stored -= before.stored
    more.leftOut -= before.leftOut
    return more
  }
}

/// What happened between two samples, a second. A pure function of them.
struct TopRates: Hashable {
  var hits = 0.0
  var generated = 0.0
  /// Generators at work, on average.
  var busy = 0.0

  private func adding(_ other: TopRates) -> TopRates {
    TopRates(hits: hits + other.hits, generated: generated + other.generated, busy: busy + other.busy)
  }

  private init(hits: Double = 0, generated: Double = 0, busy: Double = 0) {
    (self.hits, self.generated, self.busy) = (hits, generated, busy)
  }

  /// Of one session, by generator. The time is that between two of its reports; one of which only one report is known has no rates yet.
  static func byGenerator(_ session: SessionActivity, since before: SessionActivity?) -> [String: TopRates] {
    guard let before, session.publishedAt > before.publishedAt else { return [:] }
    let seconds = Double(session.publishedAt - before.publishedAt) / 1_000
    return Dictionary(
      session.generators.map { generator in
        let more = generator.since(before.generators.first { $0.name == generator.name })
        return (
          generator.name,
          TopRates(
            hits: Double(more.hits) / seconds, generated: Double(more.generated) / seconds,
            busy: Double(more.generationNanoseconds) / 1e9 / seconds)
        )
      }, uniquingKeysWith: { $0.adding($1) })
  }

  /// The sum of some.
  static func sum(_ rates: some Sequence<TopRates>) -> TopRates { rates.reduce(TopRates()) { $0.adding($1) } }
}
