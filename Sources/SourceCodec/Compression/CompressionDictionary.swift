import CZstd
import CacheIdentity
import Synchronization

/// What many sources have in common, in the form of zstd: small sources hardly shrink without one.
///
/// Immutable, and used by any number of threads at once. What was compressed with a dictionary decompresses with that one only,
/// so whoever keeps compressed bytes keeps the dictionary's ``digest`` or something that stands for it beside them.
public final class CompressionDictionary: Sendable {
  /// The dictionary as it is kept in files.
  public let bytes: [UInt8]
  /// The part that compressed bytes copy from, without zstd's own tables: it serves other compressors, too.
  public var content: ArraySlice<UInt8> {
    let header = ZDICT_getDictHeaderSize(bytes, bytes.count)
    return bytes[(ZDICT_isError(header) == 0 ? header : 0)...]
  }
  /// The identity of the bytes.
  public let digest: Digest

  // Prepared forms, which zstd only reads. Readers never pay for what only writers need.
  private let forDecompression: PreparedDictionary
  private let forCompression = Mutex<PreparedDictionary?>(nil)

  /// Takes a dictionary in; throws if it is none. About 20 us for 64 KiB.
  public init(bytes: [UInt8]) throws(DecodingFailure) {
    guard ZDICT_getDictID(bytes, bytes.count) != 0, let prepared = PreparedDictionary(forDecompression: bytes) else {
      throw DecodingFailure(.invalidValue("a zstd dictionary"), at: 0)
    }
    self.bytes = bytes
    forDecompression = prepared
    var builder = DigestBuilder(domain: "worldcache.dictionary.v1")
    builder.add("zstd", bytes)
    digest = builder.finalize()
  }

  /// Makes a dictionary of at most `capacity` bytes from sources like those that will be compressed; `nil` if there are too few
  /// of them. Equal samples in equal order give equal bytes with the same version of zstd. About 0.1 s for 600 samples.
  ///
  /// Samples of 100 times the capacity in total are plenty; below 10 times, the dictionary mostly repeats them.
  public static func train(on samples: some Sequence<[UInt8]>, capacity: Int) -> CompressionDictionary? {
    var content: [UInt8] = []
    var sizes: [Int] = []
    for sample in samples where !sample.isEmpty {
      content += sample
      sizes.append(sample.count)
    }
    guard let count = UInt32(exactly: sizes.count) else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: max(0, capacity)) { buffer, filled in
      let size = ZDICT_trainFromBuffer(buffer.baseAddress, buffer.count, content, sizes, count)
      filled = ZDICT_isError(size) == 0 ? size : 0
    }
    return bytes.isEmpty ? nil : try? CompressionDictionary(bytes: bytes)
  }

  var decompressing: OpaquePointer { forDecompression.pointer }

  /// Prepared at first use: about 0.3 ms for 64 KiB. `nil` if there is no memory.
  var compressing: OpaquePointer? {
    forCompression.withLock { prepared in
      if prepared == nil { prepared = PreparedDictionary(forCompression: bytes) }
      return prepared?.pointer
    }
  }
}

/// A dictionary of zstd's own, which holds a copy of the bytes. zstd allows several threads to read it at once.
private final class PreparedDictionary: @unchecked Sendable {
  let pointer: OpaquePointer
  private let free: (OpaquePointer) -> Void

  init?(forDecompression bytes: [UInt8]) {
    guard let pointer = ZSTD_createDDict(bytes, bytes.count) else { return nil }
    self.pointer = pointer
    free = { _ = ZSTD_freeDDict($0) }
  }

  init?(forCompression bytes: [UInt8]) {
    guard let pointer = ZSTD_createCDict(bytes, bytes.count, SourceCompression.level) else { return nil }
    self.pointer = pointer
    free = { _ = ZSTD_freeCDict($0) }
  }

  deinit { free(pointer) }
}
