import CacheIdentity
import SourceCodec
import SourceStore

extension SystemImage {
  /// All that is known of an entry, as it was added to the builder. Reads a block of each table; for many entries
  /// ``forEachTrace(_:)`` is faster.
  public func trace(of entry: ImageEntry) throws(ImageError) -> NewTrace {
    var reader = TraceReader(self)
    return try reader.trace(of: entry)
  }

  /// Passes the trace of each entry to `body`, in the order of their numbers, until it returns false.
  public func forEachTrace(_ body: (ImageEntry, NewTrace) throws -> Bool) throws {
    var reader = TraceReader(self)
    for number in 0..<index.entries {
      let entry = try existingEntry(number)
      guard try body(entry, try reader.trace(of: entry)) else { return }
    }
  }
}

extension SystemImage {
  /// The entry with a number that exists; damage is an error.
  func existingEntry(_ number: Int) throws(ImageError) -> ImageEntry {
    guard let entry = entry(number) else {
      throw failure(
        .outOfBounds(found: UInt64(number), limit: UInt64(index.entries)), in: .index,
        at: index.records + number * index.recordSize)
    }
    return entry
  }
}

/// Reads traces, and keeps the blocks that it has decoded.
struct TraceReader {
  private let image: SystemImage
  private var traces: BlockCache<TraceBlock>
  private var answers: BlockCache<AnswerBlock>
  private var descriptions: BlockCache<TextBlock>
  private var processes: BlockCache<TextBlock>
  private var ownerNames: BlockCache<TextBlock>
  private var answerTexts: BlockCache<TextBlock>

  init(_ image: SystemImage) {
    self.image = image
    let world = image.header.world
    traces = BlockCache { block, table throws(ImageError) in try TraceBlock(block, world: world, table) }
    answers = BlockCache { block, table throws(ImageError) in try AnswerBlock(block, table) }
    descriptions = BlockCache { block, table throws(ImageError) in try TextBlock(block, texts: 7, numbers: 0, table) }
    processes = BlockCache { block, table throws(ImageError) in try TextBlock(block, texts: 2, numbers: 2, table) }
    ownerNames = BlockCache { block, table throws(ImageError) in try TextBlock(block, texts: 1, numbers: 0, table) }
    answerTexts = BlockCache { block, table throws(ImageError) in try TextBlock(block, texts: 1, numbers: 0, table) }
  }

  mutating func trace(of entry: ImageEntry) throws(ImageError) -> NewTrace {
    let row = try row(of: entry.number)
    var edges: [Edge] = []
    for edge in row.edges { edges.append(try self.edge(edge)) }
    let (block, at) = try descriptions.block(of: entry.method, in: .descriptions, of: image)
    let texts = block.texts.map { $0[at] }
    guard let declared = WorldRange(WorldAge(row.declared), .open) else {
      throw image.failure(.outOfBounds(found: UInt64(bitPattern: row.declared), limit: UInt64.max), in: .traces)
    }
    return NewTrace(
      key: entry.key,
      method: MethodDescription(
        module: texts[0], table: texts[1], signature: Signature(function: texts[2], arguments: texts[3]),
        location: texts[4]),
      generator: GeneratorFingerprint(generator: texts[5], version: texts[6]),
      owner: Owner(try ownerName(entry.owner)), specialization: try specialization(of: row),
      world: WorldAge(row.world),
      declared: declared, edges: edges, source: try image.source(of: entry),
      provenance: Provenance(
        process: try process(row.process), generatedAt: row.generatedAt, generationNanoseconds: row.nanoseconds))
  }

  mutating func row(of entry: Int) throws(ImageError) -> TraceBlock.Row {
    let (block, at) = try traces.block(of: entry, in: .traces, of: image)
    return block.rows[at]
  }

  mutating func answer(_ number: Int) throws(ImageError) -> AnswerBlock.Row {
    let (block, at) = try answers.block(of: number, in: .answers, of: image)
    return block.rows[at]
  }

  private mutating func edge(_ edge: ImageEdge) throws(ImageError) -> Edge {
    switch edge {
    case .answer(let number):
      let row = try answer(number)
      let (texts, at) = try answerTexts.block(of: row.digest, in: .answerTexts, of: image)
      return Edge(row.question, Answer(digest: try image.answerDigest(row.digest), subject: texts.texts[0][at]))
    case .source(let number):
      guard let inner = image.entry(number) else {
        throw image.failure(.outOfBounds(found: UInt64(number), limit: UInt64(image.index.entries)), in: .traces)
      }
      return Edge(
        .source(inner.key, specialization: try specialization(of: try self.row(of: number))),
        try image.sourceAnswer(of: inner))
    }
  }

  private mutating func specialization(of row: TraceBlock.Row) throws(ImageError) -> String {
    guard case .template(_, let edge) = row.specialization else { return row.specialization.stored }
    guard edge < row.edges.count, case .answer(let answer) = row.edges[edge],
      let signature = try self.answer(answer).question.signature
    else { throw image.failure(.outOfBounds(found: UInt64(edge), limit: UInt64(row.edges.count)), in: .traces) }
    return row.specialization.text(signature)
  }

  private mutating func ownerName(_ number: Int) throws(ImageError) -> String {
    let (block, at) = try ownerNames.block(of: number, in: .ownerNames, of: image)
    return block.texts[0][at]
  }

  private mutating func process(_ number: Int) throws(ImageError) -> ProcessIdentity {
    let (block, at) = try processes.block(of: number, in: .processes, of: image)
    return ProcessIdentity(
      host: block.texts[0][at], pid: Int32(truncatingIfNeeded: block.numbers[0][at]), program: block.texts[1][at],
      startedAt: block.numbers[1][at])
  }
}

/// Decoded blocks of one table, by their numbers. Forgets all of them when there are many.
struct BlockCache<Block> {
  private static var most: Int { 4096 }
  private let decode: (BlockBytes, TableReader) throws(ImageError) -> Block
  private var blocks: [Int: Block] = [:]

  init(_ decode: @escaping (BlockBytes, TableReader) throws(ImageError) -> Block) { self.decode = decode }

  /// The block of a record, and the record's place in it.
  mutating func block(
    of record: Int, in section: ImageSection.Name, of image: SystemImage
  ) throws(ImageError) -> (Block, Int) {
    let count = image.prologue.shapes[section].count
    guard record >= 0, record < count else {
      throw image.failure(.outOfBounds(found: UInt64(max(0, record)), limit: UInt64(count)), in: section)
    }
    let number = record / ImageFormat.recordsPerBlock
    let position = record % ImageFormat.recordsPerBlock
    if let block = blocks[number] { return (block, position) }
    let table = try image.table(section)
    let block = try decode(try table.block(number), table)
    if blocks.count >= BlockCache.most { blocks.removeAll() }
    blocks[number] = block
    return (block, position)
  }
}

extension SystemImage {
  /// The digest of an answer.
  func answerDigest(_ number: Int) throws(ImageError) -> Digest {
    guard let digest = digest(number, in: .digests) else {
      throw failure(.outOfBounds(found: UInt64(number), limit: UInt64(prologue.shapes[.digests].count)), in: .answers)
    }
    return digest
  }
}

extension Question {
  /// The signature that the question is about, if it is about one.
  var signature: Signature? {
    switch self {
    case .method(_, let signature), .dispatch(_, let signature), .lookup(_, let signature): signature
    case .binding, .source: nil
    }
  }
}
