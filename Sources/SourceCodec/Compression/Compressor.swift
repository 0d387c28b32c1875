import CZstd

/// A context of zstd for compression. The pool hands it to one thread at a time.
final class Compressor: CompressionContext, @unchecked Sendable {
  private let context: OpaquePointer
  private var scratch = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// What the context compresses with, so that it is told only when that changes.
  private var dictionary: CompressionDictionary?

  init?() {
    guard let context = ZSTD_createCCtx() else { return nil }
    self.context = context
    // Raw size, dictionary and digest stand beside the bytes.
    let results = [
      ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, SourceCompression.level),
      ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0), ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0),
    ]
    guard results.allSatisfy({ ZSTD_isError($0) == 0 }) else { return nil }
  }

  deinit {
    ZSTD_freeCCtx(context)
    scratch.deallocate()
  }

  func compress(_ raw: RawSpan, with dictionary: CompressionDictionary?) -> [UInt8]? {
    guard use(dictionary) else { return nil }
    reserve(ZSTD_compressBound(raw.byteCount))
    let size = raw.withUnsafeBytes {
      ZSTD_compress2(context, scratch.baseAddress, scratch.count, $0.baseAddress, $0.count)
    }
    guard ZSTD_isError(size) == 0 else { return nil }
    var start = 0
    if raw.byteCount <= FramePrefix.largestRawSize {
      guard let prefix = prefixCount(frameSize: size, rawSize: raw.byteCount) else { return nil }
      start = prefix
    }
    guard size - start < raw.byteCount else { return nil }
    let stored = UnsafeRawBufferPointer(rebasing: scratch[start..<size])
    return [UInt8](unsafeUninitializedCapacity: stored.count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: stored)
      filled = stored.count
    }
  }

  /// How many bytes to take off a small frame; `nil` if it is not of the usual form, as when zstd found nothing to compress.
  private func prefixCount(frameSize: Int, rawSize: Int) -> Int? {
    withUnsafeTemporaryAllocation(byteCount: FramePrefix.largestCount, alignment: 1) { expected in
      let short = rawSize < 256 ? 1 : 0
      let count = FramePrefix.largestCount - short
      guard frameSize > count else { return nil }
      _ = FramePrefix.write(to: expected, rawSize: rawSize, blockSize: frameSize - count)
      return (0..<count).allSatisfy { scratch[$0] == expected[$0] } ? count : nil
    }
  }

  private func use(_ dictionary: CompressionDictionary?) -> Bool {
    guard dictionary !== self.dictionary else { return true }
    let prepared = dictionary?.compressing
    guard dictionary == nil || prepared != nil, ZSTD_isError(ZSTD_CCtx_refCDict(context, prepared)) == 0 else {
      return false
    }
    self.dictionary = dictionary
    return true
  }

  private func reserve(_ count: Int) {
    guard scratch.count < count else { return }
    scratch.deallocate()
    scratch = .allocate(byteCount: count, alignment: 16)
  }
}
