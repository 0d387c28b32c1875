import LoweredIR
import SourceCodec

// The form "julia-ir/1": what Julia's own compressed form of a CodeInfo holds, so that the two can be compared.
//
//   julia code = code, line count, line …, run …, slot flags (a number for each slot), flags
//   code       = as in "lowered-ir/2"
//   line       = text (the method's name), text (file), number (line), number (the line into which it was inlined; 0: none)
//   run        = number (the line of these statements; 0: none), number (so many statements, at least one): longest runs, for all
//                statements
//   flags      = inlineable + propagate_inbounds * 2 + pure * 4

/// A Julia `CodeInfo`: the code, and what stands beside it.
public struct JuliaCode: Hashable, Sendable {
  /// An entry of the line table.
  public struct Line: Hashable, Sendable {
    /// The name of the method.
    public var method: String
    /// Its file.
    public var file: String
    /// The line there.
    public var line: UInt64
    /// The entry of the place into which this one was inlined, counted from 1; 0 if it was not.
    public var inlinedAt: UInt64

    /// Makes an entry.
    public init(method: String, file: String, line: UInt64, inlinedAt: UInt64) {
      self.method = method
      self.file = file
      self.line = line
      self.inlinedAt = inlinedAt
    }
  }

  /// The statements, see ``init(_:method:)``.
  public var code: LoweredCode
  /// The line table.
  public var lines: [Line]
  /// For each statement its entry in the line table, counted from 1; 0 if it has none.
  public var locations: [UInt64]
  /// For each slot what lowering found of its uses.
  public var slotFlags: [UInt64]
  /// `inlineable`, `propagate_inbounds`, `pure`, from the lowest bit on.
  public var flags: UInt64
}

extension JuliaCode: SourceCodable {
  /// `julia-ir/1`
  public static let codec = CodecIdentity(name: "julia-ir", version: 1)

  /// Writes the canonical form.
  public func encode(into writer: inout ByteWriter) {
    code.encode(into: &writer)
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

  /// Reads the canonical form; nothing is trusted.
  public init(from reader: inout ByteReader) throws(DecodingFailure) {
    self = try reader.withCursor { (cursor) throws(DecodingFailure) in try JuliaCode(from: &cursor) }
  }

  private init(from cursor: inout ByteCursor) throws(DecodingFailure) {
    code = try LoweredCode(from: &cursor)
    let lineCount = try cursor.readUnsigned()
    guard lineCount <= UInt64(cursor.remaining / 4) else { throw cursor.failure(.tooLarge(lineCount)) }
    lines = []
    lines.reserveCapacity(Int(lineCount))
    for _ in 0..<lineCount {
      lines.append(
        Line(
          method: try cursor.readKnownText(), file: try cursor.readKnownText(), line: try cursor.readUnsigned(),
          inlinedAt: try cursor.readUnsigned()))
    }
    locations = []
    locations.reserveCapacity(code.statementCount)
    while locations.count < code.statementCount {
      let location = try cursor.readUnsigned()
      let count = try cursor.readUnsigned()
      guard location <= lineCount else { throw cursor.failure(.tooLarge(location)) }
      guard count <= UInt64(code.statementCount - locations.count) else { throw cursor.failure(.tooLarge(count)) }
      guard count > 0, location != locations.last else { throw cursor.failure(.notCanonical) }
      locations.append(contentsOf: repeatElement(location, count: Int(count)))
    }
    slotFlags = []
    slotFlags.reserveCapacity(code.slotCount)
    for _ in 0..<code.slotCount { slotFlags.append(try cursor.readUnsigned()) }
    flags = try cursor.readUnsigned()
    guard flags < 8 else { throw cursor.failure(.tooLarge(flags)) }
  }
}
