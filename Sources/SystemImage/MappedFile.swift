import CacheIdentity

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file's bytes in memory, read-only. Whoever reads checks offsets first: ``range(_:_:)`` does.
///
/// Invariant: `base` is valid for `count` bytes until this is deinitialized, and they do not change. Images are replaced,
/// never written in place; one that is cut short all the same while it is mapped ends the process that reads there.
final class MappedFile: Sendable {
  nonisolated(unsafe) let base: UnsafeRawPointer
  let count: Int

  init(_ path: String) throws(ImageError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ImageError(.ofFile(errno), path: path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ImageError(.ofFile(errno), path: path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { throw ImageError(.notAnImage, path: path) }
    count = Int(status.st_size)
    guard let mapped = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED else {
      throw ImageError(.ofFile(errno), path: path)
    }
    base = UnsafeRawPointer(mapped)
    madvise(mapped, count, MADV_RANDOM)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: base), count) }

  /// The bytes from `offset` on; `nil` if there are not that many.
  func range(_ offset: Int, _ size: Int) -> UnsafeRawBufferPointer? {
    guard offset >= 0, size >= 0, offset <= count, size <= count - offset else { return nil }
    return UnsafeRawBufferPointer(start: base + offset, count: size)
  }
}

extension ImageError.Problem {
  static func ofFile(_ code: Int32) -> ImageError.Problem {
    switch code {
    case ENOENT, ENOTDIR: .missing
    case EACCES, EPERM, EROFS: .permissionDenied
    case ENOSPC, EDQUOT: .diskFull
    default: .inputOutput(code: code)
    }
  }
}

extension UnsafeRawPointer {
  /// A little-endian number of up to 8 bytes. Reads as many of those before as make it 8: no number stands at the start of a file.
  @inline(__always)
  func number(at offset: Int, width: Int) -> UInt64 { word(at: offset + width - 8) >> (64 - 8 * width) }

  /// A little-endian word.
  @inline(__always)
  func word(at offset: Int) -> UInt64 { UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }

  /// A digest of several that follow on each other.
  @inline(__always)
  func digest(_ number: Int) -> Digest {
    let offset = number * Digest.byteCount
    return Digest(high: bigEndianWord(at: offset), low: bigEndianWord(at: offset + 8))
  }

  /// Half of a digest.
  @inline(__always)
  func bigEndianWord(at offset: Int) -> UInt64 {
    UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
