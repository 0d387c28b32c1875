#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ProcessIdentity {
  /// This process, as of the first use of this property.
  public static let current = ProcessIdentity(
    host: hostName(), pid: getpid(), program: programName(), startedAt: now)

  /// The present time: milliseconds since 1970, UTC.
  public static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func programName() -> String {
    let path = CommandLine.arguments.first ?? "unknown"
    return path.split(separator: "/").last.map(String.init) ?? path
  }
}
