import CacheIdentity
import CacheSession
import SourceStore
import Testing

@Suite("What is built from a source that does not enter the store rests on what that one rests on")
struct AdmissionNestingTests {
  /// A kitchen in which `outer` and `other`, by a generator that is stored, are built from `inner`, by one that is not.
  private func kitchen(
    _ bindings: [String: String], _ store: SourceStore, _ policy: AdmissionPolicy = .never
  ) -> Kitchen {
    let kitchen = Kitchen(ToyHost(bindings), store: store) { $0.admission = ["light": policy] }
    kitchen.host.cook("inner", text: { "inner(\($0.read("a")))" })
    for name in ["outer", "other"] {
      kitchen.host.cook(name, text: { "\(name)(\(try $0.source("inner", by: "light")))" })
    }
    return kitchen
  }

  @Test("C6: the outer source is stored, hit in another process without the inner one, and closes with what that asked")
  func transitive() throws {
    let store = try SourceStore(.memory)
    let first = kitchen(["a": "1"], store)
    #expect(try first.serve("outer") == "outer(inner(1))")
    // The inner one comes from memory this time, and leaves the same behind.
    #expect(try first.serve("other") == "other(inner(1))")
    first.session.close()
    #expect(first.generated() == ["inner", "outer", "other"])
    #expect((first.session.counters.stored, first.session.counters.excluded) == (2, 1))

    let second = kitchen(["a": "1"], store)
    #expect(try second.serve("outer") == "outer(inner(1))")
    #expect(try second.serve("other") == "other(inner(1))")
    #expect(second.generated() == [])
    second.define(["a": "2"])
    #expect(second.session.counters.closed == 2)
    #expect(try second.serve("outer") == "outer(inner(2))")
    #expect(second.generated() == ["inner", "outer"])
    second.define(["a": "1"])
    #expect(try second.serve("outer") == "outer(inner(1))")
    #expect(second.generated() == [])
    second.session.close()
    #expect(try store.verify() == [])
  }

  @Test("B4: the range that an inner generator declares narrows the outer source, from the generator or from memory")
  func declaredRange() throws {
    let store = try SourceStore(.memory)
    let kitchen = kitchen([:], store)
    kitchen.host.cook("inner") { cook in
      GeneratedSource("inner", declaredRange: cook.context.world...cook.context.world)
    }
    for name in ["outer", "other"] { #expect(try kitchen.serve(name) == "\(name)(inner)") }
    kitchen.session.flush()
    kitchen.define(["b": "1"])
    _ = kitchen.generated()
    for name in ["outer", "other"] { #expect(try kitchen.serve(name) == "\(name)(inner)") }
    #expect(kitchen.generated() == ["inner", "outer", "other"])
  }

  @Test(
    "C7, W12: a trace that rests on a source which is not admitted any more is generated again once that one closed")
  func changedPolicy() throws {
    let store = try SourceStore(.memory)
    let first = kitchen(["a": "1"], store, .always)
    #expect(try first.serve("outer") == "outer(inner(1))")
    first.session.close()

    let second = kitchen(["a": "2"], store)
    #expect(try second.serve("outer") == "outer(inner(2))")
    #expect(second.generated() == ["inner", "outer"])
    second.session.close()

    // In the old state both old traces hold again; nothing was lost by the change of policy.
    let third = kitchen(["a": "1"], store)
    #expect(try third.serve("outer") == "outer(inner(1))")
    #expect(third.generated() == [])
    third.session.close()
    #expect(try store.verify() == [])
  }

  @Test("W13: of two sources that were built from each other, none is served wrongly if one is not admitted")
  func cycle() throws {
    let store = try SourceStore(.memory)
    for value in ["1", "2", "1"] {
      let kitchen = Kitchen(ToyHost(["a": value]), store: store) { $0.admission = ["light": .never] }
      let depth = Counter()
      kitchen.host.cook(
        "ping",
        text: { cook in
          let source = "ping(\(cook.read("a")))"
          if depth.increment() % 2 == 1 { _ = try cook.source("pong", by: "light") }
          return source
        })
      kitchen.host.cook("pong", text: { "pong(\(try $0.source("ping")))" })
      #expect(try kitchen.serve("ping") == "ping(\(value))")
      kitchen.session.close()
      #expect(kitchen.session.counters.storeTroubles == 0)
    }
    #expect(try store.verify() == [])
  }

  @Test(
    "W2 to W9, W12, C6, C7: random histories of sessions whose policies differ serve what a generator would give",
    arguments: 0..<16)
  func histories(seed: Int) throws {
    let generators = ["toy", "light", "quick"]
    let policies: [AdmissionPolicy] = [
      .always, .never, .secondRequest, .slowerThan(nanoseconds: 20_000),
    ]
    var random = SplitMix(seed: UInt64(500 + seed))
    let store = try SourceStore(.memory)
    for _ in 0..<5 {
      let values = ["a", "b", "c"].map { ($0, "\(random.below(3))") }
      let kitchen = Kitchen(ToyHost(Dictionary(uniqueKeysWithValues: values)), store: store) { options in
        for generator in generators { options.admission[generator] = policies[random.below(4)] }
      }
      for number in 0..<9 {
        kitchen.host.cook(
          "\(number)",
          text: { cook in
            // Two values give the same source: early cutoff.
            let own = cook.read(["a", "b", "c"][number % 3]).replacing("2", with: "1")
            let inner = try [number / 2, number / 3].filter { $0 < number }.map {
              try cook.source("\($0)", by: generators[$0 % 2 + $0 % 3 / 2])
            }
            return "\(number)=\(own)(\(inner.joined(separator: ",")))"
          })
      }
      func expected(_ number: Int, _ world: HostWorld) -> String {
        let own = (kitchen.host.value(of: ["a", "b", "c"][number % 3], in: world) ?? "").replacing("2", with: "1")
        let inner = [number / 2, number / 3].filter { $0 < number }.map { expected($0, world) }
        return "\(number)=\(own)(\(inner.joined(separator: ",")))"
      }
      for _ in 0..<50 {
        switch random.below(8) {
        case 0: kitchen.define([["a", "b", "c"][random.below(3)]: "\(random.below(3))"])
        case 1: kitchen.session.flush()
        default:
          let world = HostWorld(max(1, kitchen.host.world.number - UInt64(random.below(2))))
          let number = random.below(9)
          #expect(try kitchen.serve("\(number)", at: world) == expected(number, world))
        }
      }
      kitchen.session.close()
      #expect(kitchen.session.counters.storeTroubles == 0)
      #expect(kitchen.session.counters.impure == 0)
      #expect(try store.verify() == [])
    }
  }
}
