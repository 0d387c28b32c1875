import CacheIdentity
import CacheSession
import SourceStore
import Testing

@Suite("A source that was built from another one depends on it")
struct NestedSourceTests {
  @Test("C6: what an inner source asked closes the outer one, at any depth")
  func transitive() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    kitchen.host.cook("inner", text: { "inner(\($0.read("a")))" })
    kitchen.host.cook("middle", text: { "middle(\(try $0.source("inner")))" })
    kitchen.host.cook("outer", text: { "outer(\(try $0.source("middle")))" })
    #expect(try kitchen.serve("outer") == "outer(middle(inner(1)))")
    #expect(kitchen.generated() == ["inner", "middle", "outer"])
    kitchen.define(["a": "2"])
    #expect(kitchen.session.counters.closed == 3)
    #expect(try kitchen.serve("outer") == "outer(middle(inner(2)))")
    kitchen.define(["a": "1"])
    #expect(kitchen.session.counters.revived == 3)
    #expect(try kitchen.serve("outer") == "outer(middle(inner(1)))")
    #expect(Set(kitchen.generated()) == ["inner", "middle", "outer"])
  }

  @Test("C7: an inner source that comes out the same revives the outer one, whose generator does not run")
  func earlyCutoff() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    kitchen.host.cook("inner", text: { $0.read("a").isEmpty ? "empty" : "full" })
    kitchen.host.cook("outer", text: { "outer(\(try $0.source("inner")))" })
    #expect(try kitchen.serve("outer") == "outer(full)")
    kitchen.session.flush()
    kitchen.define(["a": "2"])
    #expect(kitchen.session.counters.closed == 2)
    _ = kitchen.generated()
    #expect(try kitchen.serve("outer") == "outer(full)")
    #expect(kitchen.generated() == ["inner"])
    #expect(kitchen.session.counters.revivedOnRequest == 1)
  }

  @Test("C7, across sessions: the same in a process that never saw the outer source")
  func earlyCutoffInAnotherSession() throws {
    let store = try SourceStore(.memory)
    for (value, expected) in [("1", ["inner", "outer"]), ("2", ["inner"]), ("", ["inner", "outer"])] {
      let kitchen = Kitchen(ToyHost(["a": value]), store: store)
      kitchen.host.cook("inner", text: { $0.read("a").isEmpty ? "empty" : "full" })
      kitchen.host.cook("outer", text: { "outer(\(try $0.source("inner")))" })
      #expect(try kitchen.serve("outer") == (value.isEmpty ? "outer(empty)" : "outer(full)"))
      #expect(kitchen.generated() == expected)
      kitchen.session.close()
    }
  }

  @Test("C6, C11, W13: two sources that were built from each other are stored, close and revive together")
  func cycle() throws {
    let store = try SourceStore(.memory)
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: store)
    let depth = Counter()
    kitchen.host.cook(
      "ping",
      text: { cook in
        let source = "ping(\(cook.read("a")))"
        if depth.increment() % 2 == 1 { _ = try cook.source("pong") }
        return source
      })
    kitchen.host.cook("pong", text: { "pong(\(try $0.source("ping")))" })
    #expect(try kitchen.serve("ping") == "ping(1)")
    kitchen.session.flush()
    #expect(kitchen.session.counters.stored == 2)
    #expect(try kitchen.serve("pong") == "pong(ping(1))")
    #expect(kitchen.generated() == ["ping", "pong", "ping"])
    kitchen.define(["a": "2"])
    #expect(kitchen.session.counters.closed == 2)
    kitchen.define(["a": "1"])
    #expect(kitchen.session.counters.revived == 2)
    #expect(try kitchen.serve("ping") == "ping(1)")
    #expect(try kitchen.serve("pong") == "pong(ping(1))")
    #expect(kitchen.generated() == [])
  }

  @Test("B7: generators that need each other without end stop after one nested entry, with the chain in the error")
  func endless() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    kitchen.host.cook("ping", text: { try $0.source("pong") })
    kitchen.host.cook("pong", text: { try $0.source("ping") })
    #expect(throws: SessionError.endlessGeneration(chain: ["ping", "pong", "ping", "pong", "ping"])) {
      try kitchen.serve("ping")
    }
    kitchen.session.flush()
    #expect(kitchen.session.counters.stored == 0)
  }

  @Test("W13: a generator that catches the error of an endless chain is not stored: its source hangs on who asked")
  func caughtEndless() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    kitchen.host.cook("ping", text: { "ping(\((try? $0.source("pong")) ?? "cut"))" })
    kitchen.host.cook("pong", text: { "pong(\(try $0.source("ping")))" })
    #expect(try kitchen.serve("ping")?.hasPrefix("ping(") == true)
    kitchen.session.flush()
    #expect(kitchen.session.counters.stored == 0)
  }

  @Test("What an inner generator asked before it threw is what the outer one depends on when it goes on")
  func caughtFailure() throws {
    struct Burnt: Error {}
    let kitchen = Kitchen(ToyHost(["a": "bad"]), store: try SourceStore(.memory))
    kitchen.host.cook("inner", text: { cook in if cook.read("a") == "bad" { throw Burnt() } else { return "fine" } })
    kitchen.host.cook("outer", text: { (try? $0.source("inner")) ?? "fallback" })
    #expect(try kitchen.serve("outer") == "fallback")
    kitchen.define(["a": "good"])
    #expect(try kitchen.serve("outer") == "fine")
  }
}
