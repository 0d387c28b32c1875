import CLZ4

/// How an image compresses sources: a block of LZ4, without a frame, that may copy from the image's dictionary.
///
/// LZ4 spends no bits on entropy: with a dictionary it takes a tenth more bytes than zstd for a small source, and a quarter of the
/// time, without a context that threads would have to share (`docs/decisions/0009-system-image.md`). What nobody waits for
/// stands in blocks of zstd.
enum ContentBlock {
  /// A block copies from at most as far away.
  static let largestDictionary = 1 << 16

  /// Decompresses into all of `raw`; false if the block does not give exactly as many bytes. Neither reads nor writes outside of what
  /// it is given, whatever the block says; wrong bytes of the right number may come out.
  static func decompress(
    _ block: UnsafeRawBufferPointer, into raw: UnsafeMutableRawBufferPointer, with dictionary: UnsafeRawBufferPointer
  ) -> Bool {
    guard let size = Int32(exactly: block.count), let rawSize = Int32(exactly: raw.count) else { return false }
    return LZ4_decompress_safe_usingDict(
      block.baseAddress, raw.baseAddress, size, rawSize, dictionary.baseAddress, Int32(dictionary.count)) == rawSize
  }

  /// Whether a block of this size can give so many bytes: a byte stands for at most 255.
  static func canHold(_ rawSize: Int, in size: Int) -> Bool { rawSize / 255 <= size }
}

/// Compresses sources, one after the other. About 16 us for a small one: most of it reads the dictionary in, each time.
final class ContentCompressor {
  private let stream: UnsafeMutablePointer<LZ4_streamHC_t>
  private var scratch: [UInt8] = []

  /// Makes one; `nil` if there is no memory.
  init?() {
    guard let stream = LZ4_createStreamHC() else { return nil }
    self.stream = stream
  }

  deinit { LZ4_freeStreamHC(stream) }

  /// The block, or `nil` if it would not be shorter.
  func compress(_ raw: ArraySlice<UInt8>, with dictionary: [UInt8]) -> ArraySlice<UInt8>? {
    guard let rawSize = Int32(exactly: raw.count), rawSize > 0 else { return nil }
    if scratch.count < raw.count { scratch = [UInt8](repeating: 0, count: raw.count) }
    LZ4_resetStreamHC_fast(stream, LZ4HC_CLEVEL_DEFAULT)
    let size = dictionary.withUnsafeBytes { dictionary in
      LZ4_loadDictHC(stream, dictionary.baseAddress, Int32(dictionary.count))
      return raw.withUnsafeBytes { raw in
        scratch.withUnsafeMutableBytes {
          LZ4_compress_HC_continue(stream, raw.baseAddress, $0.baseAddress, rawSize, rawSize - 1)
        }
      }
    }
    return size > 0 ? scratch[..<Int(size)] : nil
  }
}
