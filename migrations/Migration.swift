/// A numbered, immutable step of the store's schema, with its SQL embedded.
public struct Migration: Sendable {
  /// The `user_version` of a store that has taken this step.
  public let version: Int32
  /// The file's name, as recorded.
  public let name: String
  /// The statements that rename the tables of the format before which are made anew; empty if there are none.
  public let settingAside: String
  /// The statements that make the new tables, without comments and indentation: SQLite keeps them in each file as they are written.
  public var sql: String { Migration.condensed(newTables) }
  private let newTables: String
  /// The statements that drop what was set aside, once the program has converted its rows.
  public let sqlAfterConversion: String

  private init(version: Int32, name: String, _ content: [UInt8]) {
    self.version = version
    self.name = name
    let text = String(decoding: content, as: UTF8.self)
    let parts = text.split(separator: Migration.aside, maxSplits: 1).map(String.init)
    settingAside = parts.count > 1 ? parts[0] : ""
    let rest = (parts.last ?? "").split(separator: Migration.conversion, maxSplits: 1)
    newTables = String(rest.first ?? "")
    sqlAfterConversion = rest.count > 1 ? String(rest[1]) : ""
  }

  /// The statements that drop the tables which would be set aside, for a file without rows: renaming one costs as much as making
  /// a whole schema.
  public var dropping: String { sqlAfterConversion.replacing("format\(version - 1)_", with: "") }

  /// A script without comments, and without space that separates nothing, except within quotes.
  private static func condensed(_ script: String) -> String {
    var bytes: [UInt8] = []
    var (isQuoted, isApart) = (false, false)
    for line in script.utf8.split(separator: UInt8(ascii: "\n")) {
      isApart = true
      if !isQuoted, line.starts(with: "--".utf8) { continue }
      for byte in line {
        if byte == UInt8(ascii: " "), !isQuoted {
          isApart = true
          continue
        }
        if isApart, let last = bytes.last, !"(,; ".utf8.contains(last), !"),; ".utf8.contains(byte) {
          bytes.append(UInt8(ascii: " "))
        }
        isApart = false
        if byte == UInt8(ascii: "'") { isQuoted.toggle() }
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let aside = "-- Here nothing of the format before stands in the way any more.\n"
  private static let conversion = "-- Here the program converts what stands in the tables of the format before.\n"

  /// Every step, in order of version. Append only: a released file never changes.
  public static let all = [
    Migration(version: 1, name: "v001_initial", PackageResources.v001_initial_sql),
    Migration(version: 2, name: "v002_compact_rows", PackageResources.v002_compact_rows_sql),
    Migration(version: 3, name: "v003_small_rows", PackageResources.v003_small_rows_sql),
    Migration(version: 4, name: "v004_moving_ranges", PackageResources.v004_moving_ranges_sql),
  ]
}
