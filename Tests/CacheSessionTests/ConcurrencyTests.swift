import CacheIdentity
import CacheSession
import Dispatch
import SourceStore
import Synchronization
import Testing

@Suite("Requests of many threads")
struct ConcurrencyTests {
  @Test("W13: a key is generated once, however many threads ask at the same time")
  func singleFlight() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    for number in 0..<50 { kitchen.host.cook("f\(number)", text: { _ in "source \(number)" }) }
    let wrong = Counter()
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for number in 0..<50 where (try? kitchen.serve("f\(number)")) != "source \(number)" { wrong.increment() }
    }
    #expect(wrong.value == 0)
    #expect(kitchen.session.counters.generated == 50)
  }

  @Test("W13: threads that generate what the other waits for end, neither in a deadlock nor without end")
  func crosswise() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory))
    let bothInside = DispatchGroup()
    bothInside.enter()
    bothInside.enter()
    let entered = Mutex<Set<String>>([])
    @Sendable func meet(_ name: String) {
      if entered.withLock({ $0.insert(name).inserted }) { bothInside.leave() }
      bothInside.wait()
    }
    for (name, other) in [("ping", "pong"), ("pong", "ping")] {
      kitchen.host.cook(
        name,
        text: { cook in
          meet(name)
          return try cook.source(other)
        })
    }
    let failures = Counter()
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      do { _ = try kitchen.serve(["ping", "pong"][thread]) } catch is SessionError { failures.increment() } catch {}
    }
    #expect(failures.value == 2)
  }

  @Test("A5: while definitions change, every thread sees sources of the world it asks in")
  func redefinitionUnderLoad() throws {
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.memory))
    for number in 0..<10 { kitchen.host.cook("f\(number)", text: { "f\(number)(\($0.read("a")))" }) }
    let wrong = Counter()
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      if thread == 0 {
        for round in 0..<60 { kitchen.define(["a": "\(round % 3)"]) }
        return
      }
      for round in 0..<400 {
        let world = kitchen.host.world
        let value = kitchen.host.value(of: "a", in: world) ?? ""
        let name = "f\((round + thread) % 10)"
        if (try? kitchen.serve(name, at: world)) != "\(name)(\(value))" { wrong.increment() }
      }
    }
    #expect(wrong.value == 0)
  }
}
