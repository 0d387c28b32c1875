/// Numbers as people read them.
package enum Readable {
  /// `512 B`, `1.5 KiB`, `20.0 MiB`.
  package static func bytes(_ count: Int64) -> String {
    var value = Double(count)
    var unit = 0
    while abs(value) >= 1024, unit < 4 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(oneDecimal(value)) \(["KiB", "MiB", "GiB", "TiB"][unit - 1])"
  }

  /// `850 ns`, `1.2 ms`, `3.4 s`, `2.5 h`.
  package static func duration(nanoseconds: Int64) -> String {
    let value = Double(nanoseconds)
    switch abs(value) {
    case ..<1e3: return "\(nanoseconds) ns"
    case ..<1e6: return oneDecimal(value / 1e3) + " us"
    case ..<1e9: return oneDecimal(value / 1e6) + " ms"
    case ..<3600e9: return oneDecimal(value / 1e9) + " s"
    default: return oneDecimal(value / 3600e9) + " h"
    }
  }

  /// The same with its sign: `+1.5 KiB`.
  package static func growth(_ count: Int64) -> String { count > 0 ? "+" + bytes(count) : bytes(count) }

  /// `12.5%` of a whole; `-` of nothing.
  package static func share(_ part: Int64, of whole: Int64) -> String {
    whole == 0 ? "-" : oneDecimal(Double(part) / Double(whole) * 100) + "%"
  }

  /// `3.2`; `-` if there is no number.
  package static func decimal(_ value: Double?) -> String {
    guard let value, value.isFinite, abs(value) < 1e15 else { return "-" }
    return oneDecimal(value)
  }

  /// The text in at most `width` characters: what does not fit is left out of its middle.
  package static func fitted(_ text: String, width: Int) -> String {
    guard text.count > width else { return text }
    let kept = max(2, width - 1)
    return "\(text.prefix(kept - kept / 2))…\(text.suffix(kept / 2))"
  }

  /// `3 traces`, `1 trace`.
  package static func count(_ number: Int, _ noun: String) -> String { count(number, noun, noun + "s") }

  /// `3 entries`, `1 entry`.
  package static func count(_ number: Int, _ noun: String, _ nouns: String) -> String {
    "\(number) \(number == 1 ? noun : nouns)"
  }

  /// Text from a store on one line, without anything that a terminal would act on.
  package static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { line.append(isControl(scalar) ? "\u{fffd}" : scalar) }
    return String(line)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .lineSeparator
  }

  private static func oneDecimal(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return "\(tenths < 0 && tenths > -10 ? "-" : "")\(tenths / 10).\(abs(tenths % 10))"
  }
}
