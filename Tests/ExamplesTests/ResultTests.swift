import StagedHost
import Testing

@Suite("An example gives what its first lines say")
struct ResultTests {
  static let names = ["findall.ir", "overlay.ir", "queries.ir", "sin.ir", "specialize.ir"]

  @Test("Without a cache", arguments: names)
  func withoutCache(_ name: String) throws {
    let program = try ExampleProgram(name)
    #expect(try program.run().result == program.expected)
  }

  @Test("With a store; the second process generates nothing (G1)", arguments: names)
  func withStore(_ name: String) throws {
    let program = try ExampleProgram(name)
    let store = try StoreFile()
    let first = try program.run(store)
    #expect(first.result == program.expected)
    #expect(first.counters.generated > 0)
    let second = try program.run(store)
    #expect(second.result == program.expected)
    #expect(second.counters.generated == 0)
    #expect(second.counters.storeTroubles == 0)
  }

  @Test("What the overlay counts is what a library counts whose arithmetic counts itself")
  func flops() throws {
    var program = try ExampleProgram("overlay.ir")
    for (method, value) in [
      ("+(x::Float64, y::Float64)", "add_float(x, y)"), ("-(x::Float64, y::Float64)", "sub_float(x, y)"),
      ("*(x::Float64, y::Float64)", "mul_float(x, y)"), ("/(x::Float64, y::Float64)", "div_float(x, y)"),
      ("-(x::Float64)", "neg_float(x)"), ("sqrt(x::Float64)", "sqrt_float(x)"),
    ] {
      program = try program.replacing("\n\(method) = \(value)\n", with: "\n\(method) = counted(\(value))\n")
    }
    // Each study runs twice: while it runs for the first time, generators compute too.
    program = try program.replacing(
      "\nmain() = broadcast(examined, studies)\n",
      with: """

        function count_plain(study)
          study()
          flops[1] = 0
          study()
          (string(study), flops[1])
        end
        main() = broadcast(count_plain, studies)

        """)
    let store = try StoreFile()
    let plain = try program.run(store).result
    let overlaid = try ExampleProgram("overlay.ir").replacing(
      "\nmain() = broadcast(examined, studies)\n",
      with: """

        count_overlaid(study) = (string(study), count_flops(study))
        main() = broadcast(count_overlaid, studies)

        """)
    #expect(try overlaid.run(store).result == plain)
  }
}
