import CSQLite
import CacheIdentity

/// A compiled statement: bind, step, read columns, reset.
final class Statement {
  private let handle: OpaquePointer
  private unowned let connection: Connection

  init(_ handle: OpaquePointer, of connection: Connection) {
    self.handle = handle
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  /// Binds all parameters, from the first.
  @inline(__always)
  func bind<each Value: Bindable>(_ values: repeat each Value) throws(StoreError) {
    var index: Int32 = 0
    for value in repeat each values {
      index += 1
      try bind(value, at: index)
    }
  }

  /// Binds one parameter, counted from 1.
  @inline(__always)
  func bind(_ value: some Bindable, at index: Int32) throws(StoreError) { try check(value.bind(to: handle, at: index)) }

  /// Goes to the next row; false if there is none.
  func step() throws(StoreError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw connection.error(code)
    }
  }

  /// Ends the run, so that the statement holds no lock and can be used again.
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  /// Ends the run, and leaves the parameters bound.
  func rewind() { sqlite3_reset(handle) }

  func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
  func world(_ column: Int32) -> WorldAge { WorldAge(int(column)) }
  func bool(_ column: Int32) -> Bool { int(column) != 0 }
  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
  func id<Row>(_ column: Int32) -> RowID<Row> { RowID(int(column)) }
  func optionalID<Row>(_ column: Int32) -> RowID<Row>? { isNull(column) ? nil : id(column) }

  func range(_ minColumn: Int32, _ maxColumn: Int32) throws(StoreError) -> WorldRange {
    guard let range = WorldRange(world(minColumn), world(maxColumn)), range.min >= .first else {
      throw connection.damaged("no range of worlds: \(int(minColumn))...\(int(maxColumn))")
    }
    return range
  }

  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    return String(decoding: bytes, as: UTF8.self)
  }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }

  /// Lends the bytes of a column until the next step.
  func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let start = sqlite3_column_blob(handle, column)
    return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }

  func digest(_ column: Int32) throws(StoreError) -> Digest {
    guard let digest = try digestIfPresent(column) else { throw connection.damaged("a digest is missing") }
    return digest
  }

  /// A digest; `nil` for NULL.
  func digestIfPresent(_ column: Int32) throws(StoreError) -> Digest? {
    guard let start = sqlite3_column_blob(handle, column) else { return nil }
    guard sqlite3_column_bytes(handle, column) == 16 else {
      throw connection.damaged("a digest is not 16 bytes long")
    }
    let words = UnsafeRawPointer(start)
    return Digest(
      high: UInt64(bigEndian: words.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: words.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  /// An error for content that SQLite accepts and we do not.
  func damaged(_ detail: String) -> StoreError { connection.damaged(detail) }

  private func check(_ code: Int32) throws(StoreError) {
    guard code == SQLITE_OK else { throw connection.error(code) }
  }
}

extension Statement {
  /// The bytes that a column's value takes in a record, besides those that say of what type it is, and the latter
  /// (SQLite, "Database File Format", section 2.1).
  func recordSize(_ column: Int32) -> (body: Int64, type: Int64) {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER:
      let value = int(column)
      let width: Int64 =
        switch value {
        case 0, 1: 0
        case -0x80...0x7f: 1
        case -0x8000...0x7fff: 2
        case -0x80_0000...0x7f_ffff: 3
        case -0x8000_0000...0x7fff_ffff: 4
        case -0x8000_0000_0000...0x7fff_ffff_ffff: 6
        default: 8
        }
      return (width, 1)
    case SQLITE_FLOAT: return (8, 1)
    case SQLITE_NULL: return (0, 1)
    default:
      let size = Int64(sqlite3_column_bytes(handle, column))
      return (size, Statement.varintSize(2 * size + 13))
    }
  }

  /// The bytes of a number in SQLite's variable-length form, for numbers that sizes can be.
  static func varintSize(_ number: Int64) -> Int64 {
    var (size, rest) = (Int64(1), number >> 7)
    while rest > 0 {
      size += 1
      rest >>= 7
    }
    return size
  }
}

extension Digest {
  /// A digest from the two numbers of a row that holds it in halves.
  init(halves high: Int64, _ low: Int64) {
    self.init(high: UInt64(bitPattern: high), low: UInt64(bitPattern: low))
  }
}

/// What can be bound to a parameter of a statement.
protocol Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

/// `nil` is bound as NULL.
extension Optional: Bindable where Wrapped: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    if let value = self { value.bind(to: statement, at: index) } else { sqlite3_bind_null(statement, index) }
  }
}

extension Int64: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { Int64(self).bind(to: statement, at: index) }
}

extension Bool: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    (self ? 1 : 0 as Int64).bind(to: statement, at: index)
  }
}

extension WorldAge: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { number.bind(to: statement, at: index) }
}

extension RowID: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { number.bind(to: statement, at: index) }
}

extension String: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    worldcache_bind_text_transient(statement, index, self, Int32(clamping: utf8.count))
  }
}

extension Digest: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
      worldcache_bind_blob_transient(statement, index, $0.baseAddress, Int32(Digest.byteCount))
    }
  }
}

extension [UInt8]: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    // A null pointer would bind NULL: an empty array is an empty blob.
    guard !isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
    return withUnsafeBytes {
      worldcache_bind_blob_transient(statement, index, $0.baseAddress, Int32(clamping: $0.count))
    }
  }
}
