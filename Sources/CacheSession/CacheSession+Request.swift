import CacheIdentity
import SourceCodec
import SourceStore
import Synchronization

/// One request on its way through the tiers.
struct Request<Generator: SourceGenerator> {
  let instance: Generator.Instance
  let owner: Owner
  let generator: Generator
  let key: SourceKey
  let requestKey: RequestKey
  /// The world asked for.
  let world: HostWorld
  /// The same in the store; `nil` if the store knows nothing of it.
  let position: (lineage: LineageID, world: WorldAge)?
  /// The generation that asks; `nil` for the host itself.
  let parent: GenerationContext<Generator.Source>?
  let chain: FlightChain
}

extension CacheSession {
  /// Where memory has something for a request that is not to be verified; inlined into callers, for whom it is not generic.
  @inlinable
  func place<Generator: SourceGenerator>(
    of instance: Generator.Instance, _ owner: Owner, _ generator: Generator
  ) -> MemoryNode? {
    guard isServedAtOnce, let fingerprint = generator.fingerprint else { return nil }
    return memory.find(
      RequestKey(
        definition: instance.definition, instance: instance.instance, owner: owner.digest, fingerprint: fingerprint))
  }

  /// A request of the host (`context` is `nil`), or of a generation, whose edge the answer becomes; after memory has been asked.
  @usableFromInline
  func sourceFromBelow<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner, generator: Generator, in world: HostWorld,
    nested context: GenerationContext<Source>?
  ) throws -> Source? where Generator.Source == Source {
    guard isEnabled, let fingerprint = generator.fingerprint else {
      return try withChain(of: context) { try passThrough(instance, owner, generator, world, context, $0) }
    }
    let served = try serveFromBelow(instance, owner, generator, fingerprint, in: world, nested: context)
    context?.record(served, of: instance)
    return served.source
  }

  /// The same for a cached generator.
  func serveFromBelow<Generator: SourceGenerator>(
    _ instance: Generator.Instance, _ owner: Owner, _ generator: Generator, _ fingerprint: GeneratorFingerprint,
    in world: HostWorld, nested context: GenerationContext<Source>?
  ) throws -> ServedSource<Source> where Generator.Source == Source {
    let requestKey = RequestKey(
      definition: instance.definition, instance: instance.instance, owner: owner.digest, fingerprint: fingerprint)
    let hit = isServedAtOnce ? nil : memory.find(requestKey).flatMap { memoryHit($0, in: world) }
    if let hit, !mustVerify() { return hit }
    return try withChain(of: context) { chain in
      let request = Request(
        instance: instance, owner: owner, generator: generator, key: keys.key(of: requestKey),
        requestKey: requestKey, world: world, position: worlds.withLock { $0.position(of: world) },
        parent: context, chain: chain)
      return try hit.map { try verify($0, request) } ?? serveFromBelow(request)
    }
  }

  /// Runs `body` in the chain of generations that asks. One that asks the session itself, past its context, is found by its
  /// thread, so that it does not wait for itself (W13).
  func withChain<Result>(
    of parent: GenerationContext<Source>?, _ body: (FlightChain) throws -> Result
  ) rethrows -> Result {
    if let parent { return try body(parent.chain) }
    let (chain, isNew) = flights.chainOfThisThread()
    defer {
      if isNew {
        flights.endChain()
        storeHeld(chain)
      }
    }
    return try body(chain)
  }

  /// A hit in memory: the source alone, of which nothing but itself is counted or copied.
  @inlinable
  func sourceInMemory(_ node: MemoryNode, in world: HostWorld) -> Source?? {
    if bookkeeping.isObserved { return memoryHit(node, in: world).map(\.source) }
    let content = memory.take(node, in: world) { unsafeDowncast($0, to: KeptValue<Source>.self).content }
    guard let content, let source = try? Optional(content.handOut()) else { return nil }
    return source
  }

  /// A hit in memory.
  ///
  /// - Parameter store: The store's world that it is; needed only if it is not the newest one.
  @inlinable
  func memoryHit(
    _ node: MemoryNode, in world: HostWorld, store: WorldAge? = nil
  ) -> ServedSource<Source>? {
    // All that a session keeps is of its source type.
    guard let kept = memory.take(node, in: world, store: store, { $0 }),
      let served = try? ServedSource(unsafeDowncast(kept, to: KeptValue<Source>.self))
    else { return nil }
    if bookkeeping.isObserved { bookkeeping.observeMemoryHit(kept) }
    return served
  }

  /// One thread looks into the store and generates (W13); others wait for it and look into memory again.
  private func serveFromBelow<Generator>(
    _ request: Request<Generator>
  ) throws -> ServedSource<Source> where Generator.Source == Source {
    let flightKey = FlightTable.Key(request: request.requestKey, world: request.world)
    while true {
      switch flights.decide(flightKey, for: request.chain) {
      case .lead:
        defer { flights.land(flightKey) }
        if let found = try lookup(request) { return found }
        return try generate(request, keeping: true)
      case .wait(let landing):
        bookkeeping.note(.waited(request.key))
        flights.wait(for: landing, in: request.chain)
      case .reenter:
        bookkeeping.note(.reentered(request.key))
        request.chain.state.withLock { $0.hasReentered = true }
        return try generate(request, keeping: false)
      }
    }
  }

  /// Memory, which may know more by now and in old worlds; then the images; then the store, with what it takes to make an old
  /// trace hold again.
  private func lookup<Generator>(
    _ request: Request<Generator>
  ) throws -> ServedSource<Source>? where Generator.Source == Source {
    if quarantine.contains(request.key) { return nil }
    if let node = memory.find(request.requestKey),
      let hit = memoryHit(node, in: request.world, store: request.position?.world)
    {
      return hit
    }
    if !images.isEmpty, let hit = imageHit(request) {
      return options.verifyEvery > 0 && mustVerify() ? try verify(hit, request) : hit
    }
    // A new store holds what memory holds, until somebody else comes or something is evicted.
    guard let store, let position = request.position, !store.holdsOnlyOwn || memory.evictions > 0 else { return nil }
    let epoch = memory.epoch
    do throws(StoreError) {
      var found = try store.lookup(request.key, lineage: position.lineage, world: position.world)
      if found == nil, try revalidate(request, in: store, position) {
        found = try store.lookup(request.key, lineage: position.lineage, world: position.world)
      }
      guard let found else { return nil }
      let source = try decode(found)
      let kept = KeptValue(request.key, source, found.source)
      memory.insert(
        request.requestKey, kept, as: found.trace, range: found.range, in: request.world, asOf: epoch)
      bookkeeping.note(.reusedFromStore(request.key), by: request.generator.name)
      return ServedSource(kept: kept, source: source)
    } catch {
      bookkeeping.note(.storeTrouble(error))
      return nil
    }
  }

  private func decode(_ stored: StoredSource) throws(StoreError) -> Source? {
    do throws(DecodingFailure) {
      return try stored.source?.open()
    } catch {
      throw StoreError(.undecodable(error), path: store?.path ?? "", detail: "source of trace \(stored.trace.number)")
    }
  }

  /// Decides by counting hits whether this one is to be verified (B11).
  private func mustVerify() -> Bool {
    hitsToVerify.add(1, ordering: .relaxed).newValue % options.verifyEvery == 0
  }

  /// Generates again and compares; a difference takes the key out of service, with everything built from it.
  private func verify<Generator>(
    _ served: ServedSource<Source>, _ request: Request<Generator>
  ) throws -> ServedSource<Source> where Generator.Source == Source {
    let isVerifying = request.chain.state.withLock { state in
      defer { state.isVerifying = true }
      return state.isVerifying
    }
    if isVerifying { return served }
    defer { request.chain.state.withLock { $0.isVerifying = false } }
    guard let again = try? generate(request, keeping: false) else { return served }
    let (stored, found) = (served.kept.answer, again.kept.answer)
    if stored == found { return served }
    bookkeeping.note(.impure(request.key, stored: stored.digest, found: found.digest))
    quarantine.insert(request.key)
    // What waits to be written is what the store must know to be rid of it; what an image served, too.
    if let position = request.position {
      let edge = Edge(.source(request.key, specialization: request.instance.specialization), served.kept.answer)
      writes?.flush(restingOn: [edge], in: request.world, at: position.world)
    }
    do throws(StoreError) {
      try store?.quarantine(request.key, stored: stored.digest, found: found.digest)
    } catch {
      bookkeeping.note(.storeTrouble(error))
    }
    memory.removeAll()
    return again
  }
}
