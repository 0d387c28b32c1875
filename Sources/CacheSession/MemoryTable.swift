import CPrefetch
import CacheIdentity
import Synchronization

/// Finds the nodes of requests: a hash table to which nodes are added and from which none is taken, so that looking something up
/// takes no lock. Made for keys that are digests: words of them are the hash.
final class MemoryTable: Sendable {
  /// Invariant: the node is written last, so whoever sees it sees its hash.
  private struct Slot: ~Copyable {
    let hash = Atomic<UInt64>(0)
    let node = Atomic<UnsafeMutablePointer<Atomic<Bool>>?>(nil)
    /// Where what a hit reads after the node was last. Only ever fetched, for nobody says whether it is still there.
    let kept = Atomic<UInt>(0)
    let content = Atomic<UInt>(0)
  }

  /// A power of two of slots, at most half of them taken.
  ///
  /// Invariant of `Sendable`: the three numbers never change, and the slots that they lead to are atomics.
  private final class Slots: @unchecked Sendable {
    let base: UnsafeMutablePointer<Slot>
    /// By how many bits a hash is too long for a position.
    let shift: UInt64
    let mask: Int

    init(bits: Int) {
      shift = UInt64(64 - bits)
      mask = 1 << bits - 1
      base = .allocate(capacity: 1 << bits)
      for position in 0...mask { (base + position).initialize(to: Slot()) }
    }

    deinit {
      base.deinitialize(count: mask + 1)
      base.deallocate()
    }

    /// Has what a hit in a slot needs fetched all at once: each leads to the next, and would be waited for in turn.
    func fetch(_ position: Int, _ node: MemoryNode) {
      worldcache_prefetch(node.request)
      worldcache_prefetch(node.isLocked)
      MemoryHint(
        kept: base[position].kept.load(ordering: .relaxed), content: base[position].content.load(ordering: .relaxed)
      )
      .fetch()
    }

    /// Where a node is; `nil` if it is not here.
    func position(of node: MemoryNode) -> Int? {
      var position = Int(node.request.pointee.placement >> shift)
      while let found = base[position].node.load(ordering: .acquiring) {
        if found == node.isLocked { return position }
        position = (position + 1) & mask
      }
      return nil
    }

    func note(_ hint: MemoryHint, at position: Int) {
      base[position].kept.store(hint.kept, ordering: .relaxed)
      base[position].content.store(hint.content, ordering: .relaxed)
    }

    func insert(_ node: MemoryNode) {
      let hash = node.request.pointee.placement
      var position = Int(hash >> shift)
      while base[position].node.load(ordering: .relaxed) != nil { position = (position + 1) & mask }
      base[position].hash.store(hash, ordering: .relaxed)
      base[position].node.store(node.isLocked, ordering: .releasing)
    }
  }

  private struct Contents {
    /// All tables so far, for somebody may still look into one that has become too small. The last one is in use.
    var tables: [Slots]
    var nodes: [MemoryNode] = []
    /// The way back from a key that a tick closed.
    var byKey: [SourceKey: MemoryNode] = [:]
  }

  /// Room for a thousand requests: 64 KiB, written while a session opens. Growing means touching a fresh table and every node
  /// there is, and that would fall on some request.
  private static let firstBits = 11
  private let contents: Mutex<Contents>
  /// The table in use.
  private let current: Atomic<Unmanaged<Slots>>

  init() {
    let slots = Slots(bits: MemoryTable.firstBits)
    contents = Mutex(Contents(tables: [slots]))
    current = Atomic(.passUnretained(slots))
  }

  deinit {
    for node in contents.withLock({ $0.nodes }) { node.free() }
  }

  /// The node of a request, if it has one. Takes no lock.
  func find(_ request: RequestKey) -> MemoryNode? {
    // Tables live as long as this object.
    current.load(ordering: .acquiring)._withUnsafeGuaranteedRef { slots in
      let hash = request.placement
      var position = Int(hash >> slots.shift)
      while let node = slots.base[position].node.load(ordering: .acquiring) {
        if slots.base[position].hash.load(ordering: .relaxed) == hash {
          slots.fetch(position, MemoryNode(node))
          if MemoryNode(node).request.pointee == request { return MemoryNode(node) }
        }
        position = (position + 1) & slots.mask
      }
      return nil
    }
  }

  /// The node of a request, made if need be.
  func node(of request: RequestKey) -> MemoryNode {
    if let known = find(request) { return known }
    return contents.withLock { contents in
      if let known = find(request) { return known }
      let node = MemoryNode(request)
      add(node, to: &contents)
      return node
    }
  }

  /// The same, to be found by its key too.
  func node(of request: RequestKey, _ key: SourceKey) -> MemoryNode {
    let node = node(of: request)
    contents.withLock { $0.byKey[key] = node }
    return node
  }

  /// The node of a key under which one was asked for.
  func node(of key: SourceKey) -> MemoryNode? { contents.withLock { $0.byKey[key] } }

  /// Says what a hit of a node will read.
  func note(_ kept: any KeptSource, for node: MemoryNode) {
    current.load(ordering: .acquiring)._withUnsafeGuaranteedRef { slots in
      if let position = slots.position(of: node) { slots.note(MemoryHint(kept), at: position) }
    }
  }

  /// All nodes so far.
  var nodes: [MemoryNode] { contents.withLock(\.nodes) }

  private func add(_ node: MemoryNode, to contents: inout Contents) {
    contents.nodes.append(node)
    let slots = contents.tables[contents.tables.count - 1]
    if contents.nodes.count * 2 <= slots.mask { return slots.insert(node) }
    let larger = Slots(bits: 64 - Int(slots.shift) + 1)
    for node in contents.nodes {
      larger.insert(node)
      if let kept = node.withLock({ $0.newest?.kept }), let position = larger.position(of: node) {
        larger.note(MemoryHint(kept), at: position)
      }
    }
    contents.tables.append(larger)
    current.store(.passUnretained(larger), ordering: .releasing)
  }
}

/// Where a source in memory and its content are, or were.
struct MemoryHint {
  let kept: UInt
  let content: UInt

  init(kept: UInt, content: UInt) { (self.kept, self.content) = (kept, content) }

  init(_ kept: any KeptSource) {
    self.init(kept: UInt(bitPattern: ObjectIdentifier(kept)), content: kept.contentAddress)
  }

  func fetch() {
    worldcache_prefetch(UnsafeRawPointer(bitPattern: kept))
    // An array's head and its first bytes.
    worldcache_prefetch(UnsafeRawPointer(bitPattern: content))
    worldcache_prefetch(UnsafeRawPointer(bitPattern: content &+ 64))
  }
}

extension RequestKey {
  /// Where a hash table begins to look. Words of digests are uniform; what a host makes instead of digests is spread by
  /// the multiplication.
  fileprivate var placement: UInt64 { (definition.low ^ instance.high ^ owner.low) &* 0x9e37_79b9_7f4a_7c15 }
}
