import CacheIdentity
import SourceCodec
import Testing

@Suite("C10: every shape of question has one encoding and one decoder")
struct QuestionsTests {
  static let key = SourceKey(
    methodHash: Digest(high: 1, low: 2), instance: Digest(high: 3, low: .max), owner: Digest(high: 0, low: 0))
  static let signature = Signature(function: "Main.f", arguments: "(Int64, Array{Float64})")
  static let all: [Question] = [
    .method(table: "global", signature: signature), .dispatch(table: "global", signature: signature),
    .lookup(table: "overlay Fast", signature: signature), .binding(module: "Main", name: "τ"),
    .source(key, specialization: "f(Int64)"), .binding(module: "", name: ""),
    .dispatch(table: "", signature: Signature(function: "", arguments: "")),
  ]

  @Test("A question survives its bytes", arguments: all)
  func roundTrip(question: Question) throws {
    #expect(try Question(encoded: question.encoded) == question)
  }

  @Test("All kinds are there, and different questions have different bytes and digests")
  func different() {
    #expect(Set(QuestionsTests.all.map(\.kind)) == Set(Question.Kind.allCases))
    #expect(Set(QuestionsTests.all.map(\.encoded)).count == QuestionsTests.all.count)
    #expect(Set(QuestionsTests.all.map(\.digest)).count == QuestionsTests.all.count)
  }

  @Test("The specialization of a source is a label: it is kept, and is no part of the identity")
  func labels() throws {
    let (one, other) = (
      Question.source(QuestionsTests.key, specialization: "f"), Question.source(QuestionsTests.key, specialization: "g")
    )
    #expect(one.digest == other.digest)
    #expect(one.encoded != other.encoded)
  }

  @Test("An unknown shape is an error, never skipped", arguments: [0, 6, 7, 42, 255] as [UInt8])
  func unknownTag(tag: UInt8) {
    var bytes = QuestionsTests.all[0].encoded
    bytes[0] = tag
    #expect(throws: DecodingFailure(.unknownTag(UInt64(tag), of: "question"), at: 0)) { try Question(encoded: bytes) }
  }

  @Test("Cut off anywhere, it is an error; with something behind it, too", arguments: all)
  func truncated(question: Question) {
    let bytes = question.encoded
    for count in bytes.indices {
      #expect(throws: DecodingFailure.self) { try Question(encoded: Array(bytes[..<count])) }
    }
    #expect(throws: DecodingFailure(.trailing(1), at: bytes.count)) { try Question(encoded: bytes + [0]) }
  }

  @Test("Whatever bits flip: an error, or another question with just these bytes", arguments: all)
  func flipped(question: Question) {
    let bytes = question.encoded
    for position in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[position] ^= 1 << UInt8(bit)
        guard let other = try? Question(encoded: flipped) else { continue }
        #expect(other != question && other.encoded == flipped)
      }
    }
  }

  @Test("Whatever the bytes are: an error, or a question with just these bytes")
  func random() {
    // The same numbers in every run: a linear congruence.
    var state: UInt64 = 1
    func next(below bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    for _ in 0..<20_000 {
      let bytes = [UInt8(next(below: 5) + 1)] + (0..<next(below: 80)).map { _ in UInt8(next(below: 12)) }
      guard let question = try? Question(encoded: bytes) else { continue }
      #expect(question.encoded == bytes)
    }
  }
}
