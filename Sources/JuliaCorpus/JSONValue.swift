/// A JSON value (RFC 8259) as it was read. Integers keep their digits: worlds are unsigned numbers of 64 bits.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(String)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// A member of an object; `nil` if it is none, or has no such member.
  public subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  /// The text, if it is one.
  public var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// The integer, if it is one that fits.
  public var integer: Int64? {
    guard case .number(let digits) = self else { return nil }
    return Int64(digits)
  }

  /// The elements, if it is an array.
  public var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }
}

/// Where a text is no JSON, in bytes from its start.
public struct JSONFailure: Error, Hashable, Sendable {
  /// Where.
  public let offset: Int
}

extension JSONValue {
  /// Reads one value, and nothing after it. Nests at most 256 deep.
  public init(parsing text: some StringProtocol) throws(JSONFailure) {
    var parser = JSONParser(bytes: Array(text.utf8))
    self = try parser.readValue(depth: 256)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.failure }
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var position = 0

  var failure: JSONFailure { JSONFailure(offset: position) }
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
  }

  private mutating func skip(_ byte: Character) -> Bool {
    skipSpace()
    guard next == byte.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: Character) throws(JSONFailure) {
    guard skip(byte) else { throw failure }
  }

  mutating func readValue(depth: Int) throws(JSONFailure) -> JSONValue {
    guard depth > 0 else { throw failure }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try readObject(depth: depth)
    case UInt8(ascii: "["): return try readArray(depth: depth)
    case UInt8(ascii: "\""): return .text(try readText())
    case UInt8(ascii: "n"): return try read("null", .null)
    case UInt8(ascii: "t"): return try read("true", .bool(true))
    case UInt8(ascii: "f"): return try read("false", .bool(false))
    default: return .number(try readNumber())
    }
  }

  private mutating func read(_ word: String, _ value: JSONValue) throws(JSONFailure) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw failure }
    position += word.utf8.count
    return value
  }

  private mutating func readObject(depth: Int) throws(JSONFailure) -> JSONValue {
    try expect("{")
    var members: [String: JSONValue] = [:]
    if skip("}") { return .object(members) }
    repeat {
      skipSpace()
      let name = try readText()
      try expect(":")
      members[name] = try readValue(depth: depth - 1)
    } while skip(",")
    try expect("}")
    return .object(members)
  }

  private mutating func readArray(depth: Int) throws(JSONFailure) -> JSONValue {
    try expect("[")
    var elements: [JSONValue] = []
    if skip("]") { return .array(elements) }
    repeat { elements.append(try readValue(depth: depth - 1)) } while skip(",")
    try expect("]")
    return .array(elements)
  }

  private mutating func readNumber() throws(JSONFailure) -> String {
    let start = position
    while let byte = next, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
    let digits = String(decoding: bytes[start..<position], as: UTF8.self)
    guard Double(digits) != nil else { throw failure }
    return digits
  }

  private mutating func readText() throws(JSONFailure) -> String {
    try expect("\"")
    var units: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else { throw failure }
        return text
      case UInt8(ascii: "\\"): units += String(try readEscape()).utf8
      case 0..<0x20: throw failure
      default: units.append(byte)
      }
    }
    throw failure
  }

  private mutating func readEscape() throws(JSONFailure) -> Unicode.Scalar {
    guard let byte = next else { throw failure }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "u"):
      let unit = try readUnit()
      guard 0xd800..<0xdc00 ~= unit else { return try scalar(unit) }
      // The first half of a pair.
      guard next == UInt8(ascii: "\\") else { throw failure }
      position += 1
      guard next == UInt8(ascii: "u") else { throw failure }
      position += 1
      let low = try readUnit()
      guard 0xdc00..<0xe000 ~= low else { throw failure }
      return try scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
    default: throw failure
    }
  }

  private mutating func readUnit() throws(JSONFailure) -> UInt32 {
    guard position + 4 <= bytes.count else { throw failure }
    let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }), let unit = UInt32(digits, radix: 16) else {
      throw failure
    }
    position += 4
    return unit
  }

  private func scalar(_ value: UInt32) throws(JSONFailure) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(value) else { throw failure }
    return scalar
  }
}
