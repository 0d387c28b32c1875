import CacheIdentity
import SourceCodec
import Synchronization

/// What a generator sees of the session while it runs: the world, a place to record edges, and nested requests.
///
/// One context belongs to one run of a generator, and to the thread that runs it.
public final class GenerationContext<Source: SourceCodable>: Sendable {
  /// The host world in which to generate: definitions made later do not exist here (B2).
  public let world: HostWorld
  private let session: CacheSession<Source>
  private let edges = Mutex<[Edge]>([])

  init(session: CacheSession<Source>, world: HostWorld) {
    self.session = session
    self.world = world
  }

  /// Records that the generator asked `question` and was told `answer`. Repetitions are dropped.
  public func record(_ question: Question, _ answer: Answer) {
    edges.withLock { $0.append(Edge(question, answer)) }
  }

  /// The generated source of another instance; its digest becomes an edge of the source that is being generated (C6).
  public func source<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner, generator: Generator
  ) throws -> Source? where Generator.Source == Source {
    try session.source(for: instance, owner: owner, generator: generator, at: world)
  }
}
