import JuliaCorpus
import Testing

@Suite("JSON is read as it is written")
struct JSONValueTests {
  @Test(
    "Values of every kind",
    arguments: [
      (" null ", .null), ("[true,false]", .array([.bool(true), .bool(false)])),
      ("18446744073709551615", .number("18446744073709551615")), ("-1.5e3", .number("-1.5e3")),
      (#""a\"\\\/\n\u0041\ud83d\ude00é""#, .text("a\"\\/\nA😀é")), ("[]", .array([])), ("{}", .object([:])),
      (#"{ "a" : [ 1 ] , "b" : {} }"#, .object(["a": .array([.number("1")]), "b": .object([:])])),
    ] as [(String, JSONValue)])
  func values(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test(
    "Anything else is refused",
    arguments: [
      "", "nul", "[1,]", "[1", "{\"a\"}", "{a:1}", "\"\u{1}\"", #""\x""#, #""\ud83d""#, #""\u+041""#, "1 2", "--1",
      "\"",
      #""\ud83d\u0041""#,
    ])
  func refused(text: String) {
    #expect(throws: JSONFailure.self) { try JSONValue(parsing: text) }
  }

  @Test("Nesting has an end")
  func nesting() throws {
    #expect(throws: Never.self) {
      try JSONValue(parsing: String(repeating: "[", count: 255) + String(repeating: "]", count: 255))
    }
    #expect(throws: JSONFailure.self) { try JSONValue(parsing: String(repeating: "[", count: 100_000)) }
  }
}
