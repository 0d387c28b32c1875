import CacheIdentity
import SystemImage

/// An image's bytes in the hands of somebody who changes them, and who can make prologue and checksums fit again.
public struct ForgedImage {
  /// The bytes.
  public var bytes: [UInt8]

  /// Takes the bytes of an image, or of what once was one.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Where the shape of a section begins; `nil` if the prologue is too damaged to tell.
  public func shape(_ position: Int) -> Int? {
    guard let lineage = number(at: 68, width: 4) else { return nil }
    let place = ImageFormat.headerSize + lineage + position * ImageFormat.shapeSize
    return place + ImageFormat.shapeSize <= bytes.count ? place : nil
  }

  /// Makes the checksums of all uncompressed blocks, those of the directories, and the digest of the prologue fit what the bytes
  /// say now, as far as they still say something.
  public mutating func reseal() {
    guard let lineage = number(at: 68, width: 4) else { return }
    let size = ImageFormat.prologueSize(lineage: lineage)
    guard size <= bytes.count else { return }
    var offset = size
    for (position, name) in ImageFormat.sections.enumerated() {
      guard let shape = shape(position), let length = number(at: shape, width: 8),
        let count = number(at: shape + 8, width: 8), length <= bytes.count - offset
      else { break }
      if ImageFormat.isTable(name), count <= bytes.count {
        let placeSize = ImageFormat.placeSize(in: name)
        let directory = length - ImageFormat.blocks(of: count) * placeSize
        if directory >= 0 {
          resealBlocks(of: offset..<offset + directory, directory: offset + directory..<offset + length, placeSize)
          set(Checksum.of(Array(bytes[offset + directory..<offset + length])), at: shape + 16)
        }
      }
      offset += length
    }
    let digested = size - ImageFormat.identitySize
    bytes.replaceSubrange(digested..<size, with: Prologue.identity(of: bytes[..<digested]).bytes)
  }

  private mutating func resealBlocks(of content: Range<Int>, directory: Range<Int>, _ placeSize: Int) {
    var start = content.lowerBound
    for (block, place) in stride(from: directory.lowerBound, to: directory.upperBound, by: placeSize).enumerated() {
      guard let end = number(at: place, width: 5), let form = number(at: place + 5, width: 3) else { return }
      let limit = content.lowerBound + end
      guard limit >= start, limit <= content.upperBound else { return }
      if form < ImageFormat.largestBlock {
        set(Checksum.of(Array(bytes[start..<limit]), seed: UInt64(block)), at: place + 8)
      }
      start = limit
    }
  }

  /// A little-endian number; `nil` if it is not there, or too large to be meant.
  public func number(at offset: Int, width: Int) -> Int? {
    guard offset >= 0, offset + width <= bytes.count else { return nil }
    var number: UInt64 = 0
    for index in (0..<width).reversed() { number = number << 8 | UInt64(bytes[offset + index]) }
    return number < 1 << 40 ? Int(number) : nil
  }

  /// Writes eight bytes, little-endian; does nothing where there are not as many.
  public mutating func set(_ word: UInt64, at offset: Int) {
    guard offset >= 0, offset + 8 <= bytes.count else { return }
    for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index)) }
  }
}

extension ForgedImage {
  /// Changes something at random, in one of the ways in which readers of files are broken.
  public mutating func mutate(using generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let position = Int.random(in: bytes.indices, using: &generator)
    let interesting: [UInt64] = [
      0, 1, 0x7f, 0x80, 0xff, 0xffff, 1 << 23, 1 << 31, 1 << 32, 1 << 40, 1 << 62, 1 << 63, .max, .max - 1,
      UInt64(bytes.count), UInt64(bytes.count) + 1,
    ]
    let word = interesting.randomElement(using: &generator) ?? 0
    switch Int.random(in: 0..<9, using: &generator) {
    case 0, 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes[position] = UInt8.random(in: 0...255, using: &generator)
    case 3: set(word, at: position)
    case 4:
      if let shape = shape(Int.random(in: 0..<ImageFormat.sections.count, using: &generator)) {
        set(word, at: shape + 8 * Int.random(in: 0..<3, using: &generator))
      }
    case 5:
      if let shape = shape(Int.random(in: 0..<ImageFormat.sections.count, using: &generator)),
        let number = number(at: shape, width: 8)
      {
        set(UInt64(max(0, number + Int.random(in: -40...40, using: &generator))), at: shape)
      }
    case 6:
      let count = min(Int.random(in: 1...64, using: &generator), bytes.count - position)
      let source = Int.random(in: 0...(bytes.count - count), using: &generator)
      bytes.replaceSubrange(position..<position + count, with: Array(bytes[source..<source + count]))
    case 7: bytes.removeLast(Int.random(in: 0...min(bytes.count, 64), using: &generator))
    default:
      bytes += (0..<Int.random(in: 1...64, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
  }
}
