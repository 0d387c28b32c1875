import SourceCodec
import Testing

@testable import LoweredIR

@Suite("Names are told apart by their bytes, and live as long as anybody holds them")
struct NameTests {
  @Test("Texts are equal if their bytes are, whatever their length and however they are written")
  func equality() {
    var generator = SeededGenerator(state: 31)
    let letters = ["a", "b", "é", "e\u{301}", "\u{0}", "語", "🧵"]
    var equal = 0
    for _ in 0..<20_000 {
      let left = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        letters.randomElement(using: &generator) ?? ""
      }
      var right = left
      if !right.isEmpty, Bool.random(using: &generator) {
        right[Int.random(in: right.indices, using: &generator)] = letters.randomElement(using: &generator) ?? ""
      }
      let (one, other) = (left.joined(), right.joined())
      let areEqual = Array(one.utf8) == Array(other.utf8)
      #expect(ExactText.areEqual(one, other) == areEqual, "\(left) \(right)")
      #expect((ExactText(one) == ExactText(other)) == areEqual)
      #expect(!areEqual || ExactText(one).hash == ExactText(other).hash)
      equal += areEqual ? 1 : 0
    }
    #expect(equal > 1_000 && equal < 19_000)
    #expect(!ExactText.areEqual("é", "e\u{301}") && "é" == "e\u{301}")
  }

  @Test("Bytes that differ in one place are different, at each place of each length", arguments: 1...40)
  func everyPlace(count: Int) {
    let bytes = (0..<count).map { UInt8(97 + $0 % 26) }
    for place in bytes.indices {
      var other = bytes
      other[place] ^= 1
      let isEqual = bytes.withUnsafeBytes { left in other.withUnsafeBytes { ExactText.areEqual(left, $0) } }
      #expect(!isEqual)
    }
    #expect(bytes.withUnsafeBytes { left in Array(bytes).withUnsafeBytes { ExactText.areEqual(left, $0) } })
  }

  @Test("Up to eight bytes of one length have one hash only if they are the same", arguments: 0...8)
  func shortHashes(count: Int) {
    var generator = SeededGenerator(state: UInt64(count))
    var seen: [UInt64: [UInt8]] = [:]
    for _ in 0..<20_000 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let (hash, isASCII) = bytes.withUnsafeBufferPointer { ExactText.hash($0) }
      #expect(isASCII == bytes.allSatisfy { $0 < 0x80 })
      #expect(seen[hash] == nil || seen[hash] == bytes)
      seen[hash] = bytes
    }
  }

  @Test(
    "Names that differ in their last letters, or their first, spread over the table", arguments: ["", "Base.a_name_"])
  func places(prefix: String) {
    for names in [(0..<4_096).map { "\(prefix)\($0)" }, (0..<4_096).map { "\($0)\(prefix)" }] {
      var counts: [Int: Int] = [:]
      for name in names { counts[KnownNames.Table.place(of: ExactText(name).hash, 0), default: 0] += 1 }
      // A quarter as many names as places: chance gives hardly any place more than five.
      #expect(counts.values.max() ?? 0 <= 8)
      #expect(counts.count > 3_000)
    }
  }

  @Test("Each well-known name is refused where it is spelled out, and is the name of its number")
  func wellKnown() throws {
    for (number, name) in WellKnownNames.list.enumerated() {
      let spelledOut = [0, 0, 1, 30, UInt8(name.utf8.count)] + Array(name.utf8)
      #expect(throws: DecodingFailure(.notCanonical, at: 4)) { try decode(spelledOut) }
      // The number of the name that is returned stands in one number with two kinds.
      let code = LoweredCode(arguments: [], statements: [.return(.global(name))])
      #expect(EncodedSource(code).payload == [0, 0, 1, 62, UInt8(number)])
      #expect(try decode([0, 0, 1, 62, UInt8(number)]) == code)
    }
  }

  /// Longer than what the process keeps.
  private static let long = String(repeating: "long", count: 50)

  @Test("A name that no table keeps is new once, beside the method of the same name")
  func ownNames() throws {
    let name = NameTests.long
    let code = LoweredCode(
      arguments: [name], statements: [.value(.call(.global(name), [.literal(.string(name))])), .return(.global(name))],
      methodForInferenceLimitHeuristics: name)
    let bytes = EncodedSource(code).payload
    for _ in 0..<3 { #expect(try decode(bytes) == code) }
    let text = [200, 1] + Array(name.utf8)
    #expect(throws: Never.self) { try decode([0, 0, 2, 24] + text + [4]) }
    #expect(throws: DecodingFailure(.notCanonical, at: 207)) { try decode([0, 0, 2, 24] + text + [24] + text) }
  }

  @Test("What was taken out of a layout stays when the layout is gone, whatever is decoded then")
  func lifetime() throws {
    let name = NameTests.long
    let literals: [Literal] = [
      .string(name), .symbol(name), .type(.named(name)), .type(.nominal(name, [.named(name)])),
      .syntax(.form(name, [.name(name)])),
    ]
    let bytes = EncodedSource(
      LoweredCode(
        arguments: [], statements: [.value(.call(.global(name), literals.map { .literal($0) })), .goto(0)],
        methodForInferenceLimitHeuristics: name)
    ).payload
    var constants: [CodeLayout.Constant] = []
    var method: CodeLayout.Name?
    weak var gone: CodeLayout?
    do {
      let layout = try decode(bytes).layout()
      (constants, method, gone) = (layout.constants, layout.methodForLimits, layout)
    }
    #expect(gone == nil)
    var random = RandomCode(seed: 12)
    for _ in 0..<100 { _ = try decode(EncodedSource(random.code()).payload) }
    #expect(constants == [.callee(CodeLayout.Name(name))] + literals.map { .literal($0) })
    #expect(method == CodeLayout.Name(name))
  }

  @Test("Integers are listed once as long as few constants follow, in one code after another", arguments: 0..<10)
  func integers(_ seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    for _ in 0..<200 {
      let numbers = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
        Int64.random(in: -3...30, using: &generator)
      }
      let code = LoweredCode(
        arguments: [], statements: numbers.map { .value(.operand(.literal(.int($0)))) } + [.goto(0)])
      let constants = try decode(EncodedSource(code).payload).layout().constants
      var expected: [CodeLayout.Constant] = []
      for number in numbers where !expected.suffix(8).contains(.literal(.int(number))) {
        expected.append(.literal(.int(number)))
      }
      #expect(constants == expected)
      #expect(try code.layout().constants == expected)
    }
  }

  private func decode(_ bytes: [UInt8]) throws -> LoweredCode {
    try EncodedSource(codec: LoweredCode.codec.description, payload: bytes).open()
  }
}
