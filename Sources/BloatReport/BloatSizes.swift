/// What some entries take, and what they save. Sums of whole shares: those of all groups of a dimension add up to the file's.
public struct BloatSizes: Hashable, Sendable {
  /// The number of traces; a trace of several lineages counts in each.
  public var entries = 0
  /// Traces that no request was ever served from.
  public var neverHit = 0
  /// The size of the sources as they were generated, each time, in bytes.
  public var generated: Int64 = 0
  /// The size of the different sources among them: equal ones count once, in equal shares.
  public var encoded: Int64 = 0
  /// What these take compressed.
  public var compressed: Int64 = 0
  /// The bytes of rows: sources, keys, edges, answers, names.
  public var payload: Int64 = 0
  /// The bytes that these rows cost besides: pages' headers and free space, inner nodes of trees.
  public var structure: Int64 = 0
  /// How often requests were served.
  public var hits: Int64 = 0
  /// How long the generations took, in nanoseconds.
  public var generationNanoseconds: Int64 = 0
  /// What the hits saved, in nanoseconds: the time of the generations that they spared, less the time of the hits.
  public var savedNanoseconds: Int64 = 0

  /// Makes sizes of nothing.
  public init() {}

  /// All bytes on disk.
  public var disk: Int64 { payload.addingWithin(structure) }

  /// Milliseconds saved for each KiB on disk; `nil` without bytes.
  public var savedMillisecondsPerKiB: Double? {
    disk > 0 ? (Double(savedNanoseconds) / 1e6) / (Double(disk) / 1024) : nil
  }

  /// Adds others, each number by itself. Sums stop at the greatest number.
  public static func += (sum: inout BloatSizes, more: BloatSizes) {
    sum.entries = sum.entries.addingWithin(more.entries)
    sum.neverHit = sum.neverHit.addingWithin(more.neverHit)
    sum.generated = sum.generated.addingWithin(more.generated)
    sum.encoded = sum.encoded.addingWithin(more.encoded)
    sum.compressed = sum.compressed.addingWithin(more.compressed)
    sum.payload = sum.payload.addingWithin(more.payload)
    sum.structure = sum.structure.addingWithin(more.structure)
    sum.hits = sum.hits.addingWithin(more.hits)
    sum.generationNanoseconds = sum.generationNanoseconds.addingWithin(more.generationNanoseconds)
    sum.savedNanoseconds = sum.savedNanoseconds.addingWithin(more.savedNanoseconds)
  }

  /// What some of many take and save. Not inlined: into a loop of loops, it costs the optimizer more than a minute.
  @inline(never)
  static func sum(of members: [Int], in sizes: [BloatSizes]) -> BloatSizes {
    members.reduce(into: BloatSizes()) { $0 += sizes[$1] }
  }
}

extension FixedWidthInteger {
  /// The sum, or the nearest number: figures of a damaged store must not end the program.
  func addingWithin(_ other: Self) -> Self {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? (other < 0 ? .min : .max) : sum
  }

  /// The product, or the nearest number.
  func multipliedWithin(_ other: Self) -> Self {
    let (product, isTooLarge) = multipliedReportingOverflow(by: other)
    return isTooLarge ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// The difference, or the nearest number.
  func subtractingWithin(_ other: Self) -> Self {
    let (difference, isTooLarge) = subtractingReportingOverflow(other)
    return isTooLarge ? (self < 0 ? .min : .max) : difference
  }
}
