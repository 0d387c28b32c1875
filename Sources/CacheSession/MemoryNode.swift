import CPrefetch
import CacheIdentity
import SourceStore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A source in memory, and where it holds.
@usableFromInline
struct MemoryEntry {
  @usableFromInline let kept: any KeptSource
  /// The host's world in which it came here: a host world is one state of all definitions, for ever.
  @usableFromInline let host: HostWorld
  /// Hits since they were last recorded. Beside what else a hit touches.
  @usableFromInline var uses = 0
  /// In worlds of the store; `nil` until settled.
  var range: WorldRange?
  /// The trace in the store; `nil` until settled.
  var trace: TraceID?
  /// What counts against a budget; 0 without one.
  var bytes: Int64 = 0
  /// The time that it takes to get it from elsewhere, in nanoseconds.
  var nanosecondsAway: Int64 = 0

  func holds(in host: HostWorld, _ store: WorldAge?) -> Bool {
    if self.host == host { return true }
    guard let range, let store else { return false }
    return range.contains(store)
  }

  private func meets(_ other: MemoryEntry) -> Bool {
    if host == other.host { return true }
    guard let range, let otherRange = other.range else { return false }
    return range.overlaps(otherRange)
  }

  fileprivate static func meet(_ one: MemoryEntry, _ other: MemoryEntry) -> Bool { one.meets(other) }
}

/// All that memory has for one request.
@usableFromInline
struct MemoryContents {
  /// How many entries a request has: work goes on in few old worlds (A2), and the store has the others.
  private static let keptPerRequest = 8

  /// Hits so far.
  @usableFromInline var hits = 0
  /// The entry that was made last, if any.
  @usableFromInline var newest: MemoryEntry?
  /// Those before, oldest first.
  private var older: [MemoryEntry] = []
  /// What came of the hits, and of the misses before. Last, for a hit does not wait for it.
  @usableFromInline var demand = Demand()

  /// Counts a hit of an entry that is not the newest, or holds by its range; `nil` if none holds.
  @usableFromInline
  mutating func hit(in host: HostWorld, _ store: WorldAge?, at time: Int64) -> (any KeptSource)? {
    if let newest, newest.holds(in: host, store) {
      hits += 1
      demand.request(at: time)
      self.newest?.uses += 1
      return newest.kept
    }
    guard let position = older.lastIndex(where: { $0.holds(in: host, store) }) else { return nil }
    hits += 1
    demand.request(at: time)
    older[position].uses += 1
    return older[position].kept
  }

  /// Adds an entry in place of those that hold where it does. Returns what goes, to be let go when the lock is not held.
  mutating func add(_ entry: MemoryEntry) -> [MemoryEntry] {
    if let newest { older.append(newest) }
    newest = entry
    var gone = older.filter { MemoryEntry.meet($0, entry) }
    if !gone.isEmpty { older.removeAll { MemoryEntry.meet($0, entry) } }
    if older.count >= MemoryContents.keptPerRequest { gone.append(older.removeFirst()) }
    return gone
  }

  /// Forgets everything. Returns what goes.
  mutating func clear() -> [MemoryEntry] {
    let gone = older + (newest.map { [$0] } ?? [])
    (newest, older) = (nil, [])
    return gone
  }

  /// What all entries count against a budget.
  var bytes: Int64 { older.reduce(newest?.bytes ?? 0) { $0 + $1.bytes } }

  /// The longest time that it takes to get one of them from elsewhere, in nanoseconds.
  var nanosecondsAway: Int64 { older.reduce(newest?.nanosecondsAway ?? 0) { max($0, $1.nanosecondsAway) } }

  /// The uses since the last call, by trace.
  mutating func takeUses() -> [(trace: TraceID, count: Int)] {
    var uses: [(trace: TraceID, count: Int)] = []
    update { entry in
      guard let trace = entry.trace, entry.uses > 0 else { return }
      uses.append((trace, entry.uses))
      entry.uses = 0
    }
    return uses
  }

  /// Changes each entry.
  mutating func update(_ body: (inout MemoryEntry) -> Void) {
    for position in older.indices { body(&older[position]) }
    if var entry = newest {
      body(&entry)
      newest = entry
    }
  }
}

/// A request's place in memory: a lock, what is guarded by it, and the request. It stays where it is for as long as the
/// ``MemoryTier`` that made it, and is not used afterwards.
///
/// The lock is one byte in the cache line that a hit writes anyway, for it counts: taking it is the only thing that a hit in memory has
/// to wait for. What is done under it takes some nanoseconds, and calls nothing that is not of this module.
///
/// The request stands before the lock: what a hit reads of both, and of the contents, are two neighbouring cache lines.
///
/// Invariant of `Sendable`: the contents are touched only under the lock, the request never changes.
@usableFromInline
struct MemoryNode: @unchecked Sendable {
  @usableFromInline let isLocked: UnsafeMutablePointer<Atomic<Bool>>

  @inlinable
  init(_ isLocked: UnsafeMutablePointer<Atomic<Bool>>) { self.isLocked = isLocked }

  /// Makes a node; ``free()`` ends it.
  init(_ request: RequestKey) {
    let base = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryNode.lockOffset + MemoryNode.contentsOffset + MemoryLayout<MemoryContents>.size, alignment: 128)
    base.initializeMemory(as: RequestKey.self, to: request)
    let lock = base + MemoryNode.lockOffset
    isLocked = lock.bindMemory(to: Atomic<Bool>.self, capacity: 1)
    isLocked.initialize(to: Atomic(false))
    (lock + MemoryNode.contentsOffset).initializeMemory(as: MemoryContents.self, to: MemoryContents())
  }

  func free() {
    let base = UnsafeMutableRawPointer(request)
    isLocked.deinitialize(count: 1)
    contents.deinitialize(count: 1)
    request.deinitialize(count: 1)
    base.deallocate()
  }

  @inlinable static var contentsOffset: Int { 8 }
  private static var lockOffset: Int { MemoryLayout<RequestKey>.stride }

  /// Never to be changed.
  var request: UnsafeMutablePointer<RequestKey> { place(-MemoryNode.lockOffset, of: RequestKey.self) }

  /// Only to be touched with the lock held.
  @inlinable var contents: UnsafeMutablePointer<MemoryContents> {
    place(MemoryNode.contentsOffset, of: MemoryContents.self)
  }

  @inlinable
  func place<Value>(_ offset: Int, of type: Value.Type) -> UnsafeMutablePointer<Value> {
    (UnsafeMutableRawPointer(isLocked) + offset).assumingMemoryBound(to: type)
  }

  @inlinable
  func lock() {
    while isLocked.pointee.exchange(true, ordering: .acquiring) { wait() }
  }

  @inlinable
  func unlock() { isLocked.pointee.store(false, ordering: .releasing) }

  /// Its holder is about to be done, unless its thread was stopped.
  @usableFromInline
  func wait() {
    for _ in 0..<64 where !isLocked.pointee.load(ordering: .relaxed) { return }
    sched_yield()
  }

  /// Runs `body` with the lock held.
  func withLock<Result>(_ body: (inout MemoryContents) -> Result) -> Result {
    lock()
    defer { unlock() }
    return body(&contents.pointee)
  }
}

/// Where a ``PreparedRequest`` found its node, so that it need not look again: in the first session that it hit.
///
/// Invariant of `Sendable`: both are atomics, and the node is used only in the tier of that number, which keeps its nodes.
@usableFromInline
struct MemoryPlace: ~Copyable, @unchecked Sendable {
  /// The number of the tier; 0 before one is known.
  @usableFromInline let tier = Atomic<Int>(0)
  @usableFromInline let node = Atomic<UnsafeMutablePointer<Atomic<Bool>>?>(nil)
  /// As in ``MemoryTable``: what may be fetched at once.
  private let kept = Atomic<UInt>(0)
  private let content = Atomic<UInt>(0)

  /// The node in a tier, if it is known.
  @inlinable
  func node(in memory: MemoryTier) -> MemoryNode? {
    guard tier.load(ordering: .acquiring) == memory.number else { return nil }
    fetch()
    return node.load(ordering: .relaxed).map { MemoryNode($0) }
  }

  @usableFromInline
  func fetch() {
    worldcache_prefetch(node.load(ordering: .relaxed))
    MemoryHint(kept: kept.load(ordering: .relaxed), content: content.load(ordering: .relaxed)).fetch()
  }

  /// Finds the node in a tier.
  @usableFromInline
  func lookUp(_ request: RequestKey, in memory: MemoryTier) -> MemoryNode? {
    let found = memory.find(request)
    if let found, node.compareExchange(expected: nil, desired: found.isLocked, ordering: .relaxed).exchanged {
      if let hint = found.withLock({ $0.newest?.kept }).map({ MemoryHint($0) }) {
        kept.store(hint.kept, ordering: .relaxed)
        content.store(hint.content, ordering: .relaxed)
      }
      tier.store(memory.number, ordering: .releasing)
    }
    return found
  }
}
