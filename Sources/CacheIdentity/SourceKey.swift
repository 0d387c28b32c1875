/// What a generated source is looked up by: method hash, method instance, owner (W4, W6).
public struct SourceKey: Hashable, Sendable {
  /// Covers the method's signature and body, the generator's fingerprint and the form of the source; see
  /// ``methodHash(definition:fingerprint:codec:)``.
  public let methodHash: Digest
  /// The specialization: a digest of the argument types for which source is generated.
  public let instance: Digest
  /// The owner's digest.
  public let owner: Digest

  /// Makes a key.
  public init(methodHash: Digest, instance: Digest, owner: Digest) {
    self.methodHash = methodHash
    self.instance = instance
    self.owner = owner
  }

  /// The method hash of a method's definition under a generator whose sources are kept in a codec's form.
  public static func methodHash(definition: Digest, fingerprint: GeneratorFingerprint, codec: String) -> Digest {
    var builder = DigestBuilder(domain: "worldcache.method-hash.v2")
    builder.add("definition", definition)
    builder.add("generator", fingerprint.generator)
    builder.add("fingerprint", fingerprint.version)
    builder.add("codec", codec)
    return builder.finalize()
  }

  /// Feeds one word of each digest: they are uniform already.
  public func hash(into hasher: inout Hasher) { hasher.combine(methodHash.low ^ instance.high ^ owner.low) }
}

/// Which generator, at which version. A change of either is a clean miss.
public struct GeneratorFingerprint: Hashable, Sendable {
  /// The generator's name.
  public let generator: String
  /// Its declared version, or the build id of the executable that contains it.
  public let version: String

  /// Makes a fingerprint.
  public init(generator: String, version: String) {
    self.generator = generator
    self.version = version
  }
}
