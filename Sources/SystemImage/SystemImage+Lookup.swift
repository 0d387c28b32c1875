import CacheIdentity

/// A key's place in an image.
public struct ImageEntry: Hashable, Sendable {
  /// The entry's number, from 0 on; entries stand in an order of no meaning.
  public let number: Int
  /// The key.
  public let key: SourceKey
  let method: Int
  let owner: Int
  /// Where the source lies in its section; 0 if the generator declined.
  let source: Int
  let checksum: UInt64
  /// Of the key; the seed of the checksum.
  let hash: UInt64
  /// The opened file in which it stands, see ``VerifiedEntries``.
  let file: UInt64

  /// Whether the generator declined: then the entry has no source, and that is the answer.
  public var isDeclined: Bool { source == 0 }
}

extension SystemImage {
  /// Finds a key. O(1), no allocation; touches about three cache lines, and compares the whole key.
  ///
  /// Where the index is damaged nothing is found: a miss (W12).
  public func entry(for key: SourceKey) -> ImageEntry? {
    guard index.entries > 0 else { return nil }
    let hash = key.imageHash
    let bucket = index.bucket(of: hash)
    let place = file.base + places.index + bucket * index.bucketWidth
    let start = Int(place.number(at: 0, width: index.bucketWidth))
    let end =
      bucket + 1 == index.buckets
      ? index.entries : Int((place + index.bucketWidth).number(at: 0, width: index.bucketWidth))
    guard start <= end, end <= index.entries else { return nil }
    var record = file.base + places.index + index.records + start * index.recordSize
    for number in start..<end {
      if record.bigEndianWord(at: 8) == key.instance.low, record.bigEndianWord(at: 0) == key.instance.high,
        let entry = entry(number, at: record, hash: hash), entry.key == key
      {
        return entry
      }
      record += index.recordSize
    }
    return nil
  }

  /// The entry with a number; `nil` if there is none, or if it is damaged. O(1).
  public func entry(_ number: Int) -> ImageEntry? {
    guard number >= 0, number < index.entries else { return nil }
    return entry(
      number, at: file.base + places.index + index.records + number * index.recordSize)
  }

  /// All entries, in the order of their numbers. Damaged ones are left out; ``verify(progress:)`` finds them.
  public var entries: some Sequence<ImageEntry> { (0..<index.entries).lazy.compactMap { self.entry($0) } }

  /// - Parameter hash: That of the key, if it is known already.
  private func entry(_ number: Int, at record: UnsafeRawPointer, hash: UInt64? = nil) -> ImageEntry? {
    let method = Int(record.number(at: 24, width: index.methodWidth))
    let owner = Int(record.number(at: 24 + index.methodWidth, width: index.ownerWidth))
    let source = Int(record.number(at: 24 + index.methodWidth + index.ownerWidth, width: index.sourceWidth))
    guard method < places.methodCount, owner < places.ownerCount, source < places.sourceBytes else { return nil }
    let key = SourceKey(
      methodHash: (file.base + places.methods).digest(method), instance: record.digest(0),
      owner: (file.base + places.owners).digest(owner))
    return ImageEntry(
      number: number, key: key, method: method, owner: owner, source: source, checksum: record.word(at: 16),
      hash: hash ?? key.imageHash, file: verified.file)
  }

  /// A digest of a section that has nothing else; `nil` if there are not that many.
  func digest(_ number: Int, in section: ImageSection.Name) -> Digest? {
    let shape = prologue.shapes[section]
    guard number >= 0, number < shape.count else { return nil }
    return (file.base + shape.offset).digest(number)
  }
}
