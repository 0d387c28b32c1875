import CacheIdentity
import Testing

@Suite("Digests identify their ingredients")
struct DigestTests {
  @Test("A digest survives its bytes and its hexadecimal digits")
  func roundTrip() throws {
    let digest = DigestBuilder(domain: "test").finalize()
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(hexadecimal: digest.description) == digest)
    #expect(Digest(bytes: [1, 2, 3]) == nil)
    #expect(Digest(hexadecimal: "zz") == nil)
  }

  @Test("Moving a boundary between ingredients, a tag or the domain changes the digest")
  func ingredientsAreSeparated() {
    func digest(domain: String = "d", _ parts: [(StaticString, String)]) -> Digest {
      var builder = DigestBuilder(domain: domain)
      for (tag, text) in parts { builder.add(tag, text) }
      return builder.finalize()
    }
    let all: [Digest] = [
      digest([("a", "bc")]), digest([("a", "b"), ("a", "c")]), digest([("ab", "c")]), digest([("a", "b"), ("c", "")]),
      digest(domain: "e", [("a", "bc")]), digest([]),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test("A state digest does not depend on order and forgets what was removed")
  func stateIsIncremental() {
    let digests = (0..<100).map { number in
      var builder = DigestBuilder(domain: "test")
      builder.add("number", Int64(number))
      return builder.finalize()
    }
    var forward = StateDigest()
    var backward = StateDigest()
    for digest in digests { forward.insert(digest) }
    for digest in digests.reversed() { backward.insert(digest) }
    #expect(forward.digest == backward.digest)
    backward.insert(digests[0])
    #expect(forward.digest != backward.digest)
    backward.remove(digests[0])
    #expect(forward.digest == backward.digest)
  }
}
