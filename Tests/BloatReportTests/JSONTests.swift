import Foundation
import Testing

@testable import BloatReport

@Suite("JSON is read as RFC 8259 says")
struct JSONTests {
  @Test(
    "Values are what they say",
    arguments: [
      ("null", "null"), (" [ 1 , -0 , 2.5e1 ] ", "[1,0,25.0]"), ("{\"a\":{\"b\":[]}}", "{\"a\":{\"b\":[]}}"),
      ("\"\\u00e9\\ud83d\\ude42\\n\\/\"", "\"é🙂\\n/\""), ("9223372036854775807", "9223372036854775807"),
      ("[true,false]", "[true,false]"),
    ])
  func values(text: String, compact: String) throws { #expect(try JSON(parsing: text).compact == compact) }

  @Test(
    "What is no JSON is refused, and where",
    arguments: [
      ("", 0), ("[1,]", 3), ("{\"a\"}", 4), ("01", 1), ("1 2", 2), ("\"a", 2), ("nul", 0), ("[1", 2), ("-", 1),
      ("1.", 2),
      ("\"\u{1}\"", 1), ("{a:1}", 1), ("1e999", 5),
    ])
  func refusals(text: String, offset: Int) {
    #expect { try JSON(parsing: text) } throws: { ($0 as? JSON.SyntaxError)?.offset == offset }
  }

  @Test("Nesting without end is refused before the stack is at its end")
  func nesting() {
    #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
  }

  @Test("Damaged text is refused, or read as Foundation reads it", arguments: 0..<300)
  func damage(seed: Int) {
    var random = Seeded(seed)
    var bytes = Array(BloatReport(randomFile(seed % 5), hitNanoseconds: 1).json.compact.utf8.prefix(2_000))
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] =
        [0x22, 0x5b, 0x7d, 0x2c, 0x30, 0x5c].randomElement(using: &random) ?? 0
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if (try? JSON(parsing: text)) != nil {
      #expect((try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil)
    }
  }
}
