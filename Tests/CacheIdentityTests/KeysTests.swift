import CacheIdentity
import Testing

@Suite("Keys and questions are identified by what matters, and nothing else")
struct KeysTests {
  private let definition = Digest(high: 1, low: 2)

  @Test("The method hash covers the definition, the generator, its version and the form of the source")
  func methodHash() {
    func hash(_ definition: Digest, _ generator: String, _ version: String, codec: String = "c/1") -> Digest {
      SourceKey.methodHash(
        definition: definition, fingerprint: GeneratorFingerprint(generator: generator, version: version), codec: codec)
    }
    let hashes = [
      hash(definition, "g", "1"), hash(Digest(high: 1, low: 3), "g", "1"), hash(definition, "h", "1"),
      hash(definition, "g", "2"), hash(definition, "g1", ""), hash(definition, "", "g1"),
      hash(definition, "g", "1", codec: "c/2"),
    ]
    #expect(Set(hashes).count == hashes.count)
    #expect(hash(definition, "g", "1") == hashes[0])
  }

  @Test("Digests do not change from release to release: what is stored must be found")
  func knownDigests() {
    #expect(Owner.native.digest.description == "29091c68c45c7f4ca669319f90b0e1ed")
    #expect(Answer.none.digest.description == "72d9111380be9dae856f11d4952c4da4")
    #expect(Question.binding(module: "Main", name: "x").digest.description == "0ba27cb1bc60ceca30f10ae7a083ca7d")
  }

  @Test("Where the parts of a question meet makes a difference")
  func boundaries() {
    let questions: [Question] = [
      .binding(module: "a", name: "bc"), .binding(module: "ab", name: "c"),
      .method(table: "t", signature: Signature(function: "f", arguments: "g")),
      .method(table: "tf", signature: Signature(function: "", arguments: "g")),
      .lookup(table: "t", signature: Signature(function: "f", arguments: "g")),
    ]
    #expect(Set(questions.map(\.digest)).count == questions.count)
  }

  @Test("Questions about one function in one table have one subject; another table is another subject")
  func subjects() {
    func subject(_ table: String, _ arguments: String) -> Subject {
      Question.dispatch(table: table, signature: Signature(function: "f", arguments: arguments)).subject
    }
    #expect(subject("global", "(Int64)") == subject("global", "(String)"))
    #expect(subject("global", "(Int64)") != subject("overlay", "(Int64)"))
  }

  @Test("Owners and answers are equal by their digests, whatever they are called")
  func equality() {
    #expect(Answer(digest: definition, subject: "a") == Answer(digest: definition, subject: "b"))
    #expect(Owner("a") != Owner("b"))
    #expect(Set([Owner("a"), Owner("a")]).count == 1)
  }

  @Test("Digests are printed in 32 digits, abbreviated in 12, and ordered like their bytes")
  func digests() {
    let digest = Digest(high: 0x00ab, low: 1)
    #expect(digest.description == "00000000000000ab0000000000000001")
    #expect(digest.abbreviated == "000000000000")
    #expect(digest < Digest(high: 0x00ab, low: 2) && digest < Digest(high: 0x0100, low: 0))
    #expect(Digest(hexadecimal: "+0000000000000ab0000000000000001") == nil)
    #expect(Digest(hexadecimal: String(repeating: "g", count: 32)) == nil)
    #expect(Digest(bytes: [UInt8](repeating: 0, count: 17)) == nil)
  }
}
