import CacheIdentity

/// A store or an image as it was measured at one moment: what it takes, where, and for whom.
///
/// The parts' regions together are the file, to the byte. `BloatReport` attributes them; this only says what was found.
public struct MeasuredFile: Sendable {
  /// What the file is.
  public enum Kind: String, Sendable {
    /// A store.
    case store
    /// A system image.
    case image
  }

  /// What the file is.
  public var kind: Kind
  /// Its path.
  public var path: String
  /// When it was measured: milliseconds since 1970, UTC.
  public var measuredAt: Int64
  /// Its size in bytes, with what still waits in the write-ahead log as if it stood in the file.
  public var bytes: Int64
  /// The size in bytes of the write-ahead log beside the file, no part of it.
  public var logBytes: Int64
  /// What it consists of.
  public var parts: [MeasuredPart]
  /// The traces that it holds.
  public var entries: [MeasuredEntry]

  /// Makes a measurement.
  public init(
    kind: Kind, path: String, measuredAt: Int64, bytes: Int64, logBytes: Int64 = 0, parts: [MeasuredPart],
    entries: [MeasuredEntry]
  ) {
    self.kind = kind
    self.path = path
    self.measuredAt = measuredAt
    self.bytes = bytes
    self.logBytes = logBytes
    self.parts = parts
    self.entries = entries
  }
}

/// A table of a store with its indices, a section of an image, or bytes that hold no rows, such as free pages.
public struct MeasuredPart: Sendable {
  /// The table's or section's name.
  public var name: String
  /// Where its bytes are: the table's own B-tree and those of its indices.
  public var regions: [MeasuredRegion]
  /// Who uses its rows.
  public var users: RowUsers

  /// Makes a part.
  public init(name: String, regions: [MeasuredRegion], users: RowUsers = RowUsers()) {
    self.name = name
    self.regions = regions
    self.users = users
  }
}

/// One B-tree of a store, or one section of an image.
public struct MeasuredRegion: Sendable {
  /// The table's, index's or section's name.
  public var name: String
  /// The number of pages; 0 where there are none.
  public var pages: Int64
  /// All its bytes.
  public var bytes: Int64
  /// Those that hold rows.
  public var payload: Int64
  /// Those that are free within its pages.
  public var unused: Int64
  /// For each row of the part, the bytes that it takes here; the payload is split in this proportion.
  public var weights: [Int64]

  /// What rows cost besides what they hold: page headers, cell pointers, row ids, the inner nodes of trees.
  public var overhead: Int64 { bytes - payload - unused }

  /// Makes a region.
  public init(name: String, pages: Int64, bytes: Int64, payload: Int64, unused: Int64, weights: [Int64] = []) {
    self.name = name
    self.pages = pages
    self.bytes = bytes
    self.payload = payload
    self.unused = unused
    self.weights = weights
  }
}

/// For each row of a part, the entries that use it, as positions in ``MeasuredFile/entries``; none for a row that belongs to
/// the file as a whole.
public struct RowUsers: Sendable {
  private var ends: [Int] = []
  private var users: [Int32] = []

  /// Has no rows.
  public init() {}

  /// The number of rows.
  public var count: Int { ends.count }

  /// Adds a row. Each user is named once.
  public mutating func append(_ row: some Sequence<Int>) {
    users.append(contentsOf: row.lazy.map { Int32(truncatingIfNeeded: $0) })
    ends.append(users.count)
  }

  /// The users of a row.
  public subscript(row: Int) -> some RandomAccessCollection<Int> {
    users[(row == 0 ? 0 : ends[row - 1])..<ends[row]].lazy.map { Int($0) }
  }
}

/// A trace, with all that a report says of it.
public struct MeasuredEntry: Sendable {
  /// A range of worlds in which it holds.
  public struct Range: Hashable, Sendable {
    /// The lineage's name.
    public var lineage: String
    /// The worlds.
    public var worlds: WorldRange

    /// Makes a range.
    public init(lineage: String, worlds: WorldRange) {
      self.lineage = lineage
      self.worlds = worlds
    }
  }

  /// The source that was generated.
  public struct Source: Hashable, Sendable {
    /// The identity of its content: entries with the same one share its bytes.
    public var digest: Digest
    /// Its size in bytes, as it was encoded.
    public var rawBytes: Int64
    /// The bytes that it takes, compressed; 0 if they were pruned.
    public var storedBytes: Int64

    /// Makes a source.
    public init(digest: Digest, rawBytes: Int64, storedBytes: Int64) {
      self.digest = digest
      self.rawBytes = rawBytes
      self.storedBytes = storedBytes
    }
  }

  /// Its key.
  public var key: SourceKey
  /// Its generator.
  public var generator: GeneratorFingerprint
  /// Its method.
  public var method: MethodDescription
  /// The method instance.
  public var specialization: String
  /// The owner's name.
  public var owner: String
  /// Where and when it holds.
  public var ranges: [Range]
  /// What was generated; `nil` if the generator declined.
  public var source: Source?
  /// When it was generated: milliseconds since 1970, UTC.
  public var generatedAt: Int64
  /// How long that took, in nanoseconds.
  public var generationNanoseconds: Int64
  /// How often it was served.
  public var hits: Int64

  /// Makes an entry.
  public init(
    key: SourceKey, generator: GeneratorFingerprint, method: MethodDescription, specialization: String, owner: String,
    ranges: [Range], source: Source?, generatedAt: Int64, generationNanoseconds: Int64, hits: Int64
  ) {
    self.key = key
    self.generator = generator
    self.method = method
    self.specialization = specialization
    self.owner = owner
    self.ranges = ranges
    self.source = source
    self.generatedAt = generatedAt
    self.generationNanoseconds = generationNanoseconds
    self.hits = hits
  }
}
