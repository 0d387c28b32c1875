import SourceStore

/// A table of a store with its indices, or a section of an image.
public struct BloatPart: Sendable {
  /// One B-tree, or one section.
  public struct Region: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// The number of its pages; 0 where there are none.
    public let pages: Int64
    /// All its bytes: payload, unused and overhead.
    public let bytes: Int64
    /// The bytes of rows.
    public let payload: Int64
    /// The bytes that are free within its pages.
    public let unused: Int64
    /// What rows cost besides: page headers, cell pointers, row ids, inner nodes.
    public let overhead: Int64
  }

  /// The table's or section's name.
  public let name: String
  /// The number of its rows.
  public let rows: Int
  /// Where its bytes are.
  public let regions: [Region]
  /// The bytes of rows that entries use.
  public let entryPayload: Int64
  /// What those rows cost besides.
  public let entryStructure: Int64

  /// All its bytes.
  public var bytes: Int64 { regions.reduce(0) { $0 + $1.bytes } }

  init(_ part: MeasuredPart, _ ofEntries: Attribution.Amount) {
    name = part.name
    rows = part.users.count
    regions = part.regions.map {
      Region(
        name: $0.name, pages: $0.pages, bytes: $0.bytes, payload: $0.payload, unused: $0.unused, overhead: $0.overhead)
    }
    entryPayload = ofEntries.payload
    entryStructure = ofEntries.structure
  }
}

/// Entries that have something in common.
public struct BloatGroup: Hashable, Sendable {
  /// What they have in common.
  public let name: String
  /// What they take and save.
  public let sizes: BloatSizes
}

/// What leaving a generator opted in costs, and what it saves.
public struct GeneratorBenefit: Hashable, Sendable {
  /// The generator, `name@version`.
  public let name: String
  /// What its entries take and save.
  public let sizes: BloatSizes
  /// The bytes that nothing but its entries use: how much smaller the file would be without it.
  public let exclusiveBytes: Int64

  /// Milliseconds saved for each KiB that the file would be smaller without the generator; `nil` if it would not be.
  public var savedMillisecondsPerKiB: Double? {
    exclusiveBytes > 0 ? (Double(sizes.savedNanoseconds) / 1e6) / (Double(exclusiveBytes) / 1024) : nil
  }
}

/// An entry of a list.
public struct BloatEntry: Hashable, Sendable {
  /// The method instance.
  public let specialization: String
  /// The generator, `name@version`.
  public let generator: String
  /// The method.
  public let method: String
  /// The owner.
  public let owner: String
  /// Whether it holds at the head of a lineage.
  public let isOpen: Bool
  /// When it was generated: milliseconds since 1970, UTC.
  public let generatedAt: Int64
  /// What it takes and saves.
  public let sizes: BloatSizes

  init(_ entry: MeasuredEntry, _ sizes: BloatSizes) {
    specialization = entry.specialization
    generator = entry.generator.title
    method = entry.method.title
    owner = entry.owner
    isOpen = entry.isOpen
    generatedAt = entry.generatedAt
    self.sizes = sizes
  }
}

/// Sources that are the content of several entries, and stand in the file once.
public struct BloatDuplicates: Sendable {
  /// One content.
  public struct Content: Hashable, Sendable {
    /// Its identity.
    public let digest: String
    /// Its size in bytes, as it was encoded.
    public let bytes: Int64
    /// The number of entries that have it.
    public let entries: Int
    /// One of their method instances.
    public let example: String
    /// What the copies would take, as they were encoded.
    public var sparedBytes: Int64 { bytes.multipliedWithin(Int64(entries - 1)) }
  }

  /// The number of different contents that several entries have.
  public let contents: Int
  /// What their copies would take, as they were encoded, in bytes.
  public let sparedBytes: Int64
  /// Those whose copies would take most.
  public let largest: [Content]

  init(_ entries: [MeasuredEntry], limit: Int) {
    let shared = Dictionary(grouping: entries.filter { $0.source != nil }) { $0.source?.digest }.values
      .filter { $0.count > 1 }
      .compactMap { entries in
        entries.first?.source.map { source in
          Content(
            digest: source.digest.description, bytes: source.rawBytes, entries: entries.count,
            example: entries.map(\.specialization).min() ?? "")
        }
      }
      .sorted { ($1.sparedBytes, $0.digest) < ($0.sparedBytes, $1.digest) }
    contents = shared.count
    sparedBytes = shared.reduce(0) { $0.addingWithin($1.sparedBytes) }
    largest = Array(shared.prefix(limit))
  }
}
