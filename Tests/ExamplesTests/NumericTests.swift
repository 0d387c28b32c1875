import Foundation
import StagedHost
import Testing

@Suite("What the numeric examples compute is what the machine's own library does")
struct NumericTests {
  enum Call: String, CaseIterable {
    case sine = "overdub(Emulated, entry, x)"
    case plainSine = "entry(x)"
    case cosine = "overdub(Emulated, second_entry, x)[2]"
  }

  @Test("Sines and cosines, to one unit in the last place", arguments: Call.allCases)
  func trigonometry(_ call: Call) throws {
    // From tiny to huge by factors, then where cancellation is worst: at and beside multiples of pi/4.
    var arguments = stride(from: -30.0, to: 1023.9, by: 23.3).map { exp2($0) }
    for k in 1...9 {
      let x = Double(k) * .pi / 4
      arguments += [x.nextDown, x, x.nextUp, Double(k * k * k)]
    }
    arguments += [0, .leastNonzeroMagnitude, 1e6, 1_647_099, 1_647_100, 1e22, .greatestFiniteMagnitude]
    arguments += arguments.map { -$0 }

    let calls = arguments.map { "bits(::0x\(String($0.bitPattern, radix: 16)))" }.joined(separator: ",\n  ")
    let program = try ExampleProgram("sin.ir").appending(
      "bits(x) = bits_of_float(\(call.rawValue))\nsweep() = [\(calls)]")
    let results = try integers(program.started().host.run("sweep"))
    try #require(results.count == arguments.count)
    for (x, bits) in zip(arguments, results) {
      let result = Double(bitPattern: UInt64(bitPattern: Int64(bits)))
      let expected = call == .cosine ? cos(x) : sin(x)
      #expect(abs(result - expected) <= expected.ulp, "\(call)(\(x))")
      #expect(result.sign == expected.sign, "\(call)(\(x))")
    }
  }

  @Test("A sine of infinity is an error, of what is no number none")
  func domain() throws {
    let host = try ExampleProgram("sin.ir").appending(
      "far() = overdub(Emulated, entry, 1.0 / 0.0)\nnone() = isnan(overdub(Emulated, entry, 0.0 / 0.0))"
    ).started().host
    try expectError("sin(x) is only defined for finite x") { try host.run("far") }
    #expect(try host.run("none").description == "true")
  }

  /// At lengths beside those of chunks, and of what is packed by chunks; bounds that leave all, half, few, and none.
  @Test("Indices, at every length and bound", arguments: [0, 1, 65, 300])
  func findall(_ length: Int) throws {
    let values = (0..<length).map { Double($0 * 37 % 211 - 100) / 2 }
    let bounds = [-1, 25, 54.5, 60]
    let array = "array_new(Float64, 0, 0.0)\n" + values.map { "  push!(xs, \($0))\n" }.joined()
    let calls = bounds.map { "overdub(Checked, entry, \($0), xs), overdub(Checked, second_entry, \($0), xs)" }
    let host = try ExampleProgram("findall.ir").appending(
      "function sweep()\n  xs = \(array)  (\(calls.joined(separator: ",\n    ")), nothing)\nend"
    ).started().host
    guard case .tuple(let results) = try host.run("sweep") else {
      Issue.record("no tuple")
      return
    }
    for (position, bound) in bounds.enumerated() {
      let above = values.indices.filter { abs(values[$0]) > bound }.map { $0 + 1 }
      let below = values.indices.filter { abs(values[$0]) < bound }.map { $0 + 1 }
      #expect(try integers(results.elements[2 * position]) == above, "above \(bound)")
      #expect(try integers(results.elements[2 * position + 1]) == below, "below \(bound)")
    }
  }

  @Test("Axes that do not fit, an index out of bounds and an overflow are errors")
  func misuse() throws {
    let host = try ExampleProgram("findall.ir").appending(
      """
      unequal() = overdub(Checked, below, [1, 2], [1.0, 2.0, 3.0])
      outside(a) = a[length(a) + 1]
      beyond() = overdub(Checked, outside, broadcast(<, [1, 2], 2))
      doubled(x) = x * 2 + x
      far() = overdub(Checked, doubled, 4611686018427387904)
      """
    ).started().host
    try expectError("DimensionMismatch") { try host.run("unequal") }
    try expectError("BoundsError") { try host.run("beyond") }
    try expectError("OverflowError") { try host.run("far") }
  }

  private func integers(_ array: Value) throws -> [Int] {
    try array.description.dropFirst().dropLast().split(separator: ", ").map { try #require(Int($0)) }
  }

  private func expectError(_ text: String, _ body: () throws -> Value) throws {
    let error = try #require(throws: HostError.self) { _ = try body() }
    #expect("\(error)".contains(text))
  }
}
