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
}
