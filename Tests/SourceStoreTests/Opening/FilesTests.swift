import CSQLite
import CacheIdentity
import Testing

@testable import SourceStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("A store's files are its user's own, and many may open them at once")
struct FilesTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store.wcache")
  }

  private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }

  @Test("Files are 0600 and new directories 0700, whatever the process would allow")
  func modes() throws {
    let nested = directory.file("new/newer/store.wcache")
    let bench = try Bench(SourceStore(.file(nested)), ["a": "1"])
    try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    #expect(["", "-wal", "-shm"].map { mode(nested + $0) } == [0o600, 0o600, 0o600])
    #expect(["new", "new/newer"].map { mode(directory.file($0)) } == [0o700, 0o700])
    for suffix in ["", "-wal", "-shm"] { unlink(nested + suffix) }
    rmdir(directory.file("new/newer"))
    rmdir(directory.file("new"))
  }

  @Test("A file that exists keeps its mode")
  func existingMode() throws {
    try Bytes.write([], to: path)
    chmod(path, 0o640)
    _ = try SourceStore(.file(path))
    #expect(mode(path) == 0o640)
  }

  @Test("Fifty that open a new file at once all get the same store")
  func concurrentOpening() async throws {
    let path = path
    for round in 0..<4 {
      let file = path + "\(round)"
      try await withThrowingTaskGroup(of: LineageID.self) { group in
        for number in 0..<50 {
          group.addTask {
            let bench = try Bench(SourceStore(.file(file)), ["a": "1"])
            try bench.insert(bench.trace("k\(number)", asking: ["a"], giving: "s"))
            return bench.lineage
          }
        }
        let lineages = try await group.reduce(into: Set()) { $0.insert($1) }
        #expect(lineages.count == 1)
      }
      let bench = try Bench(SourceStore(.existingFile(file)), ["a": "1"])
      #expect(bench.world == .first)
      #expect(try (0..<50).allSatisfy { try bench.served("k\($0)") == "s" })
      try bench.verify()
    }
  }

  @Test("Opening a store twice in a process keeps the locks that tell other processes that it is in use")
  func locksStay() throws {
    #if os(Linux)
      let first = try SourceStore(.file(path))
      let second = try SourceStore(.file(path))
      // Closing a descriptor of the file would drop the locks, so this one stays open until the stores are gone.
      let descriptor = open(path, O_RDWR)
      defer { close(descriptor) }
      // SQLite's shared lock; a lock of the open file conflicts with those of the own process too.
      var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0x4000_0002, l_len: 510, l_pid: 0)
      let getOpenFileLock: Int32 = 36
      #expect(fcntl(descriptor, getOpenFileLock, &lock) == 0)
      #expect(lock.l_type == Int16(F_RDLCK))
      withExtendedLifetime((first, second)) {}
    #endif
  }

  @Test("A store in memory needs no file, and no two are the same")
  func memory() throws {
    let first = try Bench(["a": "1"])
    try first.insert(first.trace("k", asking: ["a"], giving: "s"))
    #expect(try Bench(["a": "1"]).served("k") == nil)
    #expect(first.store.path == ":memory:")
  }

  @Test("What one process wrote, the next one reads (G1)")
  func reopening() throws {
    do {
      let bench = try Bench(SourceStore(.file(path)), ["a": "1"])
      try bench.insert(bench.trace("k", asking: ["a"], giving: "s"))
    }
    #expect(!directory.names.contains("store.wcache-wal"))
    let bench = try Bench(SourceStore(.file(path)), ["a": "1"])
    #expect(try bench.served("k") == "s")
    try bench.verify()
  }
}
