import CZstd

/// A context of zstd for decompression. The pool hands it to one thread at a time.
final class Decompressor: CompressionContext, @unchecked Sendable {
  private let context: OpaquePointer
  /// A small frame, put together again.
  private let frame = UnsafeMutableRawBufferPointer.allocate(
    byteCount: FramePrefix.largestCount + FramePrefix.largestRawSize, alignment: 16)

  init?() {
    guard let context = ZSTD_createDCtx() else { return nil }
    self.context = context
  }

  deinit {
    ZSTD_freeDCtx(context)
    frame.deallocate()
  }

  func decompress(
    _ stored: RawSpan, rawSize: Int, with dictionary: CompressionDictionary?
  ) throws(DecodingFailure) -> [UInt8] {
    // Each block of at least 4 bytes gives at most 2^17; a shorter form was never written.
    guard rawSize > stored.byteCount, rawSize >> 17 <= stored.byteCount >> 2 else {
      throw DecodingFailure(.notDecompressible(rawSize), at: 0)
    }
    let raw = [UInt8](unsafeUninitializedCapacity: rawSize) { buffer, filled in
      let size = stored.withUnsafeBytes {
        rawSize <= FramePrefix.largestRawSize
          ? decompress(frame(of: $0, rawSize: rawSize), into: buffer, with: dictionary)
          : decompress($0, into: buffer, with: dictionary)
      }
      filled = size == rawSize ? rawSize : 0
    }
    guard raw.count == rawSize else { throw DecodingFailure(.notDecompressible(rawSize), at: 0) }
    return raw
  }

  /// The whole frame of a block; valid until the next one.
  private func frame(of block: UnsafeRawBufferPointer, rawSize: Int) -> UnsafeRawBufferPointer {
    let prefix = FramePrefix.write(to: frame, rawSize: rawSize, blockSize: block.count)
    UnsafeMutableRawBufferPointer(rebasing: frame[prefix...]).copyMemory(from: block)
    return UnsafeRawBufferPointer(rebasing: frame[..<(prefix + block.count)])
  }

  /// The number of bytes that came out; an error of zstd is a number larger than any buffer.
  private func decompress(
    _ frame: UnsafeRawBufferPointer, into raw: UnsafeMutableBufferPointer<UInt8>,
    with dictionary: CompressionDictionary?
  ) -> Int {
    if let dictionary {
      return ZSTD_decompress_usingDDict(
        context, raw.baseAddress, raw.count, frame.baseAddress, frame.count, dictionary.decompressing)
    }
    return ZSTD_decompressDCtx(context, raw.baseAddress, raw.count, frame.baseAddress, frame.count)
  }
}
