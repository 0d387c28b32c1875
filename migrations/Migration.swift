/// A numbered, immutable step of the store's schema, with its SQL embedded.
public struct Migration: Sendable {
  /// The `user_version` of a store that has taken this step.
  public let version: Int32
  /// The file's name, as recorded.
  public let name: String
  /// The statements.
  public let sql: String

  /// Every step, in order of version. Append only: a released file never changes.
  public static let all = [
    Migration(version: 1, name: "v001_initial", sql: String(decoding: PackageResources.v001_initial_sql, as: UTF8.self))
  ]
}
