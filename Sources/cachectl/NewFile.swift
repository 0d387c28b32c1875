#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files that the command makes. Each is whole under its name, or not there.
enum NewFile {
  /// Makes a file where none is; returns false if there is one.
  ///
  /// - Parameter mode: The permissions, less those that the process's mask takes away.
  static func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(CommandError) -> Bool {
    let draft = try draft(of: path, bytes, mode: mode)
    defer { unlink(draft) }
    // Unlike renaming, this fails if the name is taken.
    if link(draft, path) == 0 { return true }
    guard errno == EEXIST else { throw .unwritable(path: path, errorNumber: errno) }
    return false
  }

  static func remove(_ path: String) { unlink(path) }

  /// Makes a file, in place of another one if there is one.
  static func replace(_ path: String, _ bytes: [UInt8]) throws(CommandError) {
    let draft = try draft(of: path, bytes, mode: 0o666)
    guard rename(draft, path) == 0 else {
      let number = errno
      unlink(draft)
      throw .unwritable(path: path, errorNumber: number)
    }
  }

  private static func draft(of path: String, _ bytes: [UInt8], mode: UInt32) throws(CommandError) -> String {
    let draft = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode_t(mode))
    guard descriptor >= 0 else { throw .unwritable(path: path, errorNumber: errno) }
    var failure = bytes.withUnsafeBytes { Output.writeAll($0, to: descriptor) }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    close(descriptor)
    guard failure == 0 else {
      unlink(draft)
      throw .unwritable(path: path, errorNumber: failure)
    }
    return draft
  }
}
