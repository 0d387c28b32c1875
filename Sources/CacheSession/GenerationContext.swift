import CacheIdentity
import SourceCodec
import Synchronization

/// What a run of a generator asked, each question once. Not generic: it is touched for every question of every source.
private struct RecordedEdges {
  var edges: [Edge] = []
  /// The same; filled once there are so many that looking through them would cost more than hashing.
  private var seen: Set<Edge> = []
  var declaredRange: ClosedRange<HostWorld>?

  mutating func insert(_ edge: Edge) {
    if edges.isEmpty { edges.reserveCapacity(4) }
    if edges.count < 16 {
      if edges.contains(where: { $0.answer == edge.answer && $0.question == edge.question }) { return }
    } else {
      if seen.isEmpty { seen = Set(edges) }
      guard seen.insert(edge).inserted else { return }
    }
    edges.append(edge)
  }
}

/// What a generator sees of the session while it runs: the world, a place to record edges, and nested requests.
///
/// One context belongs to one run of a generator, and to the thread that runs it.
public final class GenerationContext<Source: SourceCodable>: Sendable {
  /// The host world in which to generate: definitions made later do not exist here (B2).
  public let world: HostWorld
  let chain: FlightChain
  @usableFromInline let session: CacheSession<Source>
  private let recorded = Mutex(RecordedEdges())

  init(session: CacheSession<Source>, world: HostWorld, chain: FlightChain) {
    self.session = session
    self.world = world
    self.chain = chain
  }

  /// Records that the generator asked `question` and was told `answer`. Repetitions are dropped. O(1).
  public func record(_ question: Question, _ answer: Answer) {
    recorded.withLock { $0.insert(Edge(question, answer)) }
  }

  /// The generated source of another instance; its digest becomes an edge of the source that is being generated (C6).
  ///
  /// If the inner generator is not cached, or throws, or its source was not to enter the store, what it asked and declared
  /// becomes this generator's. A generator that asks the session itself instead leaves no edge.
  @inlinable
  public func source<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner, generator: Generator
  ) throws -> Source? where Generator.Source == Source {
    if let node = session.place(of: instance, owner, generator), let hit = session.memoryHit(node, in: world) {
      record(hit, of: instance)
      return hit.source
    }
    return try session.sourceFromBelow(for: instance, owner: owner, generator: generator, in: world, nested: self)
  }

  /// Records that a source was served: the question about it, or what it rests on itself if the store was not to have it.
  @usableFromInline
  func record(_ served: ServedSource<Source>, of instance: some MethodInstance) {
    if let basis = served.kept.directBasis { return takeOver(basis.edges, basis.declaredRange) }
    record(.source(served.kept.key, specialization: instance.specialization), served.kept.answer)
  }

  var edges: [Edge] { recorded.withLock { $0.edges } }
  /// What was recorded, and the declared range: see ``declaredRange``.
  var asked: (edges: [Edge], declaredRange: ClosedRange<HostWorld>?) {
    recorded.withLock { ($0.edges, $0.declaredRange) }
  }

  /// The worlds for which all vouch that declared any; `nil` if nobody did.
  var declaredRange: ClosedRange<HostWorld>? { recorded.withLock(\.declaredRange) }

  /// Takes in a declared range, which must contain ``world``.
  func narrow(to range: ClosedRange<HostWorld>) {
    recorded.withLock { $0.declaredRange = $0.declaredRange?.clamped(to: range) ?? range }
  }

  /// Takes over what another run in the same world asked and declared.
  func takeOver(_ other: GenerationContext) { takeOver(other.edges, other.declaredRange) }

  private func takeOver(_ edges: [Edge], _ declaredRange: ClosedRange<HostWorld>?) {
    for edge in edges { record(edge.question, edge.answer) }
    if let declaredRange { narrow(to: declaredRange) }
  }
}
