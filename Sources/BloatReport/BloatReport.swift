import CacheIdentity
import SourceStore

/// What a store or an image takes, for what, and what it saves. Made from a measurement, without reading anything.
///
/// Every byte of the file is attributed once: ``entries`` and ``fileBytes`` add up to ``bytes``, and so do the groups of each
/// dimension and ``fileBytes``.
public struct BloatReport: Sendable {
  /// What the file is.
  public let kind: MeasuredFile.Kind
  /// Its path.
  public let path: String
  /// When it was measured: milliseconds since 1970, UTC.
  public let measuredAt: Int64
  /// Its size in bytes.
  public let bytes: Int64
  /// The size of the write-ahead log beside it, no part of ``bytes``.
  public let logBytes: Int64
  /// What a hit is taken to cost, in nanoseconds.
  public let hitNanoseconds: Int64
  /// What all entries take and save.
  public let entries: BloatSizes
  /// The bytes that belong to no entry: free pages, the schema, the history of worlds, dictionaries without a user.
  public let fileBytes: Int64
  /// Entries whose generator declined.
  public let declined: Int
  /// Where the bytes are.
  public let parts: [BloatPart]
  /// The entries by what they have in common; largest first, then by name.
  public let groups: [BloatDimension: [BloatGroup]]
  /// What each generator costs and saves; the largest first.
  public let generators: [GeneratorBenefit]
  /// Sources that several entries share; what takes most first.
  public let duplicates: BloatDuplicates
  /// The entries that take most.
  public let largest: [BloatEntry]
  /// The entries that take most of those that were never hit.
  public let neverHit: [BloatEntry]
  /// How the file came to its size.
  public let growth: BloatGrowth
  /// The entries as a tree: generator, module, method, instance.
  public let tree: BloatNode

  /// Attributes what was measured.
  ///
  /// - Parameters:
  ///   - hitNanoseconds: What a hit costs.
  ///   - limit: How many entries each list names.
  /// - Complexity: O(rows and their users), and O(n log n) of the entries.
  public init(_ measured: MeasuredFile, hitNanoseconds: Int64, limit: Int = 100) {
    let titles = measured.entries.map(\.generator.title)
    let generatorNames = Set(titles).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: generatorNames.enumerated().map { ($1, $0) })
    let attribution = Attribution(
      measured, groups: titles.map { numbers[$0] ?? 0 }, groupCount: generatorNames.count)
    let sizes = BloatReport.sizes(measured, attribution, hitNanoseconds: hitNanoseconds)

    kind = measured.kind
    path = measured.path
    measuredAt = measured.measuredAt
    bytes = measured.bytes
    logBytes = measured.logBytes
    self.hitNanoseconds = hitNanoseconds
    entries = sizes.reduce(into: BloatSizes(), +=)
    fileBytes = attribution.file.bytes
    declined = measured.entries.count { $0.source == nil }
    parts = zip(measured.parts, attribution.parts).map(BloatPart.init)
    groups = Dictionary(
      uniqueKeysWithValues: BloatDimension.allCases.map { ($0, BloatReport.groups(by: $0, measured, sizes)) })
    let byName = Dictionary(uniqueKeysWithValues: zip(generatorNames, attribution.exclusive))
    generators = (groups[.generator] ?? []).map { group in
      GeneratorBenefit(name: group.name, sizes: group.sizes, exclusiveBytes: byName[group.name] ?? 0)
    }
    duplicates = BloatDuplicates(measured.entries, limit: limit)
    let order = sizes.indices.sorted { (sizes[$1].disk, $0) < (sizes[$0].disk, $1) }
    func list(_ positions: some Sequence<Int>) -> [BloatEntry] {
      positions.prefix(limit).map { BloatEntry(measured.entries[$0], sizes[$0]) }
    }
    largest = list(order)
    neverHit = list(order.lazy.filter { sizes[$0].neverHit > 0 })
    growth = BloatGrowth(measured.entries, sizes)
    tree = BloatNode(measured.entries, sizes)
  }

  /// What each entry takes and saves.
  static func sizes(
    _ measured: MeasuredFile, _ attribution: Attribution, hitNanoseconds: Int64
  ) -> [BloatSizes] {
    var users: [Digest: Int] = [:]
    for entry in measured.entries { if let source = entry.source { users[source.digest, default: 0] += 1 } }
    var turns: [Digest: Int] = [:]
    return zip(measured.entries, attribution.entries).map { entry, amount in
      var sizes = BloatSizes()
      sizes.entries = 1
      sizes.neverHit = entry.hits == 0 ? 1 : 0
      (sizes.payload, sizes.structure) = (amount.payload, amount.structure)
      sizes.hits = entry.hits
      sizes.generationNanoseconds = entry.generationNanoseconds
      sizes.savedNanoseconds = entry.generationNanoseconds.subtractingWithin(hitNanoseconds).multipliedWithin(
        entry.hits)
      guard let source = entry.source, let count = users[source.digest] else { return sizes }
      let turn = turns[source.digest, default: 0]
      turns[source.digest] = turn + 1
      sizes.generated = source.rawBytes
      sizes.encoded = Shares.even(source.rawBytes, position: turn, of: count, row: 0)
      sizes.compressed = Shares.even(source.storedBytes, position: turn, of: count, row: 0)
      return sizes
    }
  }

  private static func groups(
    by dimension: BloatDimension, _ measured: MeasuredFile, _ sizes: [BloatSizes]
  ) -> [BloatGroup] {
    var sums: [String: BloatSizes] = [:]
    for (entry, sizes) in zip(measured.entries, sizes) {
      let names = dimension.groups(of: entry, measuredAt: measured.measuredAt)
      for (position, name) in names.enumerated() {
        sums[name, default: BloatSizes()] += names.count == 1 ? sizes : sizes.share(position, of: names.count)
      }
    }
    return sums.map { BloatGroup(name: $0, sizes: $1) }.sorted { ($1.sizes.disk, $0.name) < ($0.sizes.disk, $1.name) }
  }
}

extension BloatSizes {
  /// The part of one of several groups that an entry belongs to. The entry itself counts in each.
  fileprivate func share(_ position: Int, of count: Int) -> BloatSizes {
    func part(_ number: Int64) -> Int64 { Shares.even(number, position: position, of: count, row: 0) }
    var share = self
    (share.generated, share.encoded, share.compressed) = (part(generated), part(encoded), part(compressed))
    (share.payload, share.structure, share.hits) = (part(payload), part(structure), part(hits))
    share.generationNanoseconds = part(generationNanoseconds)
    share.savedNanoseconds = savedNanoseconds < 0 ? -part(-savedNanoseconds) : part(savedNanoseconds)
    return share
  }
}
