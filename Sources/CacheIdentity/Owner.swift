/// On whose behalf source is generated: a compiler plugin, an overlay pass, an abstract interpreter.
///
/// A row matches its own owner only (W6); no path substitutes another owner's source.
public struct Owner: Hashable, Sendable {
  /// The readable name, such as `native` or `overlay Fast`.
  public let name: String
  /// The identity: a digest of the name.
  public let digest: Digest

  /// Makes the owner with this name. One SHA-256: keep owners, do not make them for each request.
  public init(_ name: String) {
    self.name = name
    var builder = DigestBuilder(domain: "worldcache.owner.v1")
    builder.add("name", name)
    digest = builder.finalize()
  }

  /// The host's own compiler.
  public static let native = Owner("native")

  /// Equal digests mean equal names.
  public static func == (left: Owner, right: Owner) -> Bool { left.digest == right.digest }
  /// Feeds the digest.
  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
