import CacheIdentity
import SourceCodec

/// What a session did since it began, as it tells whoever watches the store (``ActivityBoard``).
public struct SessionActivity: Hashable, Sendable {
  /// The same of one generator.
  public struct Generator: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Hits in memory.
    public var memoryHits = 0
    /// Hits in images.
    public var imageHits = 0
    /// Hits in the store.
    public var storeHits = 0
    /// Runs that returned a source.
    public var generated = 0
    /// How long they took, nested ones included, in nanoseconds.
    public var generationNanoseconds: Int64 = 0
    /// What entered the store.
    public var stored = 0
    /// What did not: by its policy, refused, or dropped.
    public var leftOut = 0

    /// Nothing was done yet.
    public init(name: String) { self.name = name }

    /// All hits.
    public var hits: Int { memoryHits + imageHits + storeHits }

    /// Counts what an event tells of the generator.
    mutating func count(_ event: CacheEvent) {
      switch event {
      case .reusedFromMemory: memoryHits += 1
      case .reusedFromImage: imageHits += 1
      case .reusedFromStore: storeHits += 1
      case .generated(_, _, let nanoseconds):
        generated += 1
        generationNanoseconds += nanoseconds
      case .stored: stored += 1
      case .notAdmitted, .refused, .dropped: leftOut += 1
      default: break
      }
    }
  }

  /// The process.
  public var process: ProcessIdentity
  /// The lineage to which the session is attached.
  public var lineage: String
  /// When it told this: milliseconds since 1970, UTC.
  public var publishedAt: Int64
  /// How many generations wait to be written.
  public var queueDepth: Int
  /// What it did, by generator, in the order in which they first did something.
  public var generators: [Generator]

  /// Makes a record.
  public init(process: ProcessIdentity, lineage: String, publishedAt: Int64, queueDepth: Int, generators: [Generator]) {
    self.process = process
    self.lineage = lineage
    self.publishedAt = publishedAt
    self.queueDepth = queueDepth
    self.generators = generators
  }
}

extension SessionActivity: SourceCodable {
  /// The form of the file: the words and numbers above, in their order. A program that knows another version passes it over.
  public static let codec = CodecIdentity(name: "worldcache.activity", version: 1)

  /// Writes the record.
  public func encode(into writer: inout ByteWriter) {
    writer.write(text: SessionActivity.codec.description)
    writer.write(text: process.host)
    writer.write(signed: Int64(process.pid))
    writer.write(text: process.program)
    writer.write(number: process.startedAt)
    writer.write(text: lineage)
    writer.write(number: publishedAt)
    writer.write(number: Int64(queueDepth))
    writer.write(count: generators.count)
    for generator in generators {
      writer.write(text: generator.name)
      for number in [
        generator.memoryHits, generator.imageHits, generator.storeHits, generator.generated, generator.stored,
        generator.leftOut,
      ] { writer.write(number: Int64(number)) }
      writer.write(number: generator.generationNanoseconds)
    }
  }

  /// Reads a record. No number in it is so great that sums of them need care.
  public init(from reader: inout ByteReader) throws(DecodingFailure) {
    guard try reader.readText() == SessionActivity.codec.description else {
      throw reader.failure(.invalidValue("activity of another version"))
    }
    process = ProcessIdentity(
      host: try reader.readText(), pid: Int32(truncatingIfNeeded: try reader.readSigned()),
      program: try reader.readText(), startedAt: try SessionActivity.number(&reader))
    lineage = try reader.readText()
    publishedAt = try SessionActivity.number(&reader)
    queueDepth = Int(try SessionActivity.number(&reader))
    generators = []
    for _ in 0..<(try reader.readCount()) {
      var generator = Generator(name: try reader.readText())
      generator.memoryHits = Int(try SessionActivity.number(&reader))
      generator.imageHits = Int(try SessionActivity.number(&reader))
      generator.storeHits = Int(try SessionActivity.number(&reader))
      generator.generated = Int(try SessionActivity.number(&reader))
      generator.stored = Int(try SessionActivity.number(&reader))
      generator.leftOut = Int(try SessionActivity.number(&reader))
      generator.generationNanoseconds = try SessionActivity.number(&reader)
      generators.append(generator)
    }
  }

  /// A number that is so far from the greatest that sums of it need no care.
  private static func number(_ reader: inout ByteReader) throws(DecodingFailure) -> Int64 {
    let number = try reader.readUnsigned()
    guard number < 1 << 53 else { throw reader.failure(.tooLarge(number)) }
    return Int64(number)
  }
}

extension ByteWriter {
  /// Writes a number as it is read back: none is negative.
  fileprivate mutating func write(number: Int64) { write(unsigned: UInt64(max(0, number))) }
}
