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
  public let code: LoweredCode
  /// What stands beside the code in its form, which was checked: equal tables have equal bytes.
  private let bytes: [UInt8]

  /// The line table. This and the others are read from their form each time.
  public var lines: [Line] { table.lines }
  /// For each statement its entry in the line table, counted from 1; 0 if it has none.
  public var locations: [UInt64] { table.locations }
  /// For each slot what lowering found of its uses.
  public var slotFlags: [UInt64] { table.slotFlags }
  /// `inlineable`, `propagate_inbounds`, `pure`, from the lowest bit on.
  public var flags: UInt64 { table.flags }

  init(code: LoweredCode, table: JuliaTable) {
    self.code = code
    var writer = ByteWriter()
    table.encode(into: &writer)
    bytes = writer.bytes
  }

  private var table: JuliaTable {
    var table: JuliaTable? = JuliaTable()
    var reader = ByteReader(bytes)
    // The bytes were checked, or written, so they are a table.
    try? reader.withCursor { (cursor) throws(DecodingFailure) in
      try JuliaTable.read(from: &cursor, beside: code, into: &table)
    }
    return table ?? JuliaTable()
  }
}

extension JuliaCode: SourceCodable {
  /// `julia-ir/1`
  public static let codec = CodecIdentity(name: "julia-ir", version: 1)

  /// Writes the canonical form.
  public func encode(into writer: inout ByteWriter) {
    code.encode(into: &writer)
    for byte in bytes { writer.write(byte: byte) }
  }

  /// Reads the canonical form; nothing is trusted.
  public init(from reader: inout ByteReader) throws(DecodingFailure) {
    self = try reader.withCursor { (cursor) throws(DecodingFailure) in try JuliaCode(from: &cursor) }
  }

  private init(from cursor: inout ByteCursor) throws(DecodingFailure) {
    code = try LoweredCode(from: &cursor)
    let start = cursor
    var none: JuliaTable?
    try JuliaTable.read(from: &cursor, beside: code, into: &none)
    bytes = Array(cursor.bytes(since: start))
  }
}
