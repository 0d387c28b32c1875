import Foundation

/// One file for each entry, in 256 folders, written beside its place and renamed into it: what ccache and Numba do.
struct EntryFiles {
  struct Failure: Error, CustomStringConvertible {
    var path: String
    var code: Int32
    var description: String { "\(path): \(String(cString: strerror(code)))" }
  }

  let folder: String

  init(folder: String) throws {
    self.folder = folder
    for number in 0..<256 {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(EntryFiles.hexadecimal(UInt8(number)))", withIntermediateDirectories: true)
    }
  }

  func insert(_ key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer) throws {
    let path = path(of: key)
    let draft = path + ".new"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Failure(path: draft, code: errno) }
    let count = Foundation.write(file, bytes.baseAddress, bytes.count)
    Foundation.close(file)
    guard count == bytes.count, rename(draft, path) == 0 else { throw Failure(path: path, code: errno) }
  }

  /// Reads all bytes of a source; `nil` on a miss.
  func touchSource(of key: UnsafeRawBufferPointer) throws -> UInt64? {
    let path = path(of: key)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { Foundation.close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Failure(path: path, code: errno) }
    let size = Int(status.st_size)
    return try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { buffer in
      guard read(file, buffer.baseAddress, size) == size else { throw Failure(path: path, code: errno) }
      return touch(UnsafeRawBufferPointer(buffer))
    }
  }

  /// The instance's digest makes the name: the middle of the key.
  private func path(of key: UnsafeRawBufferPointer) -> String {
    var name = ""
    for byte in key[16..<32] { name += EntryFiles.hexadecimal(byte) }
    return "\(folder)/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
  }
}
