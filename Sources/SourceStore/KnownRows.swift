import CacheIdentity

/// What a reader has looked up of a file in which nobody commits meanwhile.
struct KnownRows {
  var methods = DigestTable<Table.Method>()
  var owners = DigestTable<Table.Owner>()
  /// Few, like the lineages that one process reads: they are searched one by one.
  var codecs: [(id: Int64, name: CodecName)] = []
  var heads: [(lineage: LineageID, head: WorldAge)] = []

  /// The ids of a key's parts, as far as they were looked up.
  func ids(of key: SourceKey) -> (method: MethodID?, owner: OwnerID?) { (methods[key.methodHash], owners[key.owner]) }

  func codec(_ id: Int64) -> CodecName? {
    for codec in codecs where codec.id == id { return codec.name }
    return nil
  }

  func head(of lineage: LineageID) -> WorldAge? {
    for known in heads where known.lineage == lineage { return known.head }
    return nil
  }
}

/// Ids by digest, for a hit. A `Dictionary` hashes each digest with a keyed hash, which costs more than the rest of what it does.
///
/// Invariant: at most half of the slots are taken, so a search ends. Ids of rows begin at 1; a slot with 0 is free.
struct DigestTable<Row> {
  /// How many it holds before it begins anew: memory stays bounded, and what is dropped is looked up again.
  private static var limit: Int { 1 << 17 }

  private struct Slot {
    var digest: Digest
    var id: Int64
  }

  private var slots: [Slot] = []
  private var count = 0

  /// The id under a digest; `nil` if none was added.
  subscript(digest: Digest) -> RowID<Row>? {
    if slots.isEmpty { return nil }
    var position = start(digest)
    while slots[position].id != 0 {
      if slots[position].digest == digest { return RowID(slots[position].id) }
      position = (position + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds an id under a digest that has none.
  mutating func add(_ id: RowID<Row>, under digest: Digest) {
    if count == DigestTable.limit { removeAll() }
    if 2 * (count + 1) > slots.count { grow() }
    var position = start(digest)
    while slots[position].id != 0 { position = (position + 1) & (slots.count - 1) }
    slots[position] = Slot(digest: digest, id: id.number)
    count += 1
  }

  mutating func removeAll() { (slots, count) = ([], 0) }

  // Digests are uniform.
  private func start(_ digest: Digest) -> Int { Int(truncatingIfNeeded: digest.low) & (slots.count - 1) }

  private mutating func grow() {
    let kept = slots
    slots = Array(repeating: Slot(digest: Digest(high: 0, low: 0), id: 0), count: max(64, 2 * kept.count))
    count = 0
    for slot in kept where slot.id != 0 { add(RowID(slot.id), under: slot.digest) }
  }
}
