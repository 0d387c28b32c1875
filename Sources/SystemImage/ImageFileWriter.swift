import CacheIdentity
import struct Crypto.SHA256

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a file under another name, and gives it its own when it is finished. Not finished, it is removed.
final class ImageFileWriter {
  private static let bufferSize = 1 << 20
  private let path: String
  private let draft: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var hasher = SHA256()
  private var isFinished = false
  /// The number of bytes written.
  private(set) var count = 0

  init(_ path: String) throws(ImageError) {
    self.path = path
    draft = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    descriptor = open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw ImageError(.ofFile(errno), path: path) }
    buffer.reserveCapacity(ImageFileWriter.bufferSize)
  }

  deinit {
    close(descriptor)
    if !isFinished { unlink(draft) }
  }

  func write(_ bytes: some Collection<UInt8>) throws(ImageError) {
    buffer.append(contentsOf: bytes)
    count += bytes.count
    if buffer.count >= ImageFileWriter.bufferSize { try flush() }
  }

  /// The digest of what was written since the last call.
  func takeDigest() throws(ImageError) -> Digest {
    try flush()
    let digest = Digest(sha256: hasher.finalize())
    hasher = SHA256()
    return digest
  }

  private func flush() throws(ImageError) {
    hasher.update(data: buffer)
    try write(buffer[...], at: nil)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes what goes to the beginning, makes the file last, and gives it its name.
  func finish(prologue: [UInt8]) throws(ImageError) {
    try flush()
    try write(prologue[...], at: 0)
    guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw ImageError(.ofFile(errno), path: path) }
    isFinished = true
    // The name is in the directory, which must last too; file systems that cannot do that do it anyway.
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let folder = open(directory, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private func write(_ bytes: ArraySlice<UInt8>, at offset: Int?) throws(ImageError) {
    var rest = bytes
    while !rest.isEmpty {
      let position = off_t((offset ?? 0) + rest.startIndex - bytes.startIndex)
      let written = rest.withUnsafeBytes { part in
        offset == nil
          ? Glibc.write(descriptor, part.baseAddress, part.count)
          : pwrite(descriptor, part.baseAddress, part.count, position)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw ImageError(.ofFile(errno), path: path) }
      rest = rest.dropFirst(written)
    }
  }
}

extension Digest {
  /// The first half of a SHA-256.
  init(sha256 digest: SHA256.Digest) {
    self = digest.withUnsafeBytes { bytes in
      Digest(
        high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
}
