import CacheIdentity
import Synchronization

/// What a request is for. Cheaper to make than a ``SourceKey``, which costs a SHA-256: the method hash is left in its parts.
@usableFromInline
struct RequestKey: Hashable, Sendable {
  @usableFromInline let definition: Digest
  @usableFromInline let instance: Digest
  @usableFromInline let owner: Digest
  @usableFromInline let fingerprint: GeneratorFingerprint

  @inlinable
  init(definition: Digest, instance: Digest, owner: Digest, fingerprint: GeneratorFingerprint) {
    self.definition = definition
    self.instance = instance
    self.owner = owner
    self.fingerprint = fingerprint
  }

  // The digests are uniform; the fingerprint hardly ever tells keys apart.
  @usableFromInline
  func hash(into hasher: inout Hasher) { hasher.combine(definition.low ^ instance.high ^ owner.low) }
}

/// Makes the keys in the store of requests for sources in one codec's form. Many instances have one method, so the method
/// hashes are kept.
final class SourceKeys: Sendable {
  private struct Method: Hashable {
    let definition: Digest
    let fingerprint: GeneratorFingerprint

    func hash(into hasher: inout Hasher) { hasher.combine(definition) }
  }

  private let codec: String
  private let hashes = Mutex<[Method: Digest]>([:])

  /// - Parameter codec: The codec's description.
  init(codec: String) { self.codec = codec }

  func key(of request: RequestKey) -> SourceKey {
    let method = Method(definition: request.definition, fingerprint: request.fingerprint)
    let hash = hashes.withLock { hashes in
      if let known = hashes[method] { return known }
      let made = SourceKey.methodHash(definition: method.definition, fingerprint: method.fingerprint, codec: codec)
      hashes[method] = made
      return made
    }
    return SourceKey(methodHash: hash, instance: request.instance, owner: request.owner)
  }
}
