import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How long the write-ahead log may become before a writer sees to it that it begins anew.
///
/// SQLite begins the log anew only in a moment when nobody reads from it, and threads that look up without a pause, with
/// transactions that are kept, leave no such moment: the log of four of them grew to 1.4 GB for 400 MB of sources.
final class LogLimit: Sendable {
  private static let bytes = 16 << 20
  /// How long to wait for readers of other processes, which keep a transaction for 100 ms at most.
  fileprivate static let waitMilliseconds = 250
  private let next = Atomic<Int>(LogLimit.bytes)

  /// Whether a log is to be shortened.
  func isReached(by path: String) -> Bool {
    var status = stat()
    return stat(path + "-wal", &status) == 0 && Int(status.st_size) >= next.load(ordering: .relaxed)
  }

  /// Whether it was shortened. If not, somebody else reads it: next time it may be twice as long.
  func note(isShort: Bool) {
    let present = next.load(ordering: .relaxed)
    next.store(isShort ? LogLimit.bytes : min(present * 2, Int.max / 4), ordering: .relaxed)
  }
}

extension SourceStore {
  /// Begins the log anew if it has become long. This process's readers end their transactions with the lookup that they are
  /// at, and wait for nothing; those of others are waited for, for a moment.
  func shortenLog(_ connection: Connection) {
    guard let readers, logLimit.isReached(by: path) else { return }
    readers.endTransactions()
    // What cannot be done now is done after a later commit.
    let timeout = try? connection.first("PRAGMA busy_timeout") { $0.int(0) }
    guard let usual = timeout else { return }
    try? connection.executeScript("PRAGMA busy_timeout = \(LogLimit.waitMilliseconds)")
    let isBusy = try? connection.first("PRAGMA wal_checkpoint(TRUNCATE)") { $0.bool(0) }
    try? connection.executeScript("PRAGMA busy_timeout = \(usual)")
    logLimit.note(isShort: isBusy == false)
  }
}
