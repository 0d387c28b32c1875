import JuliaCorpus
import LoweredIR
import SourceCodec
import Testing

@Suite("The form of Julia's code is canonical and checked")
struct JuliaCodeTests {
  private let bytes: [UInt8]

  init() throws {
    let entry = try CorpusEntry(
      line: Lines.generated([#"{"h":"call","a":[{"g":"Main.f"},{"slot":2}]}"#, #"{"h":"return","a":[{"ssa":1}]}"#]))
    bytes = EncodedSource(try #require(entry.generation).code).payload
  }

  private func decode(_ bytes: [UInt8]) throws -> JuliaCode {
    var reader = ByteReader(bytes)
    let code = try JuliaCode(from: &reader)
    try reader.finish()
    return code
  }

  @Test("Every beginning of the bytes is an error")
  func truncation() {
    for count in bytes.indices { #expect(throws: DecodingFailure.self) { try decode(Array(bytes[..<count])) } }
  }

  @Test("Damaged bytes give an error, or code with just these bytes (W9)")
  func damage() throws {
    var survivors = 0
    for position in bytes.indices {
      for byte in UInt8.min...UInt8.max {
        var damaged = bytes
        damaged[position] = byte
        guard let code = try? decode(damaged) else { continue }
        survivors += 1
        #expect(EncodedSource(code).payload == damaged)
        #expect(code.locations.count == code.code.statements.count && code.slotFlags.count == code.code.slotCount)
      }
    }
    #expect(survivors > bytes.count)
  }
}
