import CacheIdentity
import SourceStore
import Testing

@testable import CacheSession

@Suite("Which generations enter the store is the generator's policy")
struct AdmissionTests {
  @Test("The decision is a function of policy and time: a limit is not slower than itself")
  func decision() {
    #expect(AdmissionPolicy.always.decide(generationNanoseconds: 0) == .admit)
    #expect(AdmissionPolicy.never.decide(generationNanoseconds: .max) == .leave(.excluded))
    let slow = AdmissionPolicy.slowerThan(nanoseconds: 5)
    #expect(slow.decide(generationNanoseconds: 6) == .admit)
    #expect(slow.decide(generationNanoseconds: 5) == .leave(.fast(nanoseconds: 5, limit: 5)))
    #expect(AdmissionPolicy.secondRequest.decide(generationNanoseconds: 0) == .admitIfNoted)
  }

  @Test("never: memory serves the source, the store does not get it, and another process generates it again")
  func never() throws {
    let store = try SourceStore(.memory)
    for _ in 0..<2 {
      let kitchen = Kitchen(ToyHost(["a": "1"]), store: store) { $0.admission = ["toy": .never] }
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      #expect(try kitchen.serve("f") == "f(1)")
      #expect(try kitchen.serve("f") == "f(1)")
      #expect(kitchen.generated() == ["f"])
      kitchen.session.close()
      let counters = kitchen.session.counters
      #expect((counters.excluded, counters.stored, counters.reusedFromMemory) == (1, 0, 1))
    }
    #expect(try store.statistics().rows(in: "trace") == 0)
  }

  @Test("slowerThan: what was fast stays in memory, with an event that says how fast; what was slow is stored")
  func slowerThan() throws {
    let store = try SourceStore(.memory)
    let fast = Kitchen(ToyHost(), store: store) { $0.admission = ["toy": .slowerThan(nanoseconds: .max)] }
    fast.host.cook("f", text: { _ in "f" })
    _ = try fast.serve("f")
    fast.session.close()
    #expect((fast.session.counters.tooFast, fast.session.counters.stored) == (1, 0))
    let refusals = fast.takeEvents().compactMap { event -> AdmissionRefusal? in
      if case .notAdmitted(_, let refusal) = event { refusal } else { nil }
    }
    guard case .fast(let nanoseconds, .max)? = refusals.first, refusals.count == 1 else {
      Issue.record("\(refusals)")
      return
    }
    #expect(nanoseconds >= 0)

    let slow = Kitchen(ToyHost(), store: store) { $0.admission = ["toy": .slowerThan(nanoseconds: -1)] }
    slow.host.cook("f", text: { _ in "f" })
    _ = try slow.serve("f")
    slow.session.close()
    #expect((slow.session.counters.tooFast, slow.session.counters.stored) == (0, 1))
  }

  @Test("A session's policy goes before the generator's, and only for generators of that name")
  func precedence() throws {
    struct Modest: CachedGenerator {
      let host: ToyHost
      var name: String { "modest" }
      var version: String? { "1" }
      var admission: AdmissionPolicy { .never }
      func generate(
        _ instance: ToyInstance, owner: Owner, context: GenerationContext<ToySource>
      ) throws -> GeneratedSource<ToySource> { try host.run(instance.name, context) }
    }
    for (policies, stored) in [([:], 0), (["modest": .always], 1), (["toy": .always], 0)]
      as [([String: AdmissionPolicy], Int)]
    {
      let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory)) { $0.admission = policies }
      kitchen.host.cook("f", text: { _ in "f" })
      _ = try kitchen.session.source(for: ToyInstance(name: "f"), generator: Modest(host: kitchen.host))
      kitchen.session.close()
      #expect(kitchen.session.counters.stored == stored)
    }
  }

  @Test("Without a store a policy has nothing to keep a source out of, and counts nothing")
  func withoutStore() throws {
    let kitchen = Kitchen(ToyHost(), store: nil) { $0.admission = ["toy": .never] }
    kitchen.host.cook("f", text: { _ in "f" })
    _ = try kitchen.serve("f")
    #expect(kitchen.session.counters.excluded == 0)
  }

  @Test("W12: what is not admitted holds in the host's world of its generation only: no tick could close it")
  func redefinition() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory)) { $0.admission = ["toy": .never] }
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    #expect(try kitchen.serve("f") == "f(1)")
    kitchen.define(["a": "2"])
    #expect(try kitchen.serve("f") == "f(2)")
    #expect(try kitchen.serve("f", at: HostWorld(1)) == "f(1)")
    #expect(kitchen.generated() == ["f", "f"])
  }

  @Test("secondRequest: of the first generation the store keeps a note, the second one enters it, in whatever process")
  func secondRequest() throws {
    let store = try SourceStore(.memory)
    let expected = [(1, 0, 1), (0, 1, 1), (0, 0, 0)]
    for (first, stored, generated) in expected {
      let kitchen = Kitchen(ToyHost(["a": "1"]), store: store) { $0.admission = ["toy": .secondRequest] }
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      #expect(try kitchen.serve("f") == "f(1)")
      // Memory serves it, and that is no second request.
      #expect(try kitchen.serve("f") == "f(1)")
      kitchen.session.close()
      let counters = kitchen.session.counters
      #expect((counters.firstRequests, counters.stored, counters.generated) == (first, stored, generated))
      #expect(try store.statistics().rows(in: "first_request") == first)
    }
    #expect(try store.verify() == [])
  }

  @Test(
    "secondRequest: a second world is a second time; what was built from the first time's source holds all the same")
  func secondWorld() throws {
    let store = try SourceStore(.memory)
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: store) { $0.admission = ["light": .secondRequest] }
    kitchen.host.cook("inner", text: { "inner(\($0.read("a")))" })
    for name in ["outer", "other"] {
      kitchen.host.cook(name, text: { "\(name)(\(try $0.source("inner", by: "light")))" })
    }
    #expect(try kitchen.serve("outer") == "outer(inner(1))")
    kitchen.session.flush()
    kitchen.define(["a": "2"])
    #expect(try kitchen.serve("outer") == "outer(inner(2))")
    kitchen.session.flush()
    #expect((kitchen.session.counters.firstRequests, kitchen.session.counters.stored) == (1, 3))
    // From memory, of the generation that was stored.
    #expect(try kitchen.serve("other") == "other(inner(2))")
    kitchen.define(["a": "1"])
    #expect(try kitchen.serve("outer") == "outer(inner(1))")
    #expect(try kitchen.serve("other") == "other(inner(1))")
    kitchen.session.close()
    #expect(try store.verify() == [])
  }

  @Test("W15: what the store says of a generator goes before the generator, and after the session")
  func storedPolicy() throws {
    let store = try SourceStore(.memory)
    try store.setAdmission(["toy": .never, "other": .slowerThan(nanoseconds: 7)])
    #expect(try store.admissionPolicies() == ["toy": .never, "other": .slowerThan(nanoseconds: 7)])
    for (policies, stored) in [([:], 0), (["toy": .always], 1)] as [([String: AdmissionPolicy], Int)] {
      let kitchen = Kitchen(ToyHost(), store: store) { $0.admission = policies }
      kitchen.host.cook("f", text: { _ in "f" })
      _ = try kitchen.serve("f")
      kitchen.session.close()
      #expect(kitchen.session.counters.stored == stored)
    }
    try store.setAdmission(["toy": nil, "other": .secondRequest])
    #expect(try store.admissionPolicies() == ["other": .secondRequest])
  }
}
