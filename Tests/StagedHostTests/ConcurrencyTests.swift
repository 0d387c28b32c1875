import StagedHost
import Testing

@Suite("Programs run on many threads while definitions change")
struct ConcurrencyTests {
  @Test("Each run sees one world: two calls of what is being redefined never differ (A2, A5)")
  func oneWorld() async throws {
    let test = try TestHost(
      """
      f() = 0
      cached generated function g(x)
        f()
      end
      main() = begin
        a = (f(), g(1))
        b = (f(), g(1))
        a === b
      end
      """)
    let host = test.host
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<3 {
        group.addTask {
          var isConsistent = true
          for _ in 0..<50 {
            if case .bool(true) = try host.run("main") { continue }
            isConsistent = false
          }
          return isConsistent
        }
      }
      for number in 1...50 { try test.load("f() = \(number)") }
      for try await isConsistent in group { #expect(isConsistent) }
    }
    #expect(try test.evaluate("(f(), g(1))") == "(50, 50)")
  }
}
