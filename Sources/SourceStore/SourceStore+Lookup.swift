import CacheIdentity
import SourceCodec

/// What a hit in the store gives.
public struct StoredSource: Hashable, Sendable {
  /// The trace that was found, for counting its use.
  public let trace: TraceID
  /// The worlds in which it holds.
  public let range: WorldRange
  /// The source, verified by its row's seal (W9); `nil` if the generator declined.
  public let source: EncodedSource?
}

extension SourceStore {
  /// The source of a key in a world of a lineage; `nil` on a miss.
  ///
  /// Takes no write lock and writes nothing (W11). A hit reads two B-trees in a read transaction that is kept between
  /// lookups; only a miss looks again in a new one, unless the kept one is at most a millisecond old and this process has
  /// committed nothing since. A row or source that is damaged throws
  /// ``StoreError/Problem/damaged`` and is never served (W12).
  public func lookup(_ key: SourceKey, lineage: LineageID, world: WorldAge) throws(StoreError) -> StoredSource? {
    guard let readers else {
      return try withWriter { connection throws(StoreError) in
        defer { connection.stopLookup() }
        return try Reader(connection).find(key, lineage, world)
      }
    }
    return try readers.withReader { reader throws(StoreError) in
      try reader.begin()
      if let found = try reader.find(key, lineage, world) { return found }
      if reader.isRecent { return nil }
      try reader.renew()
      return try reader.find(key, lineage, world)
    }
  }
}

extension SourceStore {
  /// Does what the first lookup would have to do otherwise: opens a connection and compiles its statements. About 0.3 ms.
  public func prepareLookups() throws(StoreError) {
    try readers?.withReader { reader throws(StoreError) in
      try reader.begin()
      try reader.prepare()
    }
  }
}

extension Reader {
  /// Runs what lookups run, for a key that cannot be there.
  fileprivate func prepare() throws(StoreError) {
    let nothing = Digest(high: 0, low: 0)
    let key = KeyRow(method: MethodID(0), instance: nothing, owner: OwnerID(0))
    _ = try (methodID(nothing), ownerID(nothing), find(key, LineageID(0), .first), head(of: LineageID(0)))
    _ = try (connection.keyRow(SourceKey(methodHash: nothing, instance: nothing, owner: nothing)))
    _ = try (connection.isQuarantined(key), connection.traces(of: key))
  }

  fileprivate func find(
    _ key: SourceKey, _ lineage: LineageID, _ world: WorldAge
  ) throws(StoreError) -> StoredSource? {
    var (method, owner) = known.ids(of: key)
    if method == nil { method = try methodID(key.methodHash) }
    if owner == nil { owner = try ownerID(key.owner) }
    guard let method, let owner else { return nil }
    return try find(KeyRow(method: method, instance: key.instance, owner: owner), lineage, world)
  }

  private func find(
    _ key: KeyRow, _ lineage: LineageID, _ world: WorldAge
  ) throws(StoreError) -> StoredSource? {
    guard let (statement, range) = try connection.runningLookup().find(key, lineage, world) else { return nil }
    if range.isOpen {
      guard let head = try head(of: lineage), world <= head else { return nil }
    }
    let trace: TraceID = statement.id(2)
    // Not there if the generator declined, or if the row is lost: the seal tells.
    let digest = try statement.digestIfPresent(4)
    guard statement.int(3) == Seal.of(key, lineage: lineage, range: range, trace: trace, source: digest) else {
      throw connection.damaged("the seal of code instance \(key.instance.abbreviated) at \(range) is broken")
    }
    guard let digest else { return StoredSource(trace: trace, range: range, source: nil) }
    let content = statement.content(of: digest, 5)
    // Pruned: its digest is still needed by what was built from it, its bytes are gone.
    if content.bytes.isEmpty, statement.isNull(9) { return nil }
    return StoredSource(trace: trace, range: range, source: try connection.source(content, codec: codec(content.codec)))
  }

  private func methodID(_ hash: Digest) throws(StoreError) -> MethodID? {
    let id = try connection.methodID(hash)
    if let id { known.methods.add(id, under: hash) }
    return id
  }

  private func ownerID(_ digest: Digest) throws(StoreError) -> OwnerID? {
    let id: OwnerID? = try connection.first(
      "SELECT id FROM owner WHERE digest = ?1", digest
    ) { $0.id(0) }
    if let id { known.owners.add(id, under: digest) }
    return id
  }

  private func codec(_ id: Int64) -> CodecName {
    if let name = known.codec(id) { return name }
    // A name that cannot be read is no name: the seal, which covers it, will not match.
    let name = CodecName((try? connection.first("SELECT name FROM codec WHERE id = ?", id) { $0.text(0) }) ?? "")
    known.codecs.append((id, name))
    return name
  }
}
