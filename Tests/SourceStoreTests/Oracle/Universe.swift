import CacheIdentity
import SourceCodec

/// What each definition question is answered; `nil` if it cannot be answered.
typealias DefinitionVector = [Int?]

/// A small world of questions, and of keys whose generators are deterministic programs: what is asked next depends on the
/// answers so far. Keys of higher layers also ask for sources of lower ones.
struct Universe: Sendable {
  static let questionCount = 12
  static let keyCount = 12
  static let keysPerLayer = 4
  let seed: UInt64

  enum Edge: Hashable {
    case definition(Int, answer: Int)
    case source(Int, Digest)
  }

  struct Generation: Hashable {
    var edges: [Edge]
    /// `nil` if the generator declined.
    var text: String?

    var source: EncodedSource? { text.map { EncodedSource(TextSource($0)) } }
    var answer: Digest { source?.digest ?? Answer.none.digest }
  }

  /// A generator asked what has no answer here.
  struct Unanswerable: Error {}

  static let questions: [Question] = (0..<questionCount).map { number in
    let signature = Signature(function: "f\(number / 6)", arguments: "(T\(number))")
    return switch number % 4 {
    case 0: .method(table: "global", signature: signature)
    case 1: .dispatch(table: "global", signature: signature)
    case 2: .lookup(table: "overlay", signature: signature)
    default: .binding(module: "Main", name: "b\(number)")
    }
  }
  static let numbers = Dictionary(uniqueKeysWithValues: zip(questions, 0...))

  /// Keys differ in method, only in instance, or only in owner.
  static let keys: [SourceKey] = (0..<keyCount).map { number in
    SourceKey(
      methodHash: digest("method \(number / 3)"), instance: digest("instance \(number % 3 == 1)"),
      owner: owner(number).digest)
  }
  static func owner(_ key: Int) -> Owner { key % 3 == 2 ? Owner("other") : .native }
  static let keyNumbers = Dictionary(uniqueKeysWithValues: zip(keys, 0...))

  static func question(of edge: Edge) -> Question {
    switch edge {
    case .definition(let number, _): questions[number]
    case .source(let key, _): .source(keys[key], specialization: "key \(key)")
    }
  }

  static func answer(_ answer: Int, to question: Int) -> Answer {
    Answer(digest: digest("answer \(answer) to \(question)"), subject: "\(answer)")
  }

  static func state(_ definitions: DefinitionVector) -> Digest {
    var state = StateDigest()
    for (question, answer) in definitions.enumerated() { state.insert(digest("\(question) \(answer ?? -1)")) }
    return state.digest
  }

  func answerCount(_ question: Int) -> Int { 2 + Int(mix(seed, UInt64(question)) % 2) }

  /// Runs the generator of a key.
  func generate(
    _ key: Int, in definitions: DefinitionVector, inner: (Int) throws -> Digest
  ) throws -> Generation {
    var state = mix(seed, UInt64(key) &+ 1000)
    var edges: [Edge] = []
    let lower = key / Universe.keysPerLayer * Universe.keysPerLayer
    for step in 0..<Int(state % 5) {
      state = mix(state, UInt64(step))
      let choice = Int(state >> 16 & 0xffff)
      if lower > 0, state % 2 == 0 {
        let digest = try inner(choice % lower)
        edges.append(.source(choice % lower, digest))
        state = mix(state, digest.low)
      } else {
        let question = choice % Universe.questionCount
        guard let answer = definitions[question] else { throw Unanswerable() }
        edges.append(.definition(question, answer: answer))
        state = mix(state, UInt64(answer))
      }
      if state % 6 == 0 { break }
    }
    // Few different texts: another answer often leads to the same source (C7), and keys share sources.
    let text = state % 7 == 0 ? nil : "\(key % 2 == 0 ? "shared" : "key \(key)") variant \(state % 3)"
    return Generation(edges: edges, text: text)
  }

  /// What the generator of a key gives in a state, by recursion alone.
  func truth(_ key: Int, in definitions: DefinitionVector) -> Generation? {
    try? generate(key, in: definitions) { inner in
      guard let generation = truth(inner, in: definitions) else { throw Unanswerable() }
      return generation.answer
    }
  }

  private func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    var generator = SeededGenerator(seed: left ^ (right &* 0xd129_0d3b_3c5f_4a31))
    return generator.next()
  }
}
