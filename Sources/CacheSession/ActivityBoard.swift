import CacheIdentity
import SourceCodec

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where sessions tell what they do, while somebody wants to know: a folder beside the store, `STORE-activity`, with a file `watched`
/// that says until when, and a file for each session that tells. Nobody watches, nothing is written, and no folder is there.
///
/// Reports are for people: what cannot be written or read is passed over.
public struct ActivityBoard: Sendable {
  /// How often a session looks whether it is watched, in milliseconds.
  public static let intervalMilliseconds = 1_000
  /// How long sessions tell after each ``watch(now:)``.
  static let watchMilliseconds: Int64 = 10_000
  /// What was told longer ago is gone: its process was killed, or stands still.
  static let forgottenMilliseconds: Int64 = 60_000
  /// No session tells more.
  private static let capacity = 1 << 20

  private let folder: String
  private var watched: String { folder + "/watched" }

  /// The board of the store at a path.
  public init(store path: String) { folder = path + "-activity" }

  /// Asks sessions to tell from now on for ten seconds. Returns until when; `nil` if nobody can be asked, for the folder cannot be
  /// written.
  public func watch(now: Int64) -> Int64? {
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { return nil }
    let until = now + ActivityBoard.watchMilliseconds
    var writer = ByteWriter()
    writer.write(signed: until)
    return replace("watched", with: writer.bytes) ? until : nil
  }

  /// Whether somebody asks sessions to tell.
  public func isWatched(now: Int64) -> Bool {
    guard let until = watchedUntil else { return false }
    return now < until && until <= now + ActivityBoard.watchMilliseconds
  }

  /// Asks no more; `until` is what ``watch(now:)`` returned last. If somebody else has asked since, he is still answered.
  public func endWatching(_ until: Int64) {
    if watchedUntil == until { unlink(watched) }
    removeIfEmpty()
  }

  private var watchedUntil: Int64? {
    read(watched).flatMap { bytes in
      try? ByteReader.all(of: bytes) { reader throws(DecodingFailure) in try reader.readSigned() }
    }
  }

  /// What sessions told, by process and then by name of their files. Files of processes that are gone are removed.
  public func sessions(now: Int64) -> [SessionActivity] {
    names().filter { $0 != "watched" && !$0.hasPrefix(".") }.compactMap { name in
      guard let bytes = read(folder + "/" + name),
        let activity = try? ByteReader.all(
          of: bytes, { reader throws(DecodingFailure) in try SessionActivity(from: &reader) })
      else { return nil }
      if now - activity.publishedAt > ActivityBoard.forgottenMilliseconds || activity.process.isGone {
        unlink(folder + "/" + name)
        return nil
      }
      return activity
    }
  }

  /// Puts up what a session did, in place of what it told before.
  func publish(_ activity: SessionActivity, as name: String) {
    var writer = ByteWriter()
    activity.encode(into: &writer)
    _ = replace(name, with: writer.bytes)
  }

  /// Takes away what a session told.
  func withdraw(_ name: String) {
    unlink(folder + "/" + name)
    removeIfEmpty()
  }

  private func removeIfEmpty() { rmdir(folder) }

  /// Makes the file appear whole, or not at all.
  private func replace(_ name: String, with bytes: [UInt8]) -> Bool {
    let (path, draft) = (folder + "/" + name, folder + "/.\(getpid())-\(name)")
    let descriptor = open(draft, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    guard count == bytes.count, rename(draft, path) == 0 else {
      unlink(draft)
      return false
    }
    return true
  }

  private func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size <= ActivityBoard.capacity else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = bytes.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
    return count == bytes.count ? bytes : nil
  }

  /// The names of the files in the folder, in order.
  private func names() -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

private func systemRead(_ descriptor: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, start, count)
}

extension ProcessIdentity {
  /// Whether the process is known to have ended: only of this machine's can it be known.
  fileprivate var isGone: Bool { host == ProcessIdentity.current.host && kill(pid, 0) != 0 && errno == ESRCH }
}

extension ByteReader {
  /// Reads bytes that hold one thing and nothing else.
  fileprivate static func all<Value>(
    of bytes: [UInt8], _ body: (inout ByteReader) throws(DecodingFailure) -> Value
  ) throws(DecodingFailure) -> Value {
    var reader = ByteReader(bytes)
    let value = try body(&reader)
    try reader.finish()
    return value
  }
}
