// The bytes of an image, format 1; docs/image-format.md explains them.
//
//   image       = prologue, section × 13, [signature]
//   prologue    = header, lineage: UTF-8, shape × 13, identity: digest of the prologue before it
//   header      = magic, byte order, format, prologue's size: u32, sections: u32 = 13, content's size: u64 (no signature),
//                 world: i64, state: digest, flags: u32 (1: has a state), 0: u64, lineage's size: u32
//   shape       = size: u64, count: u64, checksum of the directory: u64, digest of the section
//   signature   = signature magic, public key: 32 bytes, Ed25519: 64 bytes of signature domain and prologue
//
// Sections, in this order, without gaps:
//   owners, methods, digests             = digest × count
//   index                                = first entry: uE × buckets, record × count (sorted by the keys' hashes)
//   record                               = instance: digest, checksum: u64, method: uM, owner: uO, source: uS
//   dictionary                           = what compressed contents may copy from, or nothing
//   sources                              = 0, content × count; an entry without a source leads to the 0
//   content                              = stored size * 2 + is compressed: varint, codec: u8, [size: varint], bytes
//   codecs, owner_names, answer_texts    = table of: text
//   descriptions                         = table of: module, table, function, arguments, location, generator, version
//   processes                            = table of: host, program; pid, started at: zigzag
//   answers                              = table of question and answer, sorted by the subjects' hashes; see AnswerBlock
//   traces                               = table of what else is known of the entries, in their order; see TraceBlock
//   table                                = block × ⌈count / 128⌉, place × as many
//   place       = end of the block in its section: u40, size: u24 (of the block; the highest bit: is compressed),
//                 checksum of the block: u64, [in answers: hash of the first question's subject: u64]
//
// u24, uE … are little-endian integers; uE, uM, uO, uS have as many bytes as the largest value that is possible needs.
// varint, zigzag and text are SourceCodec's. A digest has 16 bytes. Checksums are XXH3 of what is meant uncompressed.

/// The numbers of the format.
package enum ImageFormat {
  /// As in PNG: a transfer that changes line ends or drops the eighth bit is seen at once.
  static let magic: [UInt8] = [0x89, 0x57, 0x43, 0x49, 0x0d, 0x0a, 0x1a, 0x0a]
  static let byteOrder: UInt32 = 0x0a0b_0c0d
  static let version: UInt32 = 1
  static let signatureMagic: [UInt8] = [0x89, 0x57, 0x43, 0x53, 0x0d, 0x0a, 0x1a, 0x0a]
  static let signatureDomain: [UInt8] = Array("worldcache.image-signature.v1".utf8)
  static let identityDomain = "worldcache.image.v1"

  /// The size of what stands before the lineage's name.
  package static let headerSize = 72
  /// The size of what the prologue says of a section.
  package static let shapeSize = 40
  /// The size of the digest that ends the prologue.
  package static let identitySize = 16
  static let signatureSize = 8 + 32 + 64
  static let largestLineage = 4096

  /// The sections that the prologue describes, in their order.
  package static let sections: [ImageSection.Name] = [
    .owners, .methods, .index, .dictionary, .sources, .digests, .codecs, .ownerNames, .descriptions, .processes,
    .answerTexts, .answers, .traces,
  ]

  /// An index must leave room for a bit beside it.
  static let largestCount = UInt64(1) << 40
  static let recordsPerBlock = 128
  /// Blocks have fewer bytes.
  package static let largestBlock = 1 << 23
  /// LZ4 compresses no larger ones.
  static let largestSource = 0x7e00_0000
  /// A hit finds codecs by their number without reading a table.
  static let mostCodecs = recordsPerBlock

  /// The size of the prologue.
  package static func prologueSize(lineage: Int) -> Int {
    headerSize + lineage + sections.count * shapeSize + identitySize
  }

  /// The size of what a table's directory says of a block.
  package static func placeSize(in section: ImageSection.Name) -> Int { section == .answers ? 24 : 16 }

  /// Whether a section consists of blocks and a directory.
  package static func isTable(_ section: ImageSection.Name) -> Bool {
    switch section {
    case .prologue, .owners, .methods, .index, .dictionary, .sources, .digests, .signature: false
    case .codecs, .ownerNames, .descriptions, .processes, .answerTexts, .answers, .traces: true
    }
  }

  /// The number of blocks of a table.
  package static func blocks(of count: Int) -> Int { (count + recordsPerBlock - 1) / recordsPerBlock }

  /// The bytes that a number takes that may be as large as this.
  static func width(of largest: Int) -> Int { (Int.bitWidth - largest.leadingZeroBitCount + 7) / 8 }
}

/// The shape of the index, which follows from how many things there are.
struct IndexShape: Hashable, Sendable {
  let buckets: Int
  let bucketWidth: Int
  let methodWidth: Int
  let ownerWidth: Int
  let sourceWidth: Int
  let recordSize: Int
  let entries: Int

  init(entries: Int, methods: Int, owners: Int, sourceBytes: Int) {
    self.entries = entries
    buckets = (entries + 1) / 2
    bucketWidth = ImageFormat.width(of: entries)
    methodWidth = ImageFormat.width(of: max(0, methods - 1))
    ownerWidth = ImageFormat.width(of: max(0, owners - 1))
    sourceWidth = ImageFormat.width(of: max(0, sourceBytes - 1))
    recordSize = 24 + methodWidth + ownerWidth + sourceWidth
  }

  /// Where the records begin, in bytes from the start of the section.
  var records: Int { buckets * bucketWidth }

  /// The size of the section.
  var size: Int { records + entries * recordSize }

  /// The bucket of a key's hash; buckets follow on each other as hashes do. There must be one.
  func bucket(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(buckets)).high) }
}

extension ImageFormat {
  /// A section's position in ``sections``. Those that the prologue does not describe have none, and are never asked for.
  static func position(of section: ImageSection.Name) -> Int {
    switch section {
    case .owners, .prologue, .signature: 0
    case .methods: 1
    case .index: 2
    case .dictionary: 3
    case .sources: 4
    case .digests: 5
    case .codecs: 6
    case .ownerNames: 7
    case .descriptions: 8
    case .processes: 9
    case .answerTexts: 10
    case .answers: 11
    case .traces: 12
    }
  }
}
