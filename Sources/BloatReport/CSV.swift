/// Comma-separated values (RFC 4180).
package enum CSV {
  /// A line with its end; fields are quoted where they must be.
  package static func line(_ fields: [String]) -> String {
    fields.map { field in
      let mustQuote = field.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
      return mustQuote ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
    }.joined(separator: ",") + "\r\n"
  }
}
