import SourceCodec

/// A block of a table, decompressed and checked.
struct BlockBytes {
  let bytes: [UInt8]
  /// The number of records in it.
  let records: Int
  /// The number of its first record.
  let first: Int
}

/// Reads the blocks of one table.
struct TableReader {
  let file: MappedFile
  let shape: SectionShape
  let path: String

  private static let compression = SourceCompression()

  var blocks: Int { ImageFormat.blocks(of: shape.count) }
  private var placeSize: Int { ImageFormat.placeSize(in: shape.name) }

  func failure(_ problem: ImageError.Problem, at offset: Int = 0) -> ImageError {
    ImageError(problem, path: path, section: shape.name, offset: UInt64(shape.offset + offset))
  }

  /// Compares the directory's checksum. Linear in the number of blocks.
  func checkDirectory() throws(ImageError) {
    let directory = UnsafeRawBufferPointer(
      start: file.base + shape.offset + shape.directory, count: shape.size - shape.directory)
    let found = Checksum.of(directory)
    guard found == shape.directoryChecksum else {
      throw failure(.wrongChecksum(found: found, expected: shape.directoryChecksum), at: shape.directory)
    }
  }

  private func place(_ block: Int) -> UnsafeRawPointer {
    file.base + shape.offset + shape.directory + block * placeSize
  }

  /// The hash of the subject of a block's first question; only in a table whose places have one.
  func firstHash(of block: Int) -> UInt64 { place(block).word(at: 16) }

  /// Reads a block. The block must exist, and the directory must have been checked.
  func block(_ number: Int) throws(ImageError) -> BlockBytes {
    let place = place(number)
    let start = number == 0 ? 0 : Int((place - placeSize).number(at: 0, width: 5))
    let end = Int(place.number(at: 0, width: 5))
    guard start <= end, end <= shape.directory else {
      throw failure(
        .outOfBounds(found: UInt64(end), limit: UInt64(shape.directory)), at: shape.directory + number * placeSize)
    }
    let form = Int(place.number(at: 5, width: 3))
    let size = form & (ImageFormat.largestBlock - 1)
    let stored = UnsafeRawBufferPointer(start: file.base + shape.offset + start, count: end - start)
    let bytes: [UInt8]
    if form == size {
      guard stored.count == size else {
        throw failure(.contradiction(found: UInt64(stored.count), expected: UInt64(size)), at: start)
      }
      bytes = [UInt8](stored)
    } else {
      guard let raw = try? TableReader.compression.decompress(stored.bytes, rawSize: size) else {
        throw failure(.notDecompressible(expected: size), at: start)
      }
      bytes = raw
    }
    let checksum = Checksum.of(bytes, seed: UInt64(number))
    guard checksum == place.word(at: 8) else {
      throw failure(.wrongChecksum(found: checksum, expected: place.word(at: 8)), at: start)
    }
    let first = number * ImageFormat.recordsPerBlock
    return BlockBytes(
      bytes: bytes, records: min(ImageFormat.recordsPerBlock, shape.count - first), first: first)
  }

  /// Decodes a block's bytes; what has its checksum and cannot be decoded was written wrong.
  func decode<Block>(
    _ block: BlockBytes, _ body: (inout ByteReader) throws(DecodingFailure) -> Block
  ) throws(ImageError) -> Block {
    var reader = ByteReader(block.bytes)
    do throws(DecodingFailure) {
      let decoded = try body(&reader)
      try reader.finish()
      return decoded
    } catch {
      throw failure(.undecodable(error))
    }
  }
}

extension SystemImage {
  /// The reader of a table, after its directory was found whole once.
  func table(_ section: ImageSection.Name) throws(ImageError) -> TableReader {
    let table = TableReader(file: file, shape: prologue.shapes[section], path: path)
    let bit = UInt32(1) << UInt32(ImageFormat.position(of: section))
    if checkedDirectories.load(ordering: .relaxed) & bit == 0 {
      try table.checkDirectory()
      checkedDirectories.bitwiseOr(bit, ordering: .relaxed)
    }
    return table
  }
}
