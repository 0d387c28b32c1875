import CacheIdentity
import SourceCodec
import SourceStore

/// Traces that fit together, made at random: every question has one answer, every source question an inner trace.
public struct RandomTraces {
  /// Goes on with random numbers where making the traces ended.
  public var generator: SeededGenerator
  /// The traces.
  public private(set) var traces: [NewTrace] = []

  /// Makes traces; equal seeds give equal ones.
  public init(seed: UInt64, count: Int) {
    generator = SeededGenerator(seed: seed)
    let methods = max(1, count / 3)
    var made: [NewTrace] = []
    for number in 0..<count {
      let method = Int.random(in: 0..<methods, using: &generator)
      let owner = Bool.random(using: &generator) ? Owner.native : Owner("overlay \(number % 3)")
      let specialization = "f\(method)(T\(number), Array{Float64})"
      let isDeclined = Int.random(in: 0..<8, using: &generator) == 0
      made.append(
        NewTrace(
          key: SourceKey(
            methodHash: digest("method \(method)"), instance: digest("instance \(number)"), owner: owner.digest),
          method: MethodDescription(
            module: "Main", table: "global", signature: Signature(function: "f\(method)", arguments: "(Any, Any)"),
            location: "main.ir:\(method):1"),
          generator: GeneratorFingerprint(generator: "g\(method % 2)", version: "1"), owner: owner,
          specialization: specialization, world: WorldAge(Int64.random(in: 1...7, using: &generator)), edges: [],
          source: isDeclined ? nil : source(number), provenance: provenance()))
    }
    for number in made.indices { made[number].edges = edges(of: number, in: made) }
    traces = made
  }

  private mutating func source(_ number: Int) -> EncodedSource {
    let words = ["load", "store", "call sin", "return", "goto 7", "phi"]
    var text = ""
    for _ in 0..<Int.random(in: 0...30, using: &generator) { text += words.randomElement(using: &generator) ?? "" }
    return EncodedSource(codec: number % 5 == 0 ? "other/2" : "text/1", payload: Array(text.utf8))
  }

  private mutating func provenance() -> Provenance {
    Provenance(
      process: ProcessIdentity(
        host: "host", pid: Int32.random(in: 1...3, using: &generator), program: "program", startedAt: 1000),
      generatedAt: Int64.random(in: 0...2_000_000_000_000, using: &generator),
      generationNanoseconds: Int64.random(in: 0...1_000_000, using: &generator))
  }

  private mutating func edges(of number: Int, in made: [NewTrace]) -> [Edge] {
    var edges: [Edge] = []
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      let other = made[Int.random(in: 0..<made.count, using: &generator)]
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: edges.append(Edge(.source(other.key, specialization: other.specialization), other.sourceAnswer))
      case 1: edges.append(RandomTraces.edge(.binding(module: "Main", name: "b\(number % 7)")))
      case 2:
        let signature = Signature(function: "f\(number % 11)", arguments: "(T\(number % 5))")
        edges.append(RandomTraces.edge(.lookup(table: "global", signature: signature)))
      case 3:
        let signature = Signature(function: "f\(number % 11)", arguments: "(Any)")
        edges.append(RandomTraces.edge(.method(table: "overlay", signature: signature)))
      default:
        let own = made[number]
        let function = own.method.signature.function
        let arguments = String(own.specialization.dropFirst(function.count))
        edges.append(
          RandomTraces.edge(.dispatch(table: "global", signature: Signature(function: function, arguments: arguments))))
      }
    }
    return edges
  }

  /// An edge with the first answer to a question.
  public static func edge(_ question: Question) -> Edge { Edge(question, answer(to: question)) }

  /// An answer to a question; versions give different ones.
  public static func answer(to question: Question, version: Int = 0) -> Answer {
    Answer(digest: digest("\(question.digest) \(version)"), subject: "answer to \(question)")
  }
}

/// splitmix64: the same numbers for the same seed, everywhere.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts from a seed.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

/// A digest of a text.
public func digest(_ text: String) -> Digest {
  var builder = DigestBuilder(domain: "test")
  builder.add("text", text)
  return builder.finalize()
}
