import CacheIdentity
import CacheSession
import SourceStore
import Testing

@Suite("A source is generated once and reused from memory, store and older worlds")
struct ReuseTests {
  @Test("B1: a generator runs once while nothing it asked about changes")
  func once() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    #expect(try kitchen.serve("f") == "f(1)")
    #expect(try kitchen.serve("f") == "f(1)")
    kitchen.define(["b": "2"])
    #expect(try kitchen.serve("f") == "f(1)")
    #expect(kitchen.generated() == ["f"])
    #expect(kitchen.session.counters.reusedFromMemory == 2)
  }

  @Test("G1: a second session with the same definitions generates nothing")
  func secondSession() throws {
    let store = try SourceStore(.memory)
    for expected in [["f"], []] {
      let kitchen = Kitchen(ToyHost(["a": "1"]), store: store)
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      #expect(try kitchen.serve("f") == "f(1)")
      #expect(kitchen.generated() == expected)
      kitchen.session.close()
    }
    #expect(try store.lineage(named: "main")?.head == .first)
  }

  @Test("G2, C1: with one definition changed, only what asked about it is generated")
  func changedDefinition() throws {
    let store = try SourceStore(.memory)
    for (bindings, expected) in [(["a": "1", "b": "1"], ["f", "g"]), (["a": "2", "b": "1"], ["f"])] {
      let kitchen = Kitchen(ToyHost(bindings), store: store)
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      kitchen.host.cook("g", text: { "g(\($0.read("b")))" })
      #expect(try kitchen.serve("f") == "f(\(bindings["a", default: ""]))")
      #expect(try kitchen.serve("g") == "g(1)")
      #expect(kitchen.generated() == expected)
      kitchen.session.close()
    }
  }

  @Test("C11: a definition that goes back revives what was generated; nothing runs")
  func revert() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    for (value, expected) in [("1", ["f"]), ("2", ["f"]), ("1", []), ("2", []), ("1", [])] {
      kitchen.define(["a": value])
      #expect(try kitchen.serve("f") == "f(\(value))")
      #expect(kitchen.generated() == expected)
    }
  }

  @Test("A2: work in an old world keeps its sources after a redefinition, and generates as of then")
  func oldWorld() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    kitchen.host.cook("late", text: { "late(\($0.read("a")))" })
    let old = kitchen.host.world
    #expect(try kitchen.serve("f") == "f(1)")
    kitchen.define(["a": "2"])
    #expect(try kitchen.serve("f") == "f(2)")
    #expect(try kitchen.serve("f", at: old) == "f(1)")
    #expect(try kitchen.serve("late", at: old) == "late(1)")
    #expect(try kitchen.serve("late") == "late(2)")
    #expect(kitchen.generated() == ["f", "f", "late", "late"])
  }

  @Test("A world that the session was not told of has its own sources in memory, and nothing of it is stored")
  func unknownWorld() throws {
    let store = try SourceStore(.memory)
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: store)
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    #expect(try kitchen.serve("f") == "f(1)")
    kitchen.host.define(["a": "2"])
    #expect(try kitchen.serve("f") == "f(2)")
    #expect(try kitchen.serve("f") == "f(2)")
    kitchen.session.flush()
    #expect(kitchen.session.counters.stored == 1)
    #expect(kitchen.generated() == ["f", "f"])
  }

  @Test("A generator that declines is an answer: it does not run again, here or in the next session")
  func declining() throws {
    let store = try SourceStore(.memory)
    for expected in [["nothing"], []] {
      let kitchen = Kitchen(ToyHost(), store: store)
      #expect(try kitchen.serve("nothing") == nil)
      #expect(try kitchen.serve("nothing") == nil)
      #expect(kitchen.generated() == expected)
      kitchen.session.close()
    }
  }

  @Test("G3: two hosts with different definitions on one store, in turn, each get their own sources")
  func twoStates() throws {
    let store = try SourceStore(.memory)
    let kitchens = ["1", "2"].map { value in
      let kitchen = Kitchen(ToyHost(["a": value]), store: store)
      kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
      kitchen.host.cook("g", text: { "g(\($0.read("a")),\(try $0.source("f")))" })
      return kitchen
    }
    for round in 0..<3 {
      for (position, kitchen) in kitchens.enumerated() {
        kitchen.define(["noise": "\(round)"])
        #expect(try kitchen.serve("g") == "g(\(position + 1),f(\(position + 1)))")
        kitchen.session.flush()
      }
    }
    #expect(kitchens.allSatisfy { $0.generated().count == 2 })
  }

  @Test("A2: memory keeps a few worlds of each source; those before come from the store, and nothing is generated")
  func manyWorlds() throws {
    let kitchen = Kitchen(ToyHost(["a": "0"]), store: try SourceStore(.memory))
    kitchen.host.cook("f", text: { "f(\($0.read("a")))" })
    for value in 0..<20 {
      kitchen.define(["a": "\(value)"])
      #expect(try kitchen.serve("f") == "f(\(value))")
    }
    kitchen.session.flush()
    let before = kitchen.session.counters
    #expect(try kitchen.serve("f", at: HostWorld(1)) == "f(0)")
    #expect(try kitchen.serve("f", at: HostWorld(20)) == "f(18)")
    let after = kitchen.session.counters
    #expect(after.reusedFromStore == before.reusedFromStore + 1)
    #expect(after.reusedFromMemory == before.reusedFromMemory + 1)
    #expect(after.generated == 20)
  }

  @Test("Hits are recorded when a session goes, closed or not")
  func hitsOfADroppedSession() throws {
    let store = try SourceStore(.memory)
    do {
      let kitchen = Kitchen(ToyHost(), store: store)
      kitchen.host.cook("f", text: { _ in "f" })
      _ = try kitchen.serve("f")
      kitchen.session.flush()
      _ = try kitchen.serve("f")
    }
    #expect(try store.statistics().hits == 1)
  }
}
