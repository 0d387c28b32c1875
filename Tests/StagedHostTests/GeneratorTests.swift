import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost
import Testing

@Suite("Generated functions run their code on argument types and record what it asks")
struct GeneratorTests {
  @Test("A generated function's value is that of the source which its generator returns")
  func runs() throws {
    let test = try TestHost(
      """
      cached generated function power(x, n)
        quote
          r = 1
          for i in 1:n
            r = r * $(x === Int64 ? :x : :(error("no")))
          end
          r
        end
      end
      """)
    #expect(try test.evaluate("power(3, 4)") == "81")
    #expect(try test.problem("power(1.5, 4)") == "no")
  }

  @Test("The generator's own method, each dispatch and each binding are edges in order (B12)")
  func edges() throws {
    let test = try TestHost(
      """
      const unroll = 2
      helper(n) = n + unroll
      cached generated function f(x)
        k = helper(3)
        quote
          x * $k
        end
      end
      """)
    let (source, edges) = try test.generate("f", "Int64")
    #expect(source?.statements.first == .value(.call(.global("*"), [.slot(0), .literal(.int(5))])))
    #expect(
      edges.map(\.question.description) == [
        "the method f(Any) in global", "the callee of helper(Int64) in global", "the binding Main.unroll",
        "the callee of +(Int64, Int64) in global",
      ])
    for edge in edges { #expect(test.host.definitions.answer(edge.question) == edge.answer) }
  }
}
