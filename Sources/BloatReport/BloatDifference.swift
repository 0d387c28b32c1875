import SourceStore

/// What two reports are compared by: a report, or one that was kept as JSON.
public struct BloatSummary: Sendable {
  /// Why a text is no report.
  public enum Failure: Error, Hashable, Sendable {
    /// It is no JSON; `offset` counts bytes.
    case notJSON(offset: Int, expected: String)
    /// It is JSON, but lacks this member of a report.
    case lacks(String)
    /// A newer program wrote it.
    case newerVersion(Int64)
  }

  /// The file's path.
  public let path: String
  /// The file's size in bytes.
  public let bytes: Int64
  /// The bytes of no entry.
  public let fileBytes: Int64
  /// All entries.
  public let entries: BloatSizes
  /// The bytes of each part, by name.
  public let parts: [String: Int64]
  /// The groups of each dimension, by name.
  public let groups: [BloatDimension: [String: BloatSizes]]

  /// Takes out of a report what can be compared.
  public init(_ report: BloatReport) {
    path = report.path
    bytes = report.bytes
    fileBytes = report.fileBytes
    entries = report.entries
    parts = Dictionary(report.parts.map { ($0.name, $0.bytes) }, uniquingKeysWith: +)
    groups = report.groups.mapValues { groups in
      Dictionary(uniqueKeysWithValues: groups.map { ($0.name, $0.sizes) })
    }
  }

  /// Reads what `cachectl report bloat --json` printed.
  public init(json text: String) throws(Failure) {
    let json: JSON
    do throws(JSON.SyntaxError) {
      json = try JSON(parsing: text)
    } catch {
      throw .notJSON(offset: error.offset, expected: error.expected)
    }
    guard json["report"]?.asText == "bloat" else { throw .lacks("report") }
    guard let version = json["version"]?.asInteger else { throw .lacks("version") }
    guard version <= BloatReport.formatVersion else { throw .newerVersion(version) }
    guard let bytes = json["bytes"]?.asInteger else { throw .lacks("bytes") }
    guard let fileBytes = json["fileBytes"]?.asInteger else { throw .lacks("fileBytes") }
    guard let entries = json["entries"].flatMap(BloatSizes.init) else { throw .lacks("entries") }
    (self.bytes, self.fileBytes, self.entries) = (bytes, fileBytes, entries)
    path = json["path"]?.asText ?? ""
    var parts: [String: Int64] = [:]
    for part in json["parts"]?.asArray ?? [] {
      guard let name = part["name"]?.asText, let bytes = part["bytes"]?.asInteger else { throw .lacks("parts") }
      parts[name] = parts[name, default: 0].addingWithin(bytes)
    }
    self.parts = parts
    var groups: [BloatDimension: [String: BloatSizes]] = [:]
    for dimension in BloatDimension.allCases {
      guard let list = json["groups"]?[dimension.rawValue]?.asArray else { throw .lacks("groups") }
      var sums: [String: BloatSizes] = [:]
      for group in list {
        guard let name = group["name"]?.asText, let sizes = BloatSizes(group) else { throw .lacks("groups") }
        sums[name, default: BloatSizes()] += sizes
      }
      groups[dimension] = sums
    }
    self.groups = groups
  }
}

/// What changed from one report to another.
public struct BloatDifference: Sendable {
  /// One name, before and after. What is not there takes nothing.
  public struct Change: Hashable, Sendable {
    /// The group's or part's name.
    public let name: String
    /// Its bytes before.
    public let before: Int64
    /// Its bytes after.
    public let after: Int64
    /// The entries before.
    public let entriesBefore: Int
    /// The entries after.
    public let entriesAfter: Int

    /// How much it grew; negative if it shrank.
    public var growth: Int64 { after.subtractingWithin(before) }
  }

  /// The report before.
  public let before: BloatSummary
  /// The report after.
  public let after: BloatSummary
  /// The parts that changed; what grew most comes first, what shrank most last.
  public let parts: [Change]
  /// The groups that changed, in the same order.
  public let groups: [BloatDimension: [Change]]

  /// How much the file grew, in bytes.
  public var growth: Int64 { after.bytes.subtractingWithin(before.bytes) }

  /// Compares two reports.
  public init(from before: BloatSummary, to after: BloatSummary) {
    self.before = before
    self.after = after
    parts = BloatDifference.changes(
      before.parts.mapValues { (bytes: $0, entries: 0) }, after.parts.mapValues { (bytes: $0, entries: 0) })
    groups = Dictionary(
      uniqueKeysWithValues: BloatDimension.allCases.map { dimension in
        func amounts(_ summary: BloatSummary) -> [String: (bytes: Int64, entries: Int)] {
          (summary.groups[dimension] ?? [:]).mapValues { ($0.disk, $0.entries) }
        }
        return (dimension, BloatDifference.changes(amounts(before), amounts(after)))
      })
  }

  private static func changes(
    _ before: [String: (bytes: Int64, entries: Int)], _ after: [String: (bytes: Int64, entries: Int)]
  ) -> [Change] {
    Set(before.keys).union(after.keys).map { name in
      Change(
        name: name, before: before[name]?.bytes ?? 0, after: after[name]?.bytes ?? 0,
        entriesBefore: before[name]?.entries ?? 0, entriesAfter: after[name]?.entries ?? 0)
    }
    .filter { $0.before != $0.after || $0.entriesBefore != $0.entriesAfter }
    .sorted { ($1.growth, $0.name) < ($0.growth, $1.name) }
  }
}

extension BloatDifference {
  /// The difference in one object.
  package var json: JSON {
    .object([
      "report": .text("difference"), "version": .integer(BloatReport.formatVersion),
      "before": .object(["path": .text(before.path), "bytes": .integer(before.bytes)]),
      "after": .object(["path": .text(after.path), "bytes": .integer(after.bytes)]),
      "growthBytes": .integer(growth), "fileGrowthBytes": .integer(after.fileBytes.subtractingWithin(before.fileBytes)),
      "parts": .array(parts.map { $0.json(hasEntries: false) }),
      "groups": .object(
        JSON.Members(
          BloatDimension.allCases.map { dimension in
            (key: dimension.rawValue, value: .array((groups[dimension] ?? []).map { $0.json(hasEntries: true) }))
          })),
    ])
  }
}

extension BloatDifference.Change {
  fileprivate func json(hasEntries: Bool) -> JSON {
    var members: [(key: String, value: JSON)] = [
      ("name", .text(name)), ("before", .integer(before)), ("after", .integer(after)), ("growth", .integer(growth)),
    ]
    if hasEntries {
      members += [("entriesBefore", .integer(entriesBefore)), ("entriesAfter", .integer(entriesAfter))]
    }
    return .object(JSON.Members(members))
  }
}
