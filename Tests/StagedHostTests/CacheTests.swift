import CacheIdentity
import CacheSession
import LoweredIR
import SourceStore
import StagedHost
import Testing

@Suite("Hosts with a common store share what their generators gave")
struct CacheTests {
  private static let program = """
    helper() = 1
    cached generated function inner(x)
      helper() < 10 ? 5 : 6
    end
    cached generated function outer(x)
      k = inner(x)
      :(x + $k)
    end
    cached generated function other(x)
      2
    end
    main() = (outer(1), other(1))
    """

  private static func run(_ test: TestHost, _ store: SourceStore, _ value: String) throws -> SessionCounters {
    let session = CacheSession(store: store, definitions: test.host.definitions)
    test.host.attach(session)
    #expect(try test.host.run("main").description == value)
    session.flush()
    return session.counters
  }

  @Test(
    "A second host with the same definitions runs no generator (G1), with one changed only what asked about it (G2)")
  func sharing() throws {
    let store = try SourceStore(.memory)
    #expect(try CacheTests.run(TestHost(CacheTests.program), store, "(6, 2)").generated == 3)
    let again = try CacheTests.run(TestHost(CacheTests.program), store, "(6, 2)")
    #expect(again.generated == 0)
    #expect(again.asked == 0)
    let changed = CacheTests.program.replacing("other(x)\n  2", with: "other(x)\n  3")
    #expect(try CacheTests.run(TestHost(changed), store, "(6, 3)").generated == 1)
  }

  @Test("A changed helper closes what was built from it; equal inner sources let the outer one revive (C6, C7)")
  func cutoff() throws {
    let store = try SourceStore(.memory)
    let test = try TestHost(CacheTests.program)
    _ = try CacheTests.run(test, store, "(6, 2)")
    let session = CacheSession(store: store, definitions: test.host.definitions)
    test.host.attach(session)
    try test.load("helper() = 2")
    #expect(session.counters.closed == 2)
    #expect(try test.host.run("main").description == "(6, 2)")
    #expect(session.counters.generated == 1)
    try test.load("helper() = 10")
    #expect(try test.host.run("main").description == "(7, 2)")
    session.flush()
    #expect(session.counters.generated == 3)
    try test.load("helper() = 1")
    #expect(try test.host.run("main").description == "(6, 2)")
    #expect(session.counters.generated == 3)
  }
}
