import CSQLite
import CacheIdentity
import Dispatch
import Synchronization

/// A connection that reads, with a read transaction that it keeps between lookups: that halves a hit's time.
///
/// An old transaction is safe for hits in worlds that it knows: what held there holds for ever (W5). An open row says
/// nothing about worlds after the head that the transaction sees, so a hit there, like a miss, needs the newest commit.
final class Reader {
  private static let recentTime = Duration.milliseconds(1)

  let connection: Connection
  /// What lookups have read so far: for as long as nobody commits.
  @exclusivity(unchecked) var known = KnownRows()
  /// SQLite's data version when ``known`` was read: it is true in each transaction that has the same.
  private var dataVersion: Int64 = -1
  @exclusivity(unchecked) private(set) var isInTransaction = false
  private var begun = (at: ContinuousClock.now, commits: 0)
  /// ``ReaderPool``'s count of expiries when the reader was lent last.
  @exclusivity(unchecked) var expiries = 0

  init(_ connection: Connection) { self.connection = connection }

  /// Begins a read transaction unless one is open.
  func begin() throws(StoreError) {
    if isInTransaction { return }
    begun = (ContinuousClock.now, Connection.commits.load(ordering: .acquiring))
    try connection.execute("BEGIN")
    isInTransaction = true
    do {
      // The first read, so it is the moment of which the transaction is.
      let found = try connection.dataVersion()
      if found != dataVersion { known = KnownRows() }
      dataVersion = found
    } catch {
      end()
      throw error
    }
  }

  /// Whether the transaction sees all that this process committed, and what others did until a moment ago: renewing it costs
  /// more than the rest of a miss, and a miss is always allowed (W12).
  var isRecent: Bool {
    begun.commits == Connection.commits.load(ordering: .acquiring)
      && begun.at.duration(to: .now) < Reader.recentTime
  }

  /// Ends the transaction, so that the log can be checkpointed.
  func end() {
    guard isInTransaction else { return }
    isInTransaction = false
    connection.stopLookup()
    try? connection.execute("COMMIT")
  }

  /// The head of a lineage; `nil` if the transaction sees no such lineage.
  func head(of lineage: LineageID) throws(StoreError) -> WorldAge? {
    if let head = known.head(of: lineage) { return head }
    let found = try connection.first("SELECT head FROM lineage WHERE id = ?", lineage) { $0.world(0) }
    if let found { known.heads.append((lineage, found)) }
    return found
  }

  /// Begins a new transaction, which sees all that is committed.
  func renew() throws(StoreError) {
    end()
    try begin()
  }
}

/// Connections for readers: one for each thread that reads at the same time, made when needed and kept.
///
/// A transaction that is kept open pins the write-ahead log, so transactions end soon after the last lookup.
/// Invariant: all readers read the file that the store opened, even if another one has taken its path.
final class ReaderPool: Sendable {
  private static let keepMilliseconds = 100
  private let path: String
  private let access: Connection.Access
  private let file: StoreFile.Identity
  private let idle = IdleReaders()
  private let queue = DispatchQueue(label: "worldcache.readers")

  init(path: String, access: Connection.Access, file: StoreFile.Identity) {
    self.path = path
    self.access = access
    self.file = file
  }

  // The queue may hold on to `idle` for longer, and nobody to connections.
  deinit { idle.removeAll() }

  /// Whoever is lent a reader from now on sees all that is committed by now.
  func expire() { idle.expire() }

  /// No transaction that is open now stays open for longer than the lookup that uses it.
  func endTransactions() { idle.endTransactions() }

  /// Lends a reader to `body`.
  func withReader<Result: Sendable>(
    _ body: (Reader) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let reader = if let idle = idle.take() { idle } else { try open() }
    defer {
      idle.put(reader)
      if idle.mustScheduleRelease() { scheduleRelease() }
    }
    return try body(reader)
  }

  private func open() throws(StoreError) -> Reader {
    let connection = try Connection(path: path, access: access, busyTimeoutMilliseconds: 1000)
    guard try StoreFile.identity(path) == file else { throw StoreFile.replaced(path) }
    try connection.prepareViews()
    try connection.executeScript("PRAGMA mmap_size = 1073741824; PRAGMA query_only = 1; \(RunningLookup.settings)")
    return Reader(connection)
  }

  private func scheduleRelease() {
    queue.asyncAfter(deadline: .now() + .milliseconds(ReaderPool.keepMilliseconds)) { [idle] in
      idle.releaseBegins()
      idle.endTransactions()
    }
  }
}
