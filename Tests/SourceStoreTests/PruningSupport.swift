import CacheIdentity
import SourceCodec
import SourceStore

/// A reference host without a session: bindings in every world so far, and functions whose source is made from bindings and
/// from other functions' sources. It knows the right source of every function in every world.
struct Orchard {
  /// What a function's source is made from, in this order.
  enum Part: Hashable {
    case binding(String)
    case source(String)
  }

  let store: SourceStore
  let lineage: String
  let functions: [String: [Part]]
  private(set) var id = LineageID(0)
  private(set) var head = WorldAge.first
  /// The bindings in each world of the store.
  private(set) var worlds: [WorldAge: [String: String]] = [:]
  private(set) var generated: [String] = []

  init(
    _ store: SourceStore, lineage: String = "main", bindings: [String: String], functions: [String: [Part]]
  ) throws {
    self.store = store
    self.lineage = lineage
    self.functions = functions
    try become(bindings)
  }

  mutating func define(_ changes: [String: String?]) throws {
    var bindings = worlds[head] ?? [:]
    for (name, value) in changes { bindings[name] = value }
    try become(bindings)
  }

  private mutating func become(_ bindings: [String: String]) throws {
    var state = StateDigest()
    for (name, value) in bindings { state.insert(digest("binding", name + "=" + value)) }
    let change = DefinitionChange(state: state.digest, from: nil, cause: "define \(bindings.sorted { $0 < $1 })")
    let attachment = try store.advance(lineage: lineage, to: change) { question in
      guard case .binding(_, let name) = question else { return nil }
      return answer(bindings[name])
    }
    id = attachment.lineage
    head = attachment.world
    worlds[head] = bindings
  }

  /// What a function's source is in a world.
  func truth(_ function: String, at world: WorldAge) -> String {
    let parts = functions[function, default: []].map { part in
      switch part {
      case .binding(let name): worlds[world]?[name] ?? "undefined"
      case .source(let inner): truth(inner, at: world)
      }
    }
    return "\(function)(\(parts.joined(separator: ",")))"
  }

  func key(_ function: String) -> SourceKey {
    SourceKey(
      methodHash: SourceKey.methodHash(
        definition: digest("definition", function), fingerprint: fingerprint(function), codec: "text/1"),
      instance: digest("instance", function), owner: Owner.native.digest)
  }

  func fingerprint(_ function: String) -> GeneratorFingerprint {
    GeneratorFingerprint(generator: functions[function, default: []].isEmpty ? "constant" : "orchard", version: "1")
  }

  /// What the store has for a function in a world.
  func stored(_ function: String, at world: WorldAge) throws -> String? {
    try store.lookup(key(function), lineage: id, world: world)?.source?.open(TextSource.self).text
  }

  /// Serves a function at the head: from the store, or by generating and storing it.
  @discardableResult
  mutating func serve(_ function: String) throws -> String {
    if let stored = try stored(function, at: head) { return stored }
    var edges: [Edge] = []
    for part in functions[function, default: []] {
      switch part {
      case .binding(let name):
        edges.append(Edge(.binding(module: "Orchard", name: name), answer(worlds[head]?[name])))
      case .source(let inner):
        let source = EncodedSource(TextSource(try serve(inner)))
        edges.append(
          Edge(
            .source(key(inner), specialization: inner + "()"),
            Answer(digest: source.digest, subject: "generated source")))
      }
    }
    generated.append(function)
    let text = truth(function, at: head)
    let trace = NewTrace(
      key: key(function),
      method: MethodDescription(
        module: "Orchard", table: "global", signature: Signature(function: function, arguments: "()"),
        location: "orchard:1:1"),
      generator: fingerprint(function), owner: .native, specialization: function + "()", world: head, edges: edges,
      source: EncodedSource(TextSource(text)),
      provenance: Provenance(
        process: .current, generatedAt: Int64(generated.count), generationNanoseconds: 1_000_000))
    _ = try store.insert([trace], into: id)
    return text
  }

  /// The trace that serves a function at the head.
  func trace(_ function: String) throws -> TraceID? { try store.lookup(key(function), lineage: id, world: head)?.trace }

  /// Everything that the store has, in any world, and that is not what it should be.
  func wrongHits() throws -> [String] {
    var wrong: [String] = []
    for world in worlds.keys.sorted() {
      for function in functions.keys.sorted() {
        guard let stored = try stored(function, at: world), stored != truth(function, at: world) else { continue }
        wrong.append("\(lineage) \(world): \(function) is \(stored) instead of \(truth(function, at: world))")
      }
    }
    return wrong
  }

  private func answer(_ value: String?) -> Answer {
    value.map { Answer(digest: digest("value", $0), subject: $0) } ?? .none
  }

  private func digest(_ domain: String, _ text: String) -> Digest {
    var builder = DigestBuilder(domain: domain)
    builder.add("text", text)
    return builder.finalize()
  }
}

/// A small generator of random numbers that gives the same ones each time.
struct FixedRandom: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
