/// A numbered, immutable step of the store's schema, with its SQL embedded.
public struct Migration: Sendable {
  /// The `user_version` of a store that has taken this step.
  public let version: Int32
  /// The file's name, as recorded.
  public let name: String
  /// The statements that make the new tables.
  public let sql: String
  /// The statements that remain once the program has converted the rows of the format before; empty if it converts none.
  public let sqlAfterConversion: String

  private init(version: Int32, name: String, _ content: [UInt8]) {
    self.version = version
    self.name = name
    let parts = String(decoding: content, as: UTF8.self).split(separator: Migration.conversion, maxSplits: 1)
    sql = String(parts.first ?? "")
    sqlAfterConversion = parts.count > 1 ? String(parts[1]) : ""
  }

  private static let conversion = "-- Here the program converts what stands in the tables of the format before.\n"

  /// Every step, in order of version. Append only: a released file never changes.
  public static let all = [
    Migration(version: 1, name: "v001_initial", PackageResources.v001_initial_sql),
    Migration(version: 2, name: "v002_compact_rows", PackageResources.v002_compact_rows_sql),
  ]
}
