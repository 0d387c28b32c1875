import CacheIdentity
import SourceCodec
import SourceStore

/// One of a few states of definitions: a value for each of a few bindings.
public struct CrashState: Hashable, Sendable {
  /// How many states there are.
  public static let count = 6
  static let bindings = 8

  /// Which one.
  public let number: Int

  /// Makes a state; `number` is below ``count``.
  public init(number: Int) { self.number = number }

  /// All of them.
  public static let all = (0..<count).map { CrashState(number: $0) }

  /// The digest of all bindings.
  public var digest: Digest { text("crash.state", "\(number)") }

  func value(of binding: Int) -> Int { (number + binding) * (number + 2) % 3 }

  /// Answers a question about a binding.
  public func answer(_ question: Question) -> Answer? {
    guard case .binding("Crash", let name) = question, let binding = Int(name) else { return nil }
    let value = value(of: binding)
    return Answer(digest: text("crash.value", "\(value)"), subject: "\(value)")
  }
}

/// A key whose source is a function of the state: it reads two bindings, and every fifth also another key's source.
public struct CrashKey: Hashable, Sendable {
  /// How many keys there are.
  public static let count = 60

  /// Which one.
  public let number: Int

  /// Makes a key; `number` is below ``count``.
  public init(number: Int) { self.number = number }

  /// All of them.
  public static let all = (0..<count).map { CrashKey(number: $0) }

  private var inner: CrashKey? { number % 5 == 4 ? CrashKey(number: number - 1) : nil }
  private var bindings: [Int] { [number % CrashState.bindings, (3 * number + 1) % CrashState.bindings] }
  private var name: String { "key\(number)" }
  private static let generator = GeneratorFingerprint(generator: "crash", version: "1")

  /// What the source is looked up by.
  public var key: SourceKey {
    // Any digest will do, but it must stay: stores of every format are kept under it.
    var method = DigestBuilder(domain: "worldcache.method-hash.v1")
    method.add("definition", text("crash.method", name))
    method.add("generator", CrashKey.generator.generator)
    method.add("fingerprint", CrashKey.generator.version)
    return SourceKey(
      methodHash: method.finalize(), instance: text("crash.instance", name), owner: Owner.native.digest)
  }

  /// The one right source in a state.
  public func source(in state: CrashState) -> EncodedSource {
    let read = bindings.map { "\(state.value(of: $0))" }.joined(separator: ",")
    let inner = inner.map { " from \($0.source(in: state).digest)" } ?? ""
    return EncodedSource(CrashSource(text: "\(name) reads \(read)\(inner)"))
  }

  /// The generations of this key in a state, inner ones first.
  public func traces(in state: CrashState, world: WorldAge) -> [NewTrace] {
    var edges: [Edge] = bindings.compactMap { binding in
      let question = Question.binding(module: "Crash", name: "\(binding)")
      return state.answer(question).map { Edge(question, $0) }
    }
    if let inner {
      let answer = Answer(digest: inner.source(in: state).digest, subject: "generated source")
      edges.append(Edge(.source(inner.key, specialization: inner.name), answer))
    }
    let trace = NewTrace(
      key: key,
      method: MethodDescription(
        module: "Crash", table: "global", signature: Signature(function: name, arguments: "()"), location: "crash:1:1"),
      generator: CrashKey.generator, owner: .native, specialization: name, world: world, edges: edges,
      source: source(in: state),
      provenance: Provenance(process: .current, generatedAt: ProcessIdentity.now, generationNanoseconds: 1000))
    return (inner?.traces(in: state, world: world) ?? []) + [trace]
  }
}

private struct CrashSource: SourceCodable {
  static let codec = CodecIdentity(name: "crash", version: 1)
  var text: String
  init(text: String) { self.text = text }
  init(from reader: inout ByteReader) throws(DecodingFailure) { text = try reader.readText() }
  func encode(into writer: inout ByteWriter) { writer.write(text: text) }
}

/// Random numbers that a seed repeats (splitmix64).
public struct CrashRandom {
  private var state: UInt64

  /// Starts a sequence.
  public init(seed: UInt64) { state = seed }

  /// The next number from 0 to below `bound`.
  public mutating func next(below bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((word ^ (word >> 31)) % UInt64(bound))
  }
}

private func text(_ domain: String, _ content: String) -> Digest {
  var builder = DigestBuilder(domain: domain)
  builder.add("text", content)
  return builder.finalize()
}
