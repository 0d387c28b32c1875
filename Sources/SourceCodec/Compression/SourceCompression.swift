import CZstd

// The compressed form. Whoever keeps the bytes keeps the raw size and the dictionary beside them, so they are not repeated:
//
//   stored     = block    if the raw size is at most 65,279: the content of the only block of a zstd frame (RFC 8878), without
//                         the 4 bytes of magic number, the 2 or 3 of frame header and the 3 of block header. They follow from
//                         the two sizes; see `FramePrefix`.
//              | frame    else: a whole zstd frame
//
// A source of 100 bytes has about 40 then, not 50.

/// Compresses and decompresses sources with zstd. Any number of threads may use it at once; each of them has a context of its own
/// for the time of a call, which is kept for later calls: a new one for each call would cost 20 us and more.
///
/// What was read is untrusted. Decompression gives exactly as many bytes as it is asked for, or throws; it allocates no more than
/// the stored bytes can stand for, but that may be 32,768 times their number: callers bound the raw size.
public final class SourceCompression: Sendable {
  /// zstd's level: higher ones hardly find more in small sources.
  static let level: Int32 = 3

  private let compressors = ContextPool<Compressor>()
  private let decompressors = ContextPool<Decompressor>()

  /// Makes one; keep it for all calls. Contexts are made when they are needed: about 0.3 MB for each thread.
  public init() {}

  /// The compressed form of `raw`, or `nil` if it would not be shorter: keep the raw bytes then. One allocation, for the result.
  /// About 2 us for 100 bytes, 5 us for 2 KiB with a dictionary.
  public func compress(_ raw: RawSpan, with dictionary: CompressionDictionary? = nil) -> [UInt8]? {
    guard let compressor = compressors.take() else { return nil }
    defer { compressors.give(back: compressor) }
    return compressor.compress(raw, with: dictionary)
  }

  /// The `rawSize` bytes of which `stored` is the compressed form. Throws if they are not, or not with this dictionary as far as that
  /// can be seen: wrong bytes of the right number may come out, so compare a digest (W9). One allocation, for the result.
  /// About 0.4 us for 100 bytes, 1 us for 2 KiB.
  public func decompress(
    _ stored: RawSpan, rawSize: Int, with dictionary: CompressionDictionary? = nil
  ) throws(DecodingFailure) -> [UInt8] {
    guard let decompressor = decompressors.take() else { throw DecodingFailure(.notDecompressible(rawSize), at: 0) }
    defer { decompressors.give(back: decompressor) }
    return try decompressor.decompress(stored, rawSize: rawSize, with: dictionary)
  }
}
