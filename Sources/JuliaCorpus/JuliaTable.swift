import LoweredIR
import SourceCodec

/// What stands beside the code in a Julia `CodeInfo`.
struct JuliaTable {
  var lines: [JuliaCode.Line] = []
  var locations: [UInt64] = []
  var slotFlags: [UInt64] = []
  var flags: UInt64 = 0

  /// Writes the canonical form.
  func encode(into writer: inout ByteWriter) {
    writer.write(count: lines.count)
    for line in lines {
      writer.write(text: line.method)
      writer.write(text: line.file)
      writer.write(unsigned: line.line)
      writer.write(unsigned: line.inlinedAt)
    }
    var start = 0
    while start < locations.count {
      let end = locations[start...].firstIndex { $0 != locations[start] } ?? locations.count
      writer.write(unsigned: locations[start])
      writer.write(count: end - start)
      start = end
    }
    for flags in slotFlags { writer.write(unsigned: flags) }
    writer.write(unsigned: flags)
  }

  /// Reads the canonical form of what stands beside a code, and checks it; nothing is trusted.
  ///
  /// - Parameter table: Takes what is read. If there is none, the form is just checked, and nothing is allocated.
  static func read(
    from cursor: inout ByteCursor, beside code: LoweredCode, into table: inout JuliaTable?
  ) throws(DecodingFailure) {
    let lineCount = try cursor.readUnsigned()
    guard lineCount <= UInt64(cursor.remaining / 4) else { throw cursor.failure(.tooLarge(lineCount)) }
    for _ in 0..<lineCount { try readLine(from: &cursor, into: &table) }
    let statementCount = code.statementCount
    var position = 0
    var last: UInt64?
    while position < statementCount {
      let location = try cursor.readUnsigned()
      let count = try cursor.readUnsigned()
      guard location <= lineCount else { throw cursor.failure(.tooLarge(location)) }
      guard count <= UInt64(statementCount - position) else { throw cursor.failure(.tooLarge(count)) }
      guard count > 0, location != last else { throw cursor.failure(.notCanonical) }
      table?.locations.append(contentsOf: repeatElement(location, count: Int(count)))
      position += Int(count)
      last = location
    }
    for _ in 0..<code.slotCount {
      let flags = try cursor.readUnsigned()
      table?.slotFlags.append(flags)
    }
    let flags = try cursor.readUnsigned()
    guard flags < 8 else { throw cursor.failure(.tooLarge(flags)) }
    table?.flags = flags
  }

  private static func readLine(
    from cursor: inout ByteCursor, into table: inout JuliaTable?
  ) throws(DecodingFailure) {
    if table == nil {
      try cursor.skipText()
      try cursor.skipText()
      _ = try cursor.readUnsigned()
      _ = try cursor.readUnsigned()
    } else {
      let line = JuliaCode.Line(
        method: try cursor.readText(), file: try cursor.readText(), line: try cursor.readUnsigned(),
        inlinedAt: try cursor.readUnsigned())
      table?.lines.append(line)
    }
  }
}
