import CacheIdentity

/// Identifies a source's binary form: its name and format version. A new version is a clean miss for old rows.
public struct CodecIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The format's name.
  public let name: String
  /// The format's version.
  public let version: Int

  /// Makes an identity.
  public init(name: String, version: Int) {
    self.name = name
    self.version = version
  }

  /// `name/version`, as it stands in the store.
  public var description: String { "\(name)/\(version)" }
}

/// A host's source type, which the cache stores and hands out.
///
/// What `decode` makes from what `encode` wrote equals the original; equal sources write equal bytes, for early cutoff (C7)
/// compares bytes. The cache keeps value types as they are and classes only as bytes, so that no change of what was
/// handed out reaches the cache (B6). A value type must not share mutable state: its bytes may be made later, on another thread.
public protocol SourceCodable: Sendable {
  /// The form's name and version.
  static var codec: CodecIdentity { get }
  /// Writes the canonical form.
  func encode(into writer: inout ByteWriter)
  /// Reads the canonical form. Must check everything: the bytes are untrusted.
  init(from reader: inout ByteReader) throws(DecodingFailure)
}

/// A source's stored bytes with the digest that identifies them: what travels between memory, store, image and peers.
///
///     digest = SHA-256/128 (domain "worldcache.source.v1", codec name and version, payload)
///
/// The digest is the identity. Whoever keeps the bytes keeps it beside them, and hands out nothing else (W9).
public struct EncodedSource: Hashable, Sendable {
  /// The payload's form.
  public let codec: String
  /// The canonical bytes.
  public let payload: [UInt8]
  /// The identity of codec and payload.
  public let digest: Digest

  /// Encodes a source. One pass over it and one SHA-256.
  public init(_ source: some SourceCodable) {
    var writer = ByteWriter()
    source.encode(into: &writer)
    codec = type(of: source).codec.description
    payload = writer.bytes
    digest = EncodedSource.digest(codec: codec, payload: payload)
  }

  /// Takes in bytes that were checked in another way, such as a checksum of an image. One SHA-256.
  public init(codec: String, payload: [UInt8]) {
    self.codec = codec
    self.payload = payload
    digest = EncodedSource.digest(codec: codec, payload: payload)
  }

  /// Takes stored bytes in; throws if they do not have the digest under which they were kept.
  public init(codec: String, payload: [UInt8], verifying expected: Digest) throws(DecodingFailure) {
    let found = EncodedSource.digest(codec: codec, payload: payload)
    guard found == expected else { throw DecodingFailure(.wrongDigest(found: found, expected: expected), at: 0) }
    self.codec = codec
    self.payload = payload
    digest = found
  }

  /// Takes in bytes of a known digest whose container has vouched for both by a checksum. Costs nothing.
  package init(codec: String, payload: [UInt8], whoseDigestIs digest: Digest) {
    self.codec = codec
    self.payload = payload
    self.digest = digest
  }

  /// Decodes the source; throws if the codec is another one or the bytes are not of its form.
  public func open<Source: SourceCodable>(_ type: Source.Type = Source.self) throws(DecodingFailure) -> Source {
    let expected = Source.codec.description
    guard codec == expected else { throw DecodingFailure(.wrongCodec(found: codec, expected: expected), at: 0) }
    var reader = ByteReader(payload)
    let source = try Source(from: &reader)
    try reader.finish()
    return source
  }

  private static func digest(codec: String, payload: [UInt8]) -> Digest {
    var builder = DigestBuilder(domain: "worldcache.source.v1")
    builder.add("codec", codec)
    builder.add("payload", payload)
    return builder.finalize()
  }
}
