import CacheIdentity
import SourceCodec
import SourceStore
import SystemImage

extension MeasuredFile {
  /// Measures an image: who uses what of each section. Reads the whole file, and verifies its sources.
  ///
  /// Sections are split in proportion to what their records take before compression, sources by what each takes. An image
  /// does not know how often its entries were served.
  ///
  /// - Parameter measuredAt: The time now, in milliseconds since 1970, UTC.
  public init(_ image: SystemImage, measuredAt: Int64) throws {
    var collector = ImageCollector(image)
    try image.forEachTrace { entry, trace in
      try collector.add(entry, trace)
      return true
    }
    self.init(
      kind: .image, path: image.path, measuredAt: measuredAt, bytes: Int64(clamping: image.header.bytes),
      parts: image.sections.map { section in
        let rows = collector.rows(of: section.name)
        var users = RowUsers()
        for row in rows { users.append(row.users) }
        let bytes = Int64(clamping: section.bytes)
        // A prologue, a signature, and an index's buckets are no rows.
        let payload = section.name == .prologue || section.name == .signature ? 0 : bytes
        return MeasuredPart(
          name: section.name.rawValue,
          regions: [
            MeasuredRegion(
              name: section.name.rawValue, pages: 0, bytes: bytes, payload: payload, unused: 0,
              weights: rows.map(\.weight))
          ], users: users)
      }, entries: collector.entries)
  }
}

/// Collects the records of an image's sections from its traces.
private struct ImageCollector {
  struct Row {
    var weight: Int64
    var users: [Int] = []
  }

  private(set) var entries: [MeasuredEntry] = []
  private let image: SystemImage
  private var records: [ImageSection.Name: [AnyHashable: Row]] = [:]

  init(_ image: SystemImage) { self.image = image }

  /// The records of a section, in an order of no meaning that is the same each time.
  func rows(of section: ImageSection.Name) -> [Row] {
    (records[section] ?? [:]).values.sorted { left, right in
      left.users.first != right.users.first
        ? (left.users.first ?? 0) < (right.users.first ?? 0) : left.users.lexicographicallyPrecedes(right.users)
    }
  }

  mutating func add(_ entry: ImageEntry, _ trace: NewTrace) throws {
    let number = entries.count
    let digestSize = Int64(Digest.byteCount)
    let storedSize = Int64(try image.storedSize(of: entry) ?? 0)
    let (method, generator) = (trace.method, trace.generator)
    use(.owners, trace.key.owner, digestSize, by: number)
    use(.ownerNames, trace.key.owner, size(trace.owner.name), by: number)
    use(.methods, trace.key.methodHash, digestSize, by: number)
    use(
      .descriptions, trace.key.methodHash,
      size(
        method.module, method.table, method.signature.function, method.signature.arguments, method.location,
        generator.generator, generator.version), by: number)
    use(.index, number, 1, by: number)
    use(.traces, number, size(trace.specialization) + 8 + 2 * Int64(trace.edges.count), by: number)
    use(
      .processes, trace.provenance.process, size(trace.provenance.process.host, trace.provenance.process.program),
      by: number)
    for edge in trace.edges {
      if case .source = edge.question { continue }
      use(.digests, edge.answer.digest, digestSize, by: number)
      use(.answerTexts, edge.answer.digest, size(edge.answer.subject), by: number)
      use(.answers, edge, size(edge.question.description) + 2, by: number)
    }
    if let source = trace.source {
      use(.sources, source.digest, storedSize, by: number)
      use(.dictionary, 0, 1, by: number)
      use(.codecs, source.codec, size(source.codec), by: number)
    }
    entries.append(
      MeasuredEntry(
        key: trace.key, generator: generator, method: method, specialization: trace.specialization,
        owner: trace.owner.name,
        ranges: [MeasuredEntry.Range(lineage: image.header.lineage, worlds: .from(image.header.world))],
        source: trace.source.map {
          MeasuredEntry.Source(digest: $0.digest, rawBytes: Int64($0.payload.count), storedBytes: storedSize)
        }, generatedAt: trace.provenance.generatedAt,
        generationNanoseconds: trace.provenance.generationNanoseconds, hits: 0))
  }

  private mutating func use(
    _ section: ImageSection.Name, _ record: some Hashable & Sendable, _ weight: Int64, by user: Int
  ) {
    // Entries come in order, so the last user is the only one that may come again.
    var row = records[section, default: [:]].removeValue(forKey: AnyHashable(record)) ?? Row(weight: weight)
    if row.users.last != user { row.users.append(user) }
    records[section, default: [:]][AnyHashable(record)] = row
  }

  private func size(_ texts: String...) -> Int64 { texts.reduce(0) { $0 + Int64($1.utf8.count) + 1 } }
}
