import CacheIdentity

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The identity of the running executable: the version of a generator that declares none.
@usableFromInline
enum BuildIdentity {
  /// Without a file to look at, nothing can be said about other processes: a version that none of them has. Made once.
  @usableFromInline static let current = ofFile("/proc/self/exe") ?? "process \(getpid()) \(ProcessIdentity.now)"

  /// A file's size and times. Builds that are the same everywhere set the time of modification, and pages keep the size;
  /// but nothing sets the time of the last change, so no two files at one path have all of them in common.
  static func ofFile(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (modified, changed) = (status.st_mtim, status.st_ctim)
    #endif
    return "build \(status.st_size) \(modified.tv_sec).\(modified.tv_nsec) \(changed.tv_sec).\(changed.tv_nsec)"
  }
}
