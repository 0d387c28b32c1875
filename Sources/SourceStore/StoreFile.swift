import CacheIdentity
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file of a store in the file system: private to its user, directories 0700, files 0600.
enum StoreFile {
  /// Held while a file has a descriptor that is not SQLite's. Closing one drops every lock that this process has on the
  /// file, SQLite's included; then another process could take itself for the last one, and remove the log under us.
  private static let foreignDescriptor = Mutex(())

  /// Makes a private file, and the directories on the way, unless the file exists.
  ///
  /// `fill` writes the content under another name. The file then appears whole, under its own: whoever opens it at the
  /// same time finds no file or a finished one, after a power cut too.
  static func create(_ path: String, fill: (String) throws(StoreError) -> Void) throws(StoreError) {
    if access(path, F_OK) == 0 { return }
    try createDirectory(of: path)
    let draft = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    try createEmpty(draft)
    defer { unlink(draft) }
    try fill(draft)
    try synchronize(draft)
    if link(draft, path) == 0 || errno == EEXIST { return }
    // No second names in this file system: then the file is filled in place, by whoever opens it first.
    try createEmpty(path)
  }

  private static func createEmpty(_ path: String) throws(StoreError) {
    try foreignDescriptor.withLock { _ throws(StoreError) in
      let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
      if descriptor >= 0 {
        close(descriptor)
      } else if errno != EEXIST {
        throw failure(path: path, doing: "create the file")
      }
    }
  }

  /// Returns once the content is on the medium.
  private static func synchronize(_ path: String) throws(StoreError) {
    try foreignDescriptor.withLock { _ throws(StoreError) in
      let descriptor = open(path, O_RDWR | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure(path: path, doing: "open the file") }
      defer { close(descriptor) }
      guard fsync(descriptor) == 0 else { throw failure(path: path, doing: "write the file") }
    }
  }

  /// Which file it is that a path leads to.
  struct Identity: Hashable, Sendable {
    fileprivate let device: UInt64
    fileprivate let number: UInt64
  }

  /// Which file a path leads to now; throws ``StoreError/Problem/missing`` if to none. While a file is open, no other one
  /// has its identity.
  static func identity(_ path: String) throws(StoreError) -> Identity {
    try foreignDescriptor.withLock { _ throws(StoreError) in
      var status = stat()
      guard stat(path, &status) == 0 else { throw failure(path: path, doing: "open the file") }
      guard status.st_mode & S_IFMT != S_IFDIR else {
        throw StoreError(.notAStore, path: path, detail: "the path is a directory")
      }
      return Identity(
        device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino))
    }
  }

  /// The error for a path that leads to another file than the one that was opened.
  static func replaced(_ path: String) -> StoreError {
    StoreError(.replaced, path: path, detail: "another file is at the path by now")
  }

  /// The file's size in bytes, with what waits beside it in the write-ahead log.
  static func sizes(_ path: String) -> (file: Int64, log: Int64) { (size(path), size(path + "-wal")) }

  private static func size(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  private static func createDirectory(of path: String) throws(StoreError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let directory = String(path[..<slash])
    if access(directory, F_OK) == 0 { return }
    try createDirectory(of: directory)
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
      throw failure(path: path, doing: "create the directory \(directory)")
    }
  }

  private static func failure(path: String, doing action: String) -> StoreError {
    let code = errno
    let problem: StoreError.Problem =
      switch code {
      case ENOENT, ENOTDIR: .missing
      case EROFS: .readOnly
      case EACCES, EPERM: .permissionDenied
      case ENOSPC, EDQUOT: .diskFull
      default: .inputOutput
      }
    return StoreError(problem, path: path, detail: "cannot \(action): \(String(cString: strerror(code)))")
  }
}
