import Foundation
import StagedHost
import Testing

@Suite("What the numeric examples compute is what the machine's own library does")
struct NumericTests {
  @Test("Sines, to one unit in the last place", arguments: ["overdub(Emulated, entry, x)", "entry(x)"])
  func sine(_ call: String) throws {
    // From tiny to huge by factors, then where cancellation is worst: at and beside multiples of pi/4.
    var arguments = stride(from: -30.0, to: 1023.9, by: 9.7).map { exp2($0) }
    for k in 1...20 {
      let x = Double(k) * .pi / 4
      arguments += [x.nextDown, x, x.nextUp, Double(k * k * k)]
    }
    arguments += [0, .leastNonzeroMagnitude, 1e6, 1_647_099, 1_647_100, 1e22, .greatestFiniteMagnitude]
    arguments += arguments.map { -$0 }

    let calls = arguments.map { "bits(::0x\(String($0.bitPattern, radix: 16)))" }.joined(separator: ",\n  ")
    let program = try ExampleProgram("sin.ir").appending("bits(x) = bits_of_float(\(call))\nsweep() = [\(calls)]")
    let bits = try program.started().host.run("sweep").description.dropFirst().dropLast().split(separator: ", ")
    try #require(bits.count == arguments.count)
    for (x, text) in zip(arguments, bits) {
      let result = Double(bitPattern: UInt64(bitPattern: try #require(Int64(text))))
      let expected = sin(x)
      #expect(abs(result - expected) <= expected.ulp, "sin(\(x))")
      #expect(result.sign == expected.sign, "sin(\(x))")
    }
  }

  @Test("A sine of infinity is an error, and of what is no number none")
  func domain() throws {
    let program = try ExampleProgram("sin.ir").appending(
      "far() = overdub(Emulated, entry, 1 / 0)\nnone() = isnan(overdub(Emulated, entry, 0 / 0))")
    let host = try program.started().host
    let error = #expect(throws: HostError.self) { try host.run("far") }
    #expect(error.map { "\($0)".contains("sin(x) is only defined for finite x") } == true)
    #expect(try host.run("none").description == "true")
  }
}
