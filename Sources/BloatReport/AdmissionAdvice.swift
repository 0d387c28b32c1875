import CacheIdentity
import SourceStore

/// Which sources of each generator are worth their bytes, with the figures behind it. Made from a measurement, without reading
/// anything. `docs/bloat.md` has the rules.
public struct AdmissionAdvice: Sendable {
  /// What to do with a generator's sources.
  public enum Verdict: Hashable, Sendable {
    /// All are to be stored.
    case keep
    /// None is worth it.
    case drop
    /// Those are worth it that took longer to generate, in nanoseconds.
    case threshold(nanoseconds: Int64)
    /// The generator has too few sources to say anything.
    case fewSources
    /// The file as a whole was hit too rarely to say anything.
    case fewHits
  }

  /// The least number of a generator's sources to judge it by.
  public static let leastSources = 30
  /// A line that leaves out less of a generator's bytes is not worth drawing: one in so many.
  static let leastPart: Int64 = 20

  /// What is said of one generator.
  public struct Generator: Hashable, Sendable {
    /// Its name; policies are by name, whatever the version.
    public let name: String
    /// What is advised.
    public let verdict: Verdict
    /// What its entries take and save.
    public let sizes: BloatSizes
    /// The time that half of the generations took at most, in nanoseconds.
    public let medianNanoseconds: Int64
    /// What the entries that would be left out take and save.
    public let leftOut: BloatSizes
    /// What the file would be smaller without them: the bytes that nothing else uses.
    public let freedBytes: Int64

    /// The policy that is advised; `nil` if there is nothing to change.
    public var policy: AdmissionPolicy? {
      switch verdict {
      case .keep, .fewSources, .fewHits: nil
      case .drop: .never
      case .threshold(let nanoseconds): .slowerThan(nanoseconds: nanoseconds)
      }
    }
  }

  /// The file.
  public let path: String
  /// Its size in bytes.
  public let bytes: Int64
  /// What a hit is taken to cost, in nanoseconds.
  public let hitNanoseconds: Int64
  /// What a KiB must save to be worth keeping, in nanoseconds.
  public let nanosecondsPerKiB: Int64
  /// The policies that are set in the store, by the generator's name.
  public let current: [String: AdmissionPolicy]
  /// The generators, what takes most first.
  public let generators: [Generator]

  /// Whether something is to be changed.
  public var isChange: Bool { generators.contains { $0.policy != nil } }

  /// What to set in the store, and what to take away there (`nil`). Generators without enough data stay as they are.
  public var changes: [String: AdmissionPolicy?] {
    var changes: [String: AdmissionPolicy?] = [:]
    for generator in generators {
      switch generator.verdict {
      case .fewSources, .fewHits: continue
      case .keep where current[generator.name] == nil: continue
      case .keep, .drop, .threshold: changes[generator.name] = .some(generator.policy)
      }
    }
    return changes
  }

  /// Judges what was measured.
  ///
  /// - Parameter current: The policies that are set in the store.
  /// - Complexity: O(rows and their users), and O(n log n) of the entries.
  public init(
    _ measured: MeasuredFile, hitNanoseconds: Int64, nanosecondsPerKiB: Int64, current: [String: AdmissionPolicy] = [:]
  ) {
    self.current = current
    path = measured.path
    bytes = measured.bytes
    self.hitNanoseconds = hitNanoseconds
    self.nanosecondsPerKiB = nanosecondsPerKiB

    let members = Dictionary(grouping: measured.entries.indices) { measured.entries[$0].generator.generator }
    let names = members.keys.sorted()
    let attribution = Attribution(measured, groups: measured.entries.map { _ in 0 }, groupCount: 1)
    let sizes = BloatReport.sizes(measured, attribution, hitNanoseconds: hitNanoseconds)
    let isHit = sizes.reduce(0) { $0.addingWithin($1.hits) } >= Int64(measured.entries.count)
    let verdicts = names.map { name in
      AdmissionAdvice.verdict(
        on: (members[name] ?? []).map { sizes[$0] }, isHit: isHit, nanosecondsPerKiB: nanosecondsPerKiB)
    }
    // Group 0 is what stays, 1 and on what each generator would be left without.
    var groups = measured.entries.map { _ in 0 }
    for (number, (name, verdict)) in zip(names, verdicts).enumerated() {
      for member in members[name] ?? []
      where verdict.leavesOut(measured.entries[member].generationNanoseconds) { groups[member] = number + 1 }
    }
    let freed = Attribution(measured, groups: groups, groupCount: names.count + 1).exclusive
    generators = names.indices.map { number in
      let all = members[names[number]] ?? []
      let times = all.map { sizes[$0].generationNanoseconds }.sorted()
      return Generator(
        name: names[number], verdict: verdicts[number], sizes: .sum(of: all, in: sizes),
        medianNanoseconds: times.isEmpty ? 0 : times[(times.count - 1) / 2],
        leftOut: .sum(of: all.filter { groups[$0] > 0 }, in: sizes),
        freedBytes: freed[number + 1])
    }.sorted { ($1.sizes.disk, $0.name) < ($0.sizes.disk, $1.name) }
  }

  /// What to do with a generator, from what each of its entries takes and saves.
  static func verdict(on entries: [BloatSizes], isHit: Bool, nanosecondsPerKiB: Int64) -> Verdict {
    guard entries.count >= leastSources else { return .fewSources }
    guard isHit else { return .fewHits }
    let choice = AdmissionChoice(
      entries.map {
        AdmissionChoice.Item(
          generationNanoseconds: $0.generationNanoseconds, savedNanoseconds: $0.savedNanoseconds, bytes: $0.disk)
      }, nanosecondsPerKiB: nanosecondsPerKiB)
    guard let limit = choice.limit else { return .keep }
    if choice.leftOut == entries.count { return .drop }
    let (all, rest) = entries.reduce(into: (Int64(0), Int64(0))) { sums, entry in
      sums.0 = sums.0.addingWithin(entry.disk)
      if entry.generationNanoseconds <= limit { sums.1 = sums.1.addingWithin(entry.disk) }
    }
    return rest < all / leastPart ? .keep : .threshold(nanoseconds: limit)
  }
}

extension AdmissionAdvice.Verdict {
  /// Whether a source that took so long would not be stored.
  func leavesOut(_ generationNanoseconds: Int64) -> Bool {
    switch self {
    case .keep, .fewSources, .fewHits: false
    case .drop: true
    case .threshold(let limit): generationNanoseconds <= limit
    }
  }

  /// The verdict in JSON and CSV.
  var name: String {
    switch self {
    case .keep: "keep"
    case .drop: "drop"
    case .threshold: "threshold"
    case .fewSources, .fewHits: "notEnoughData"
    }
  }
}
