import CacheIdentity
import SourceCodec
import Synchronization

/// A system image: one immutable file of generated sources, mapped into memory. Reading touches no more than what is read.
///
///     let image = try SystemImage(path)
///     if let entry = image.entry(for: key), validity.holds(entry) { source = try image.source(of: entry) }
///
/// An image is untrusted input. Opening checks the prologue and the sections' bounds; every offset is checked before it is
/// used, and every source and block of a table has a checksum which is compared when it is read (W9, W12). Damage is a miss
/// or an error, never another source. Checksums stop no forger: against forged images there is the signature, which covers
/// the digests of the sections; opening compares these only for who names the keys that he trusts.
///
/// Invariant of `Sendable`: everything is constant after `init`, the mapped bytes too (``MappedFile``); what is made
/// later is behind a lock or an atomic.
public final class SystemImage: Sendable {
  /// The newest version of the format, which is the one that is written.
  public static let formatVersion = ImageFormat.version

  /// The path that it was opened with.
  public let path: String
  /// What the image says of itself.
  public let header: ImageHeader

  let file: MappedFile
  let prologue: Prologue
  let index: IndexShape
  let places: HitPlaces
  /// The names of the sources' forms, with the seeds of the checksums.
  let codecs: [(name: String, seed: UInt64)]
  let verified: VerifiedEntries
  let declinedSeed = Checksum.seed(codec: nil)
  /// Which tables' directories have been found whole: a bit for each section.
  let checkedDirectories = Atomic<UInt32>(0)

  /// Opens an image: O(1), unless keys are given.
  ///
  /// A signature is verified if there is one; a wrong one is an error in any case.
  ///
  /// - Parameter keys: If given, the image must be signed with one of these, and be what was signed: all of it is read, once,
  ///   at the speed of SHA-256.
  public init(_ path: String, trusting keys: [ImagePublicKey]? = nil) throws(ImageError) {
    self.path = path
    file = try MappedFile(path)
    prologue = try Prologue(file, path: path)
    let shapes = prologue.shapes
    let signer = try ImageSignature.verify(file, prologue, path: path, trusting: keys)
    index = try SystemImage.checkShapes(shapes, path: path)
    places = HitPlaces(shapes)
    verified = VerifiedEntries(count: index.entries)
    codecs = try SystemImage.readCodecs(file, shapes, path: path)
    header = ImageHeader(
      format: ImageFormat.version, lineage: prologue.lineage, world: prologue.world, state: prologue.state,
      entries: index.entries, sources: shapes[.sources].count, answers: shapes[.answers].count,
      methods: shapes[.methods].count, identity: prologue.identity, signer: signer, bytes: UInt64(file.count))
    if keys != nil { for name in ImageFormat.sections { try checkDigest(of: name) } }
  }

  /// The sections, from the first byte of the file to the last: their sizes add up to the file's.
  public var sections: [ImageSection] {
    var sections = [ImageSection(name: .prologue, offset: 0, bytes: UInt64(prologue.bytes.count), count: 1)]
    for shape in prologue.shapes {
      sections.append(
        ImageSection(
          name: shape.name, offset: UInt64(shape.offset), bytes: UInt64(shape.size), count: UInt64(shape.count)))
    }
    if file.count > prologue.contentSize {
      sections.append(
        ImageSection(
          name: .signature, offset: UInt64(prologue.contentSize), bytes: UInt64(file.count - prologue.contentSize),
          count: 1))
    }
    return sections
  }

  /// An error at a place in a section.
  func failure(_ problem: ImageError.Problem, in section: ImageSection.Name, at offset: Int = 0) -> ImageError {
    ImageError(problem, path: path, section: section, offset: UInt64(prologue.shapes[section].offset + offset))
  }

  /// The bytes of a section.
  func bytes(of section: ImageSection.Name) -> UnsafeRawBufferPointer {
    let shape = prologue.shapes[section]
    return UnsafeRawBufferPointer(start: file.base + shape.offset, count: shape.size)
  }
}

/// Where the sections are that each hit reads.
struct HitPlaces {
  let index: Int
  let methods: Int
  let methodCount: Int
  let owners: Int
  let ownerCount: Int
  let sources: Int
  let sourceBytes: Int

  init(_ shapes: [SectionShape]) {
    index = shapes[.index].offset
    methods = shapes[.methods].offset
    methodCount = shapes[.methods].count
    owners = shapes[.owners].offset
    ownerCount = shapes[.owners].count
    sources = shapes[.sources].offset
    sourceBytes = shapes[.sources].size
  }
}

extension [SectionShape] {
  /// The shape of a section that the prologue describes.
  subscript(section: ImageSection.Name) -> SectionShape {
    self[ImageFormat.position(of: section)]
  }
}

extension SystemImage {
  /// Checks that each section has room for the things that it should have, and returns the shape of the index.
  private static func checkShapes(_ shapes: [SectionShape], path: String) throws(ImageError) -> IndexShape {
    func expect(_ found: Int, _ expected: Int, _ shape: SectionShape) throws(ImageError) {
      guard found == expected else {
        throw ImageError(
          .contradiction(found: UInt64(found), expected: UInt64(expected)), path: path, section: shape.name,
          offset: UInt64(shape.offset))
      }
    }
    for shape in shapes where ImageFormat.isTable(shape.name) {
      let places = ImageFormat.blocks(of: shape.count) * ImageFormat.placeSize(in: shape.name)
      guard places <= shape.size else {
        throw ImageError(
          .outOfBounds(found: UInt64(places), limit: UInt64(shape.size)), path: path, section: shape.name,
          offset: UInt64(shape.offset))
      }
    }
    for name in [ImageSection.Name.owners, .methods, .digests] {
      try expect(shapes[name].size, shapes[name].count * Digest.byteCount, shapes[name])
    }
    let entries = shapes[.traces].count
    let index = IndexShape(
      entries: entries, methods: shapes[.methods].count, owners: shapes[.owners].count,
      sourceBytes: shapes[.sources].size)
    try expect(shapes[.index].size, index.size, shapes[.index])
    try expect(shapes[.index].count, entries, shapes[.index])
    try expect(shapes[.descriptions].count, shapes[.methods].count, shapes[.descriptions])
    try expect(shapes[.ownerNames].count, shapes[.owners].count, shapes[.ownerNames])
    try expect(shapes[.answerTexts].count, shapes[.digests].count, shapes[.answerTexts])
    for (found, limit, name) in [
      (shapes[.codecs].count, ImageFormat.mostCodecs, ImageSection.Name.codecs),
      (shapes[.dictionary].size, ContentBlock.largestDictionary, .dictionary),
    ] where found > limit {
      throw ImageError(
        .outOfBounds(found: UInt64(found), limit: UInt64(limit)), path: path, section: name,
        offset: UInt64(shapes[name].offset))
    }
    return index
  }

  private static func readCodecs(
    _ file: MappedFile, _ shapes: [SectionShape], path: String
  ) throws(ImageError) -> [(name: String, seed: UInt64)] {
    let shape = shapes[.codecs]
    guard shape.count > 0 else { return [] }
    let table = TableReader(file: file, shape: shape, path: path)
    try table.checkDirectory()
    let block = try TextBlock(try table.block(0), texts: 1, numbers: 0, table)
    return block.texts[0].map { ($0, Checksum.seed(codec: $0)) }
  }
}
