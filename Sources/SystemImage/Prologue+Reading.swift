import CacheIdentity

extension Prologue {
  /// Reads the prologue and checks that the sections that it describes fill the file. O(1).
  init(_ file: MappedFile, path: String) throws(ImageError) {
    func failure(_ problem: ImageError.Problem, at offset: Int) -> ImageError {
      ImageError(problem, path: path, section: .prologue, offset: UInt64(offset))
    }
    guard let magic = file.range(0, 8), magic.elementsEqual(ImageFormat.magic) else {
      throw failure(.notAnImage, at: 0)
    }
    guard file.count >= ImageFormat.headerSize else {
      throw failure(.wrongSize(found: UInt64(file.count), expected: UInt64(ImageFormat.headerSize)), at: 0)
    }
    let base = file.base
    let order = UInt32(truncatingIfNeeded: base.number(at: 8, width: 4))
    guard order == ImageFormat.byteOrder else {
      throw failure(
        order == ImageFormat.byteOrder.byteSwapped
          ? .otherByteOrder : .contradiction(found: UInt64(order), expected: UInt64(ImageFormat.byteOrder)), at: 8)
    }
    let format = UInt32(truncatingIfNeeded: base.number(at: 12, width: 4))
    guard format == ImageFormat.version else {
      throw failure(.newerFormat(found: format, supported: ImageFormat.version), at: 12)
    }
    let lineageSize = base.number(at: 68, width: 4)
    guard lineageSize <= ImageFormat.largestLineage else {
      throw failure(.outOfBounds(found: lineageSize, limit: UInt64(ImageFormat.largestLineage)), at: 68)
    }
    let size = ImageFormat.prologueSize(lineage: Int(lineageSize))
    func expect(_ expected: Int, at offset: Int, width: Int) throws(ImageError) {
      let found = base.number(at: offset, width: width)
      guard found == expected else {
        throw failure(.contradiction(found: found, expected: UInt64(expected)), at: offset)
      }
    }
    try expect(size, at: 16, width: 4)
    try expect(ImageFormat.sections.count, at: 20, width: 4)
    guard let whole = file.range(0, size) else {
      throw failure(.wrongSize(found: UInt64(file.count), expected: UInt64(size)), at: 16)
    }
    bytes = Array(whole)
    let digested = size - ImageFormat.identitySize
    identity = Prologue.identity(of: bytes[..<digested])
    let stored = Digest(high: base.bigEndianWord(at: digested), low: base.bigEndianWord(at: digested + 8))
    guard identity == stored else {
      throw failure(.wrongDigest(found: identity, expected: stored), at: digested)
    }

    world = WorldAge(Int64(bitPattern: base.word(at: 32)))
    let state = Digest(high: base.bigEndianWord(at: 40), low: base.bigEndianWord(at: 48))
    let flags = base.number(at: 56, width: 4)
    guard flags <= 1 else { throw failure(.outOfBounds(found: flags, limit: 1), at: 56) }
    self.state = flags == 1 ? state : nil
    try expect(0, at: 60, width: 8)
    let name = bytes[ImageFormat.headerSize..<ImageFormat.headerSize + Int(lineageSize)]
    guard let lineage = String(validating: name, as: UTF8.self) else {
      throw failure(.undecodable(.init(.notUTF8, at: 0)), at: ImageFormat.headerSize)
    }
    self.lineage = lineage

    var shapes: [SectionShape] = []
    var offset = size
    var place = ImageFormat.headerSize + Int(lineageSize)
    for section in ImageFormat.sections {
      let (size, count) = (base.word(at: place), base.word(at: place + 8))
      guard size <= UInt64(file.count - offset) else {
        throw failure(.outOfBounds(found: size, limit: UInt64(file.count - offset)), at: place)
      }
      guard count <= ImageFormat.largestCount else {
        throw failure(.outOfBounds(found: count, limit: ImageFormat.largestCount), at: place + 8)
      }
      shapes.append(
        SectionShape(
          name: section, offset: offset, size: Int(size), count: Int(count),
          directoryChecksum: base.word(at: place + 16),
          digest: Digest(high: base.bigEndianWord(at: place + 24), low: base.bigEndianWord(at: place + 32))))
      offset += Int(size)
      place += ImageFormat.shapeSize
    }
    self.shapes = shapes
    contentSize = offset
    try expect(offset, at: 24, width: 8)
  }

  /// The image's identity: the digest of all of the prologue but itself, the sections' digests included.
  package static func identity(of bytes: some Collection<UInt8>) -> Digest {
    var builder = DigestBuilder(domain: ImageFormat.identityDomain)
    builder.add("prologue", bytes)
    return builder.finalize()
  }
}
