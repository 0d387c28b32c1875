import CacheIdentity
import SourceCodec
import Synchronization

/// A source as memory and the queue of writes keep it, without its type: what serves hits is not generic, so it is
/// compiled for what it does.
///
/// Its bytes are made when they are asked for: by the queue, or for an edge of something that is built from it.
@usableFromInline
protocol KeptSource: AnyObject, Sendable {
  /// The key in the store.
  var key: SourceKey { get }
  /// Where what the source refers to lies, as far as that is an address: never to be read, only to be fetched.
  var contentAddress: UInt { get }
  /// The bytes; `nil` if the generator declined.
  func encoded() -> EncodedSource?
  /// What a question about this source is answered.
  var answer: Answer { get }
  /// What rests on it rests on this instead, for the store was not to have it; `nil` if it may be asked about.
  var directBasis: DirectBasis? { get }
}

/// The same with its type.
///
/// Values are kept as they are. Instances of classes are kept as bytes, made at once: nothing done to what a generator
/// returned, or to what was handed out, may reach the cache (B6).
@usableFromInline
final class KeptValue<Source: SourceCodable>: KeptSource {
  @usableFromInline
  enum Content: Sendable {
    case declined
    case value(Source)
    case bytes(EncodedSource)

    /// What a caller gets. Fails if bytes that were checked before no longer decode.
    @inlinable
    func handOut() throws(DecodingFailure) -> Source? {
      switch self {
      case .declined: nil
      case .value(let source): source
      case .bytes(let encoded): try encoded.open()
      }
    }
  }

  // First, for a hit needs nothing else of it.
  @usableFromInline let content: Content
  @usableFromInline let key: SourceKey
  private let digest: Mutex<Digest?>
  @usableFromInline let directBasis: DirectBasis?

  /// Keeps a source that was just generated.
  convenience init(_ key: SourceKey, generated source: Source?, resting directBasis: DirectBasis?) {
    self.init(key, source, Source.self is AnyObject.Type ? source.map { EncodedSource($0) } : nil, resting: directBasis)
  }

  /// Keeps a source whose bytes are known.
  init(_ key: SourceKey, _ source: Source?, _ encoded: EncodedSource?, resting directBasis: DirectBasis? = nil) {
    self.key = key
    self.directBasis = directBasis
    content =
      if let encoded, Source.self is AnyObject.Type { .bytes(encoded) } else if let source { .value(source) } else {
        .declined
      }
    digest = Mutex(encoded?.digest)
  }

  @usableFromInline var contentAddress: UInt {
    withUnsafeBytes(of: content) { $0.count < 8 ? 0 : $0.loadUnaligned(as: UInt.self) }
  }

  @usableFromInline
  func encoded() -> EncodedSource? {
    switch content {
    case .declined: return nil
    case .bytes(let encoded): return encoded
    case .value(let source):
      let encoded = EncodedSource(source)
      digest.withLock { $0 = encoded.digest }
      return encoded
    }
  }

  @usableFromInline var answer: Answer { .source(digest.withLock { $0 } ?? encoded()?.digest) }
}

/// A source as its caller gets it, and what is kept of it.
@usableFromInline
struct ServedSource<Source: SourceCodable> {
  @usableFromInline let kept: any KeptSource
  @usableFromInline let source: Source?

  init(kept: any KeptSource, source: Source?) {
    self.kept = kept
    self.source = source
  }

  /// Fails if bytes that were checked before no longer decode.
  @inlinable
  init(_ kept: KeptValue<Source>) throws(DecodingFailure) {
    source = try kept.content.handOut()
    self.kept = kept
  }
}
