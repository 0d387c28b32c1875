import CXXHash
import CacheIdentity

/// The checksums and hashes of the format: XXH3, 64 bits. Against bad disks, not against people who can write the file;
/// against those there are digests and signatures (`docs/decisions/0009-system-image.md`).
package enum Checksum {
  static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    worldcache_xxh3(bytes.baseAddress, bytes.count, seed)
  }

  static func of(_ bytes: ArraySlice<UInt8>, seed: UInt64) -> UInt64 { bytes.withUnsafeBytes { of($0, seed: seed) } }

  /// The checksum of bytes.
  package static func of(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 { bytes.withUnsafeBytes { of($0, seed: seed) } }

  /// What the checksums of sources of a codec are mixed with; of declined ones without a codec.
  static func seed(codec: String?) -> UInt64 { codec.map { of(Array($0.utf8), seed: 2) } ?? of([], seed: 1) }

  /// Stands for an edge from an entry to what it rests on.
  static func of(edge target: Int, _ entry: Int) -> UInt64 {
    withUnsafeBytes(of: (UInt64(target).littleEndian, UInt64(entry).littleEndian)) { of($0) }
  }

  /// Where the questions about a subject stand; `nil` for a generated source: no host is asked about it.
  static func of(_ subject: Subject) -> UInt64? {
    switch subject {
    case .function(let table, let name): of(Array(table.utf8), seed: of(Array(name.utf8), seed: 3))
    case .binding(let module, let name): of(Array(module.utf8), seed: of(Array(name.utf8), seed: 4))
    case .source: nil
    }
  }
}

extension SourceKey {
  /// The place of a key in the index, and the seed of its source's checksum: over the 48 bytes of its digests.
  var imageHash: UInt64 {
    var words = (
      methodHash.high.bigEndian, methodHash.low.bigEndian, instance.high.bigEndian, instance.low.bigEndian,
      owner.high.bigEndian, owner.low.bigEndian
    )
    return withUnsafeBytes(of: &words) { Checksum.of($0) }
  }
}
