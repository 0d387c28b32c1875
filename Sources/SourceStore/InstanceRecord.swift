import CacheIdentity
import SourceCodec

/// A code instance with all that belongs to it, for people and tools: a row of ``SourceStore/forEachInstance(_:details:_:)``.
public struct InstanceRecord: Sendable {
  /// The key.
  public let key: SourceKey
  /// The method.
  public let method: MethodDescription
  /// The generator.
  public let generator: GeneratorFingerprint
  /// The owner's name.
  public let owner: String
  /// The lineage's name.
  public let lineage: String
  /// The worlds of the lineage in which the trace holds.
  public let range: WorldRange
  /// Whether it got its range by revival, without a generation.
  public let isRevived: Bool
  /// The trace.
  public let trace: TraceID
  /// The method instance.
  public let specialization: String
  /// Whether the generator declared an end of validity.
  public let isBounded: Bool
  /// The number of answers that the trace rests on.
  public let edgeCount: Int
  /// What was generated; `nil` if the generator declined.
  public let source: SourceRecord?
  /// Who generated it, when, and how long that took.
  public let provenance: Provenance
  /// How often the trace was served and when last; `nil` if it never was. In milliseconds since 1970, UTC.
  public let usage: TraceUse?
  /// The answers that it rests on, in the order in which they were asked; `nil` unless asked for.
  public let edges: [Edge]?
  /// The source itself; `nil` unless asked for, if the generator declined, or if the bytes were pruned.
  public let content: EncodedSource?
}

/// What is known of a stored source without reading it.
public struct SourceRecord: Hashable, Sendable {
  /// The identity of its content.
  public let digest: Digest
  /// Its binary form, `name/version`.
  public let codec: String
  /// Its size in bytes.
  public let rawSize: Int64
  /// The bytes that it takes in the store; `nil` if they were pruned.
  public let storedSize: Int64?
}

/// Which code instances to inspect; all conditions that are set hold together.
public struct InstanceFilter: Hashable, Sendable {
  /// The method's function, or the text of the specialization.
  public var method: String?
  /// The generator's name, or `name@version`.
  public var generator: String?
  /// The owner's name.
  public var owner: String?
  /// The lineage's name.
  public var lineage: String?
  /// A world that the range contains.
  public var world: WorldAge?
  /// Whether the range is open.
  public var isOpen: Bool?

  /// Makes a filter that lets everything pass.
  public init() {}
}

/// What to read with each code instance, at the price of more queries.
public struct InstanceDetails: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: Int
  /// Wraps bits.
  public init(rawValue: Int) { self.rawValue = rawValue }
  /// The trace's edges, decoded.
  public static let edges = InstanceDetails(rawValue: 1)
  /// The source's bytes, verified by their digest.
  public static let content = InstanceDetails(rawValue: 2)
}
