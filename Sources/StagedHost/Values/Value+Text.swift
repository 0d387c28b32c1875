import LoweredIR

extension Value: CustomStringConvertible {
  /// The value as `print` shows it, strings without quotes; cut off with `…` where it nests too deep or grows too long.
  public var description: String {
    var text = ""
    var budget = Value.textBudget
    write(into: &text, quoted: false, depth: 0, budget: &budget)
    return text
  }

  private static let textBudget = 1 << 16
  private static let textDepth = 200

  private func write(into text: inout String, quoted: Bool, depth: Int, budget: inout Int) {
    budget -= 1
    guard budget > 0, depth < Value.textDepth else {
      text += "…"
      return
    }
    switch self {
    case .nothing: text += "nothing"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .float(let value): text += value.description
    case .string(let value): text += quoted ? Value.quote(value) : value
    case .symbol(let value): text += quoted ? ":" + value : value
    case .type(let type): text += type.description
    case .function(let type): text += ResolvedType.functionName(of: type)
    case .builtin(let builtin): text += builtin.rawValue
    case .table(let type):
      if case .table(let name) = type.shape { text += name }
    case .tuple(let tuple):
      Value.write(tuple.elements, open: "(", close: tuple.elements.count == 1 ? ",)" : ")", &text, depth, &budget)
    case .structure(let structure):
      Value.write(structure.fields, open: structure.type.description + "(", close: ")", &text, depth, &budget)
    case .array(let array): Value.write(array.snapshot, open: "[", close: "]", &text, depth, &budget)
    case .syntax(let value): text += value.syntax.description
    }
  }

  private static func write(
    _ parts: [Value], open: String, close: String, _ text: inout String, _ depth: Int, _ budget: inout Int
  ) {
    text += open
    for (position, part) in parts.enumerated() {
      if position > 0 { text += ", " }
      if budget <= 0 {
        text += "…"
        break
      }
      part.write(into: &text, quoted: true, depth: depth + 1, budget: &budget)
    }
    text += close
  }

  private static func quote(_ text: String) -> String {
    var quoted = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\"", "\\", "$": quoted += "\\" + String(character)
      default: quoted.unicodeScalars.append(character)
      }
    }
    return quoted + "\""
  }
}

extension ResolvedType {
  /// The name of the function whose singleton type this is; the type's text for any other type.
  static func functionName(of type: ResolvedType) -> String {
    if case .function(let name) = type.shape { name } else { type.description }
  }
}
