import Crypto

/// Builds a ``Digest`` from tagged, length-prefixed ingredients, so that no two different lists of ingredients feed the
/// same bytes. The domain names what is digested and its format version: a change of format is a clean miss.
///
///     var builder = DigestBuilder(domain: "worldcache.method-hash.v1")
///     builder.add("definition", definition)
///     builder.add("generator", fingerprint)
///     let hash = builder.finalize()
public struct DigestBuilder {
  // One call of the hash function for all of it costs a third of one call for each ingredient.
  private var ingredients: [UInt8] = []

  /// Starts a digest of the kind and format version that `domain` names.
  public init(domain: String) {
    ingredients.reserveCapacity(192)
    add("domain", domain)
  }

  /// Adds bytes under a tag.
  public mutating func add(_ tag: StaticString, _ bytes: some Collection<UInt8>) {
    addHeader(tag, count: bytes.count)
    ingredients.append(contentsOf: bytes)
  }

  /// Adds the UTF-8 of a text under a tag.
  public mutating func add(_ tag: StaticString, _ text: String) { add(tag, text.utf8) }

  /// Adds another digest under a tag.
  public mutating func add(_ tag: StaticString, _ digest: Digest) {
    addHeader(tag, count: Digest.byteCount)
    addWord(digest.high)
    addWord(digest.low)
  }

  /// Adds an integer under a tag.
  public mutating func add(_ tag: StaticString, _ number: Int64) {
    addHeader(tag, count: 8)
    addWord(UInt64(bitPattern: number))
  }

  /// The digest of all that was added.
  public consuming func finalize() -> Digest {
    SHA256.hash(data: ingredients).withUnsafeBytes { bytes in
      Digest(
        high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  private mutating func addHeader(_ tag: StaticString, count: Int) {
    addWord(UInt64(tag.utf8CodeUnitCount))
    tag.withUTF8Buffer { ingredients.append(contentsOf: $0) }
    addWord(UInt64(count))
  }

  private mutating func addWord(_ word: UInt64) {
    withUnsafeBytes(of: word.bigEndian) { ingredients.append(contentsOf: $0) }
  }
}
