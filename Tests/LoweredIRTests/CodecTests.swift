import CacheIdentity
import LoweredIR
import SourceCodec
import Testing

@Suite("The binary form is compact, canonical and checked")
struct CodecTests {
  @Test("A typical source of 14 statements takes well under 150 bytes")
  func size() throws {
    let code = try method(
      """
      overlay Trace function norm(x::Float64, y::Float64)
        scale = maximum(abs(x), abs(y))
        if scale == 0.0
          return 0.0
        end
        u = x / scale
        v = y / scale
        scale * sqrt(u * u + v * v)
      end
      """
    ).code
    #expect(code.statements.count == 14)
    #expect(EncodedSource(code).payload.count <= 110)
  }

  @Test("The bytes of version 2 stay as they are")
  func stability() throws {
    let code = try LoweredCode(
      text: """
        code(x, rest...; sum)
          limit as "f(A)"
          %0 = sum := +(x, 300)
          %1 = unless true goto %3
          %2 = g("s", 1.5, ::A{3}, :(h(y)), %0)
          %3 = return sum
        end
        """)
    let bytes: [UInt8] = [
      // Two arguments, a method, vararg; f(A); one local; their names: x, rest, sum.
      11, 4, 102, 40, 65, 41, 1, 1, 18, 0, 4, 114, 101, 115, 116, 0, 3, 115, 117, 109,
      // Four statements: sum := +(x, 300).
      4, 19, 2, 7, 28, 1, 14, 216, 4,
      // unless true goto.
      37, 10,
      // g("s", 1.5, ::A{3}, :(h(y)), %0)
      41, 3, 1, 103, 22, 0, 1, 115, 18, 191, 240, 3, 30, 4, 0, 1, 65, 3, 6, 34, 10, 1, 0, 0, 1, 104, 4, 19, 4,
      // return sum
      78,
    ]
    #expect(EncodedSource(code).payload == bytes)
    #expect(try decode(bytes) == code)
    #expect(LoweredCode.codec.description == "lowered-ir/2")
  }

  @Test("Every proper beginning of the bytes is an error")
  func truncation() throws {
    var random = RandomCode(seed: 77)
    for _ in 0..<100 {
      let bytes = EncodedSource(random.code()).payload
      for count in 0..<bytes.count {
        #expect(throws: DecodingFailure.self) { try decode(Array(bytes[..<count])) }
      }
    }
  }

  @Test(
    "A second way to write the same is an error",
    arguments: [
      // What is written.
      ([0, 0, 1, 30, 1, 113], nil),
      // A name that is new twice, a well-known name spelled out, and one that is new twice.
      ([0, 0, 2, 30, 1, 113, 30, 1, 113], .notCanonical), ([0, 0, 1, 30, 1, 120], .notCanonical),
      ([0, 0, 2, 62, 18, 62, 18], .notCanonical),
      // The integer 1 as a large one; a number with a superfluous byte; an integer type with a number beside its kind.
      ([0, 0, 1, 118, 2], .notCanonical), ([0, 0x80, 0, 1, 30, 1, 113], .notCanonical),
      ([0, 0, 1, 0xf6, 1, 3, 2], nil), ([0, 0, 1, 0xf6, 1, 7, 2], .notCanonical),
      // A byte too many; kinds that are not there.
      ([0, 0, 1, 30, 1, 113, 0], .trailing(1)), ([0, 0, 1, 7], .unknownTag(7, of: "statement")),
      ([0, 0, 1, 0x96, 0x08], .unknownTag(32, of: "literal")), ([0, 0, 1, 62, 127], .unknownTag(127, of: "name")),
      ([0, 0, 1, 94], .unknownTag(2, of: "name")), ([0, 0, 1, 0x96, 2, 3], .unknownTag(3, of: "syntax")),
    ] as [([UInt8], DecodingFailure.Problem?)])
  func notCanonical(_ bytes: [UInt8], _ problem: DecodingFailure.Problem?) {
    var found: DecodingFailure.Problem?
    do throws(DecodingFailure) { _ = try decode(bytes) } catch { found = error.problem }
    #expect(found == problem)
  }

  @Test("Counts that the bytes cannot hold are refused before anything is allocated")
  func hugeCounts() {
    let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]
    for start: [UInt8] in [[], [0], [0, 0], [0, 0, 1], [0, 0, 1, 1]] {
      #expect(throws: DecodingFailure.self) { try decode(start + huge) }
    }
  }

  @Test("Bytes of invalid code are an error that names the rule")
  func invalid() {
    // Just `goto 5`.
    #expect(throws: DecodingFailure(.invalidValue("unknownTarget(5), statement 0"), at: 0)) {
      try decode([0, 0, 1, 10 << 3 | 4])
    }
  }

  @Test("Each name is new once, however many there are", arguments: [10, 63, 64, 65, 300])
  func manyNames(count: Int) throws {
    let names = (0..<count).map { "name\($0)" }
    let code = LoweredCode(arguments: [], statements: names.map { .value(.operand(.global($0))) } + [.goto(0)])
    let bytes = EncodedSource(code).payload
    #expect(try decode(bytes) == code)
    // The last name becomes the first one again.
    let last = Array("name\(count - 1)".utf8)
    let place = try #require(bytes.indices.last { bytes[$0...].starts(with: last) })
    var repeated = Array(bytes[..<place]) + Array("name0".utf8) + bytes[(place + last.count)...]
    repeated[place - 1] = 5
    #expect(throws: DecodingFailure.self) { try decode(repeated) }
    repeated[place + 4] = UInt8(ascii: "#")
    #expect(throws: Never.self) { try decode(repeated) }
  }

  @Test("Two slots whose names are only canonically equivalent are refused, like two of the same name")
  func equivalentSlots() {
    for names in [["é", "e\u{301}"], ["q", "q"]] {
      let code = LoweredCode(arguments: names, statements: [.return(.literal(.nothing))])
      #expect(throws: DecodingFailure.self) { try EncodedSource(code).open(LoweredCode.self) }
    }
  }

  @Test("Strings that are only canonically equivalent keep their own bytes")
  func equivalence() throws {
    let composed = Literal.string("\u{e9}")
    let decomposed = Literal.string("e\u{301}")
    let code = LoweredCode(
      arguments: [], statements: [.value(.call(.global("f"), [.literal(composed), .literal(decomposed)])), .goto(0)])
    let decoded: LoweredCode = try EncodedSource(code).open()
    guard case .value(.call(_, let arguments)) = decoded.statements[0], case .literal(.string(let last)) = arguments[1]
    else {
      Issue.record("not a call")
      return
    }
    #expect(last.utf8.count == 3)
  }
}

@Suite("A definition's digest covers what it means and not where it stands")
struct DefinitionDigestTests {
  private func digest(_ text: String) throws -> Digest {
    try Program.parse(text, file: "d.ir").first?.digest ?? Digest(high: 0, low: 0)
  }

  @Test("The place in the file, comments and layout do not count")
  func places() throws {
    #expect(try digest("f(x) = x + 1") == digest("# new\n\nfunction f(x)\n\n  x + 1 # one\nend"))
  }

  @Test("Every other part counts")
  func parts() throws {
    let texts = [
      "f(x) = x", "g(x) = x", "f(y) = y", "f(x) = 1", "f(x::Int64) = x", "f(x...) = x", "f(x, y) = x",
      "generated f(x) = x",
      "cached generated f(x) = x", "overlay T f(x) = x", "overlay U f(x) = x", "(f::F)(x) = x", "(x::F)() = x",
      "const f = x", "const g = x", "const f = 1", "table f", "table g", "abstract f", "abstract g", "abstract f <: A",
      "struct f end", "struct f <: A end", "struct f{T} end", "struct f{T, U} end", "struct f x end",
      "struct f x::A end",
      "struct f x::A; y end",
    ]
    #expect(Set(try texts.map(digest)).count == texts.count)
  }
}
