import CacheIdentity
import SourceCodec
import SourceStore

extension CacheSession {
  /// Tries to make an old trace of the key hold in this world, instead of running its generator: asks the host what is not
  /// recorded, and requests the inner sources that closed (C7). True if the store has a row now.
  ///
  /// Only in the newest world: a host does not answer in older ones. If it is another one afterwards, nobody knows in which
  /// the host answered.
  func revalidate<Generator>(
    _ request: Request<Generator>, in store: SourceStore, _ position: (lineage: LineageID, world: WorldAge)
  ) throws(StoreError) -> Bool where Generator.Source == Source {
    guard request.world == worlds.withLock(\.newest)?.host, request.world == definitions.world else { return false }
    let candidates = try store.revivalCandidates(
      for: request.key, lineage: position.lineage, world: position.world)
    for candidate in candidates {
      guard candidate.definitions.allSatisfy({ definitions.answer($0.question) == $0.answer }),
        request.world == definitions.world,
        candidate.sources.allSatisfy({ regenerates($0.edge, $0.inner, request.world, request.chain) })
      else { continue }
      if !candidate.sources.isEmpty {
        writes?.flush(restingOn: candidate.sources.map(\.edge), in: request.world, at: position.world)
      }
      if try store.revive(candidate, lineage: position.lineage, world: position.world) != nil {
        bookkeeping.note(.revived(request.key))
        return true
      }
    }
    return false
  }

  /// Requests an inner source; true if it comes out as the edge has it.
  private func regenerates(_ edge: Edge, _ inner: StoredInstance, _ world: HostWorld, _ chain: FlightChain) -> Bool {
    guard case .source(let key, _) = edge.question,
      !chain.state.withLock({ $0.stack.contains { keys.key(of: $0.request) == key } })
    else { return false }
    let context = GenerationContext(session: self, world: world, chain: chain)
    let request = SourceRequest(
      key: key, method: inner.method, specialization: inner.specialization, generator: inner.generator.generator,
      owner: Owner(inner.owner))
    // What goes wrong here shows again when the outer generator asks for the same.
    try? definitions.request(request, in: context)
    return context.edges.contains { $0.question.digest == edge.question.digest && $0.answer == edge.answer }
  }
}
