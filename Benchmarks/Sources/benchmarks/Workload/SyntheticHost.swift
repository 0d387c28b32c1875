import Synchronization
import WorldCache

/// A source that is nothing but bytes.
struct Blob: SourceCodable, Hashable {
  static let codec = CodecIdentity(name: "blob", version: 1)

  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }
  init(from reader: inout ByteReader) throws(DecodingFailure) { bytes = Array(try reader.readData()) }
  func encode(into writer: inout ByteWriter) { writer.write(data: bytes) }
}

/// What a source of a ``Workload`` is generated for. Keeps its digests, as hosts do.
struct SyntheticInstance: MethodInstance {
  let index: Int
  let definition: Digest
  let instance: Digest

  init(index: Int) {
    self.index = index
    definition = SyntheticInstance.digest("method", index / 2)
    instance = SyntheticInstance.digest("instance", index)
  }

  var method: MethodDescription {
    MethodDescription(
      module: "Main", table: "global", signature: Signature(function: "function\(index / 2)", arguments: "(Number)"),
      location: "synthetic.ir:\(index / 2):1")
  }
  var specialization: String { "function\(index / 2)(\(index % 2 == 0 ? "Int64" : "Float64"))" }

  /// Digests without SHA-256: a million of them are made for each run.
  private static func digest(_ kind: String, _ index: Int) -> Digest {
    let seed = UInt64(index) << 8 | UInt64(kind.utf8.count)
    return Digest(high: SeededGenerator.mix(seed), low: SeededGenerator.mix(~seed))
  }
}

/// A host whose definitions are answered from their names, but for the watched ones, which change.
final class SyntheticDefinitions: DefinitionState {
  typealias Source = Blob

  private struct State {
    var versions: [String: Int]
    var digest = StateDigest()
  }

  private let current: Mutex<State>
  /// Asked for with each hit, so it takes no lock, as in hosts.
  private let newest = Atomic<UInt64>(1)

  init(watches: [Workload.Watch]) {
    var state = State(versions: Dictionary(uniqueKeysWithValues: watches.map { ($0.name, 0) }))
    for watch in watches { state.digest.insert(SyntheticDefinitions.definition(watch.name, version: 0)) }
    current = Mutex(state)
  }

  var world: HostWorld { HostWorld(newest.load(ordering: .acquiring)) }
  var state: Digest { current.withLock { $0.digest.digest } }

  func answer(_ question: Question) -> Answer? {
    var version = 0
    if case .binding(_, let name) = question {
      guard let known = current.withLock({ $0.versions[name] }) else { return nil }
      version = known
    }
    return SyntheticDefinitions.answer(question, version: version)
  }

  func request(_ request: SourceRequest, in context: GenerationContext<Blob>) {}

  /// Redefines a watched binding, and says what has changed.
  func define(_ name: String, version: Int) -> Subject {
    current.withLock { state in
      if let old = state.versions[name] {
        state.digest.remove(SyntheticDefinitions.definition(name, version: old))
      }
      state.versions[name] = version
      state.digest.insert(SyntheticDefinitions.definition(name, version: version))
      newest.add(1, ordering: .releasing)
    }
    return .binding(module: "Main", name: name)
  }

  static func question(_ number: Int) -> Question {
    .dispatch(table: "global", signature: Signature(function: "callee\(number)", arguments: "(Int64, Float64)"))
  }

  static func answer(_ question: Question, version: Int) -> Answer {
    var builder = DigestBuilder(domain: "benchmarks.answer")
    builder.add("question", question.digest)
    builder.add("version", Int64(version))
    return Answer(digest: builder.finalize(), subject: "\(question.subject), version \(version)")
  }

  private static func definition(_ name: String, version: Int) -> Digest {
    var builder = DigestBuilder(domain: "benchmarks.definition")
    builder.add("name", name)
    builder.add("version", Int64(version))
    return builder.finalize()
  }
}

/// Gives what was made before: it costs nothing, so that all that is measured is what the cache adds.
struct SyntheticGenerator: CachedGenerator {
  static let identity = GeneratorFingerprint(generator: "synthetic", version: "1")

  let name = identity.generator
  let version: String? = identity.version
  let sources: [Blob]
  let edges: [[Edge]]

  /// Makes the sources and edges of a workload, or of its first entries.
  init(_ workload: Workload, count: Int? = nil) {
    let indices = 0..<(count ?? workload.count)
    sources = indices.map(workload.source)
    edges = indices.map(workload.edges)
  }

  func generate(
    _ instance: SyntheticInstance, owner: Owner, context: GenerationContext<Blob>
  ) -> GeneratedSource<Blob> {
    for edge in edges[instance.index] { context.record(edge.question, edge.answer) }
    return GeneratedSource(sources[instance.index])
  }
}
