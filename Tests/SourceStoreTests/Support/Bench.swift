import CacheIdentity
import SourceCodec
import Testing

@testable import SourceStore

import struct SourceStore.Attachment

/// What ``SourceStore/advance(lineage:to:answering:)`` returns; `Testing` has an `Attachment` too.
typealias SourceStoreAttachment = Attachment

/// A host in miniature, attached to a lineage of a store: bindings `Main.name` hold texts, and what a generator would have
/// asked is said by hand.
struct Bench {
  let store: SourceStore
  let lineageName: String
  var definitions: [String: String]
  private(set) var lineage = LineageID(0)
  /// The world that the host is in.
  private(set) var world = WorldAge.first

  /// Attaches.
  init(_ store: SourceStore, lineage: String = "main", _ definitions: [String: String]) throws {
    self.store = store
    self.definitions = definitions
    lineageName = lineage
    try attach()
  }

  init(_ definitions: [String: String]) throws { try self.init(SourceStore(.memory), definitions) }

  var state: Digest {
    var state = StateDigest()
    for (name, value) in definitions { state.insert(digest("\(name)=\(value)")) }
    return state.digest
  }

  static func question(_ name: String) -> Question { .binding(module: "Main", name: name) }
  static func answer(_ value: String) -> Answer { Answer(digest: digest("value " + value), subject: value) }

  func answer(_ question: Question) -> Answer? {
    guard case .binding(_, let name) = question else { return nil }
    return definitions[name].map(Bench.answer)
  }

  /// Attaches anew, as a process that has just started.
  @discardableResult
  mutating func attach() throws -> Attachment {
    try take(
      store.advance(lineage: lineageName, to: DefinitionChange(state: state, cause: "attach"), answering: answer))
  }

  /// Changes definitions (`nil` deletes) and takes that in as one tick, asking about nothing else.
  @discardableResult
  mutating func define(_ changes: [String: String?]) throws -> Attachment {
    for (name, value) in changes { definitions[name] = value }
    let subjects = Set(changes.keys.map { Subject.binding(module: "Main", name: $0) })
    return try take(
      store.advance(
        lineage: lineageName, to: DefinitionChange(state: state, from: world, subjects: subjects, cause: "define"),
        answering: answer))
  }

  private mutating func take(_ attachment: Attachment) -> Attachment {
    lineage = attachment.lineage
    world = attachment.world
    return attachment
  }

  /// What the source of a key is called by those who ask for it.
  static func source(of key: String, owner: Owner = .native) -> Question {
    .source(self.key(key, owner: owner), specialization: key)
  }

  static func key(_ name: String, owner: Owner = .native) -> SourceKey {
    SourceKey(methodHash: digest("method " + name), instance: digest("instance " + name), owner: owner.digest)
  }

  /// A generation in the host's world, or an older one.
  func trace(
    _ name: String, asking names: [String] = [], inner: [String: String?] = [:], giving text: String?,
    owner: Owner = .native, at world: WorldAge? = nil, declared: WorldRange = .all
  ) -> NewTrace {
    var edges = names.compactMap { name in definitions[name].map { Edge(Bench.question(name), Bench.answer($0)) } }
    for (key, text) in inner.sorted(by: { $0.key < $1.key }) {
      let answer = text.map { Answer(digest: EncodedSource(TextSource($0)).digest, subject: "generated source") }
      edges.append(Edge(Bench.source(of: key, owner: owner), answer ?? .none))
    }
    return NewTrace(
      key: Bench.key(name, owner: owner),
      method: MethodDescription(
        module: "Main", table: "global", signature: Signature(function: name, arguments: "(Int64)"), location: "test:1"),
      generator: GeneratorFingerprint(generator: "test", version: "1"), owner: owner, specialization: "\(name)(Int64)",
      world: world ?? self.world, declared: declared, edges: edges, source: text.map { EncodedSource(TextSource($0)) },
      provenance: Provenance(process: .current, generatedAt: 1, generationNanoseconds: 1000))
  }

  @discardableResult
  func insert(_ traces: NewTrace...) throws -> [InsertOutcome] { try store.insert(traces, into: lineage) }

  /// The range of one generation that must be stored.
  @discardableResult
  func stored(_ trace: NewTrace, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    guard case .stored(_, let range) = try insert(trace)[0] else {
      Issue.record("refused", sourceLocation: sourceLocation)
      return ""
    }
    return range.description
  }

  func lookup(_ name: String, owner: Owner = .native, at world: WorldAge? = nil) throws -> StoredSource? {
    try store.lookup(Bench.key(name, owner: owner), lineage: lineage, world: world ?? self.world)
  }

  /// The text that a lookup serves; `nil` on a miss. A declined generation is "declined".
  func served(_ name: String, owner: Owner = .native, at world: WorldAge? = nil) throws -> String? {
    try lookup(name, owner: owner, at: world).map { $0.source.map { $0.text ?? "undecodable" } ?? "declined" }
  }

  /// The range that a lookup finds, such as `1...∞`; `nil` on a miss.
  func range(_ name: String, at world: WorldAge? = nil) throws -> String? {
    try lookup(name, at: world)?.range.description
  }

  /// What the last tick closed: specialization, depth, and the answer that ended.
  func invalidations() throws -> [String] {
    try store.read { connection throws(StoreError) in
      try connection.all(
        """
        SELECT g.specialization || ' ' || i.depth || ' ' || s.subject FROM invalidation i
        JOIN generation g ON g.trace = i.trace JOIN answered s ON s.answer = i.answer
        WHERE i.lineage = ? AND i.world = ? ORDER BY i.position
        """, lineage, world
      ) { $0.text(0) }
    }
  }

  /// Every rule holds.
  func verify(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let violations = try store.verify()
    #expect(violations.isEmpty, "\(violations.map(\.description))", sourceLocation: sourceLocation)
  }
}
