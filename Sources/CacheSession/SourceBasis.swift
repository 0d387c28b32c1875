import CacheIdentity

/// What something rests on that a host builds from a source.
public struct SourceBasis: Sendable {
  @usableFromInline
  enum Content: Sendable {
    case source(any KeptSource, of: any RequestBody)
    case asked([Edge])
  }

  @usableFromInline let content: Content

  /// What a cached generator gave: the source is the one question.
  @inlinable
  init(_ kept: any KeptSource, of request: any RequestBody) { content = .source(kept, of: request) }

  /// What a generator asked whose source is not kept.
  init(asked edges: [Edge]) { content = .asked(edges) }

  /// Whether the cache knows when the source is another one, so that asking for it again is all there is to ask.
  @inlinable public var isCached: Bool {
    if case .source = content { true } else { false }
  }

  /// The edges: for a cached generator the one on its source, whose digest is made at the first use if nobody needed it before;
  /// for one that is not, those that it recorded itself.
  public var edges: [Edge] {
    switch content {
    case .source(let kept, let request):
      [Edge(.source(kept.key, specialization: request.specialization), kept.answer)]
    case .asked(let edges): edges
    }
  }
}
