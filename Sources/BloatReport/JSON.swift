/// A value to be written as JSON (RFC 8259). A writer of our own: Foundation costs more at each start than all else here.
package enum JSON: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case array([JSON])
  case object(Members)

  /// The members of an object, in their order.
  package struct Members: ExpressibleByDictionaryLiteral, Sendable {
    package var pairs: [(key: String, value: JSON)]

    package init(_ pairs: [(key: String, value: JSON)]) { self.pairs = pairs }
    package init(dictionaryLiteral elements: (String, JSON)...) { pairs = elements.map { (key: $0.0, value: $0.1) } }
  }

  package static func integer(_ number: Int) -> JSON { .integer(Int64(number)) }
  package static func optional(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }
  package static func optional(_ number: Int64?) -> JSON { number.map { .integer($0) } ?? .null }

  /// In one line, without a line break after it.
  package var compact: String {
    var text = ""
    write(into: &text, indent: nil)
    return text
  }

  /// In many lines, each further in by two spaces.
  package var pretty: String {
    var text = ""
    write(into: &text, indent: 0)
    return text
  }

  private func write(into text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? String(value) : "null"
    case .text(let value): JSON.write(value, into: &text)
    case .array(let elements):
      JSON.write(elements, between: ("[", "]"), into: &text, indent) { element, text, indent in
        element.write(into: &text, indent: indent)
      }
    case .object(let members):
      JSON.write(members.pairs, between: ("{", "}"), into: &text, indent) { member, text, indent in
        JSON.write(member.key, into: &text)
        text += indent == nil ? ":" : ": "
        member.value.write(into: &text, indent: indent)
      }
    }
  }

  private static func write<Elements: Collection>(
    _ elements: Elements, between ends: (String, String), into text: inout String, _ indent: Int?,
    _ writeElement: (Elements.Element, inout String, Int?) -> Void
  ) {
    text += ends.0
    let inner = indent.map { $0 + 2 }
    var isFirst = true
    for element in elements {
      if !isFirst { text += "," }
      isFirst = false
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      writeElement(element, &text, inner)
    }
    if let indent, !isFirst { text += "\n" + String(repeating: " ", count: indent) }
    text += ends.1
  }

  private static func write(_ value: String, into text: inout String) {
    text += "\""
    defer { text += "\"" }
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }) { return text += value }
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\0"..<" ", "\u{7f}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
