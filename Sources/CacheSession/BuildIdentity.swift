import CacheIdentity

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The identity of the running executable: the version of a generator that declares none.
enum BuildIdentity {
  /// Size and time of modification of the executable's file: a rebuild changes them. Made once.
  static let current: String = {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else {
      // Without a file to look at, nothing can be said about other processes: a version that none of them has.
      return "process \(getpid()) \(ProcessIdentity.now)"
    }
    return "build \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }()
}
