import CacheIdentity
import SourceStore
import Testing

@Suite("A store remembers admission policies, and what was generated once")
struct AdmissionTests {
  private func key(_ number: Int) -> SourceKey {
    func digest(_ part: String) -> Digest {
      var builder = DigestBuilder(domain: part)
      builder.add("number", "\(number)")
      return builder.finalize()
    }
    return SourceKey(methodHash: digest("method"), instance: digest("instance"), owner: Owner.native.digest)
  }

  @Test("Policies are kept by name as they were set, and taken away by nothing")
  func policies() throws {
    let store = try SourceStore(.memory)
    #expect(try store.admissionPolicies() == [:])
    let all: [String: AdmissionPolicy] = [
      "a": .always, "n": .never, "s": .slowerThan(nanoseconds: -1), "o'dd\n": .secondRequest,
    ]
    try store.setAdmission(all.mapValues { $0 })
    #expect(try store.admissionPolicies() == all)
    try store.setAdmission(["a": .slowerThan(nanoseconds: .max), "n": nil, "none": nil])
    #expect(
      try store.admissionPolicies()
        == ["a": .slowerThan(nanoseconds: .max), "s": .slowerThan(nanoseconds: -1), "o'dd\n": .secondRequest])
    #expect(try store.verify() == [])
  }

  @Test(
    "A key is known the second time, and then forgotten; a key that comes twice in a batch is known the second time")
  func notes() throws {
    let store = try SourceStore(.memory)
    #expect(try store.noteRequests([key(1), key(2)]) == [false, false])
    #expect(try store.noteRequests([key(2), key(3), key(3)]) == [true, false, true])
    #expect(try store.noteRequests([key(1), key(2), key(3)]) == [true, false, false])
    #expect(try store.noteRequests([]) == [])
  }

  @Test("However many keys are asked for once, at most 65,536 are noted; one that was pushed out is new again")
  func bound() throws {
    let store = try SourceStore(.memory)
    #expect(try !store.noteRequests((0..<100_000).map(key)).contains(true))
    let rows = try #require(try store.statistics().rows(in: "first_request"))
    #expect(rows <= 65_536)
    // Those that came last are still known.
    #expect(try store.noteRequests((99_900..<100_000).map(key)).count { $0 } > 90)
  }
}
