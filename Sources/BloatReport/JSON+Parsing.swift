extension JSON {
  /// Why a text is no JSON.
  package struct SyntaxError: Error, Hashable, Sendable {
    /// Where, in bytes from the beginning.
    package let offset: Int
    /// What would have been right there.
    package let expected: String
  }

  /// Reads one value (RFC 8259). Nesting deeper than 64 is refused: nothing that we write is.
  package init(parsing text: String) throws(SyntaxError) {
    var parser = JSONParser(text)
    self = try parser.parseDocument()
  }

  /// A member of an object; `nil` if this is none, or has no such member.
  package subscript(_ key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.pairs.first { $0.key == key }?.value
  }

  /// The number, if it is a whole one.
  package var asInteger: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// The text, if this is one.
  package var asText: String? { if case .text(let text) = self { text } else { nil } }

  /// The elements, if this is an array.
  package var asArray: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
}

/// Recursive descent over the bytes of a text.
private struct JSONParser {
  private static let greatestDepth = 64

  private let bytes: [UInt8]
  private var offset = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func parseDocument() throws(JSON.SyntaxError) -> JSON {
    let value = try parseValue(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw expected("the end") }
    return value
  }

  private func expected(_ what: String) -> JSON.SyntaxError { JSON.SyntaxError(offset: offset, expected: what) }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() { while let byte = next, [0x20, 0x0a, 0x0d, 0x09].contains(byte) { offset += 1 } }

  /// Takes a byte if it comes next.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    offset += 1
    return true
  }

  private mutating func parseValue(depth: Int) throws(JSON.SyntaxError) -> JSON {
    guard depth < JSONParser.greatestDepth else { throw expected("less nesting") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(JSON.Members(try parseMembers(depth: depth)))
    case UInt8(ascii: "["): return .array(try parseElements(depth: depth))
    case UInt8(ascii: "\""): return .text(try parseText())
    case UInt8(ascii: "t"): return try parse("true", as: .bool(true))
    case UInt8(ascii: "f"): return try parse("false", as: .bool(false))
    case UInt8(ascii: "n"): return try parse("null", as: .null)
    default: return try parseNumber()
    }
  }

  private mutating func parse(_ word: String, as value: JSON) throws(JSON.SyntaxError) -> JSON {
    guard bytes[offset...].starts(with: word.utf8) else { throw expected(word) }
    offset += word.utf8.count
    return value
  }

  private mutating func parseElements(depth: Int) throws(JSON.SyntaxError) -> [JSON] {
    offset += 1
    skipSpace()
    if take("]") { return [] }
    var elements: [JSON] = []
    while true {
      elements.append(try parseValue(depth: depth + 1))
      skipSpace()
      if take("]") { return elements }
      guard take(",") else { throw expected("',' or ']'") }
    }
  }

  private mutating func parseMembers(depth: Int) throws(JSON.SyntaxError) -> [(key: String, value: JSON)] {
    offset += 1
    skipSpace()
    if take("}") { return [] }
    var members: [(key: String, value: JSON)] = []
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw expected("a name") }
      let key = try parseText()
      skipSpace()
      guard take(":") else { throw expected("':'") }
      members.append((key, try parseValue(depth: depth + 1)))
      skipSpace()
      if take("}") { return members }
      guard take(",") else { throw expected("',' or '}'") }
    }
  }

  private mutating func parseNumber() throws(JSON.SyntaxError) -> JSON {
    let start = offset
    _ = take("-")
    let isZero = take("0")
    if !isZero { try parseDigits() }
    var isWhole = true
    if take(".") {
      isWhole = false
      try parseDigits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("-") { _ = take("+") }
      try parseDigits()
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let number = Int64(text) { return .integer(number) }
    guard let number = Double(text), number.isFinite else { throw expected("a number in range") }
    return .number(number)
  }

  private mutating func parseDigits() throws(JSON.SyntaxError) {
    let start = offset
    while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
    guard offset > start else { throw expected("a value") }
  }

  private mutating func parseText() throws(JSON.SyntaxError) -> String {
    offset += 1
    var text: [UInt8] = []
    while let byte = next {
      guard byte >= 0x20 else { throw expected("no control character") }
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += Array(String(try parseEscape()).utf8)
      default: text.append(byte)
      }
    }
    throw expected("'\"'")
  }

  private mutating func parseEscape() throws(JSON.SyntaxError) -> Unicode.Scalar {
    guard let byte = next else { throw expected("an escape") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try parseUnicode()
    default: throw expected("an escape")
    }
  }

  private mutating func parseUnicode() throws(JSON.SyntaxError) -> Unicode.Scalar {
    let high = try parseCodeUnit()
    guard (0xd800..<0xdc00).contains(high) else { return Unicode.Scalar(high) ?? "\u{fffd}" }
    guard take("\\"), take("u") else { throw expected("the second half of a surrogate pair") }
    let low = try parseCodeUnit()
    guard (0xdc00..<0xe000).contains(low) else { throw expected("the second half of a surrogate pair") }
    return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)) ?? "\u{fffd}"
  }

  private mutating func parseCodeUnit() throws(JSON.SyntaxError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw expected("four hexadecimal digits")
      }
      offset += 1
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}
