import LoweredIR
import SourceCodec
import Testing

@Suite("Texts and bytes give back what they were made from")
struct RoundTripTests {
  @Test("Valid code of any shape survives its text form and its bytes", arguments: 0..<20)
  func anyCode(_ seed: Int) throws {
    var random = RandomCode(seed: seed)
    for _ in 0..<250 {
      let code = random.code()
      try code.validate()
      let text = code.text
      let read = try LoweredCode(text: text)
      #expect(read == code, "\(text)")
      #expect(read.text == text)

      let source = EncodedSource(code)
      let decoded = try source.open(LoweredCode.self)
      #expect(decoded == code, "\(text)")
      #expect(EncodedSource(decoded) == source)
    }
  }

  @Test("Any syntax survives its text", arguments: 0..<10)
  func anySyntax(_ seed: Int) throws {
    var random = RandomCode(seed: 1_000 + seed)
    for _ in 0..<500 {
      let original = random.syntax(6)
      let literal = Literal.syntax(original)
      let text = "code()\n%0 = return \(literal)\nend"
      #expect(try LoweredCode(text: text).statements == [.return(.literal(literal))], "\(text)")
    }
  }

  @Test("Any type survives its text", arguments: 0..<10)
  func anyType(_ seed: Int) throws {
    var random = RandomCode(seed: 2_000 + seed)
    for _ in 0..<500 {
      let type = random.type(5)
      #expect(try TypeExpression(parsing: type.description) == type)
    }
  }

  @Test("Damaged bytes give an error or code with just these bytes (W9)", arguments: 0..<20)
  func damage(_ seed: Int) throws {
    var random = RandomCode(seed: 3_000 + seed)
    var survivors = 0
    for _ in 0..<150 {
      let bytes = EncodedSource(random.code()).payload
      for _ in 0..<20 {
        let damaged = random.mutate(bytes)
        guard let code = try? decode(damaged) else { continue }
        survivors += 1
        #expect(EncodedSource(code).payload == damaged)
        #expect(throws: Never.self) { try code.validate() }
        #expect(try LoweredCode(text: code.text) == code)
      }
    }
    #expect(survivors > 0)
  }

  @Test("Arbitrary bytes never crash the decoder, nor do damaged texts the parser", arguments: 0..<10)
  func noise(_ seed: Int) throws {
    var random = RandomCode(seed: 4_000 + seed)
    for _ in 0..<200 {
      var bytes: [UInt8] = Array(repeating: 0, count: 40)
      for _ in 0..<40 { bytes = random.mutate(bytes + [7]) }
      _ = try? decode(bytes)
      let text = String(decoding: random.mutate(Array(random.code().text.utf8)), as: UTF8.self)
      _ = try? LoweredCode(text: text)
      _ = try? Program.parse(text, file: "noise.ir")
    }
  }
}

/// Decodes all of the bytes.
func decode(_ bytes: [UInt8]) throws(DecodingFailure) -> LoweredCode {
  var reader = ByteReader(bytes)
  let code = try LoweredCode(from: &reader)
  try reader.finish()
  return code
}
