/// A 128-bit content digest: the first half of a SHA-256, the only identity that crosses processes.
///
/// Digests are made by ``DigestBuilder``. They are uniformly distributed, so hashing one into a `Dictionary` feeds a
/// single word. 16 bytes, no allocation. `docs/decisions/0002-digests.md` says why 128 bits are enough.
public struct Digest: Hashable, Comparable, Sendable {
  /// The first eight bytes, big-endian.
  public let high: UInt64
  /// The last eight bytes, big-endian.
  public let low: UInt64

  /// The number of bytes in a stored digest.
  public static let byteCount = 16

  /// Makes a digest from its two words.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads the 16 bytes of a stored digest; `nil` if there are not exactly 16.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Digest.byteCount else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for (position, byte) in bytes.enumerated() {
      if position < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
    }
    self.init(high: words.0, low: words.1)
  }

  /// Reads the 32 hexadecimal digits of a printed digest.
  public init?(hexadecimal text: some StringProtocol) {
    guard text.utf8.count == 32, text.allSatisfy({ $0.isHexDigit }),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// The 16 bytes, big-endian, as they are stored.
  public var bytes: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - 8 * ($0 % 8))) }
  }

  /// Feeds one word: a digest is already uniform.
  public func hash(into hasher: inout Hasher) { hasher.combine(high ^ low) }

  /// Lexicographic order of the stored bytes.
  public static func < (left: Digest, right: Digest) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

extension Digest: CustomStringConvertible {
  /// All 32 hexadecimal digits.
  public var description: String { Digest.hexadecimal(high) + Digest.hexadecimal(low) }

  /// The first 12 digits, for people; unique in practice within one store.
  public var abbreviated: String { String(description.prefix(12)) }

  private static func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
