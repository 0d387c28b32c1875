import CacheIdentity
import SourceCodec
import SourceStore
import Synchronization

/// One request on its way through the tiers.
struct Request<Generator: SourceGenerator> {
  let instance: Generator.Instance
  let owner: Owner
  let generator: Generator
  let fingerprint: GeneratorFingerprint
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
  /// A request of the host (`context` is `nil`), or of a generation, whose edge the answer becomes.
  func source<Generator: SourceGenerator>(
    for instance: Generator.Instance, owner: Owner, generator: Generator, in world: HostWorld,
    nested context: GenerationContext<Source>?
  ) throws -> Source? where Generator.Source == Source {
    guard let fingerprint = generator.fingerprint else {
      return try withChain(of: context) { try passThrough(instance, owner, generator, world, context, $0) }
    }
    let (key, served) = try serve(instance, owner, generator, fingerprint, at: world, for: context)
    context?.record(.source(key, specialization: instance.specialization), served.answer)
    return served.source
  }

  /// Memory, then everything slower.
  private func serve<Generator: SourceGenerator>(
    _ instance: Generator.Instance, _ owner: Owner, _ generator: Generator, _ fingerprint: GeneratorFingerprint,
    at world: HostWorld, for parent: GenerationContext<Source>?
  ) throws -> (key: SourceKey, served: ServedSource<Source>) where Generator.Source == Source {
    let requestKey = RequestKey(
      definition: instance.definition, instance: instance.instance, owner: owner.digest, fingerprint: fingerprint)
    let position = worlds.withLock { $0.position(of: world) }
    let hit = position.flatMap { memoryHit(requestKey, at: $0.world) }
    if let hit, !mustVerify() { return hit }
    return try withChain(of: parent) { chain in
      let request = Request(
        instance: instance, owner: owner, generator: generator, fingerprint: fingerprint,
        key: hit?.key ?? requestKey.sourceKey(codec: Source.codec), requestKey: requestKey, world: world,
        position: position, parent: parent, chain: chain)
      return (request.key, try hit.map { try verify($0.served, request) } ?? serveFromBelow(request))
    }
  }

  /// Runs `body` in the chain of generations that asks. One that asks the session itself, past its context, is found by its
  /// thread, so that it does not wait for itself (W13).
  private func withChain<Result>(
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

  private func memoryHit(
    _ request: RequestKey, at world: WorldAge
  ) -> (key: SourceKey, served: ServedSource<Source>)? {
    guard let (key, content) = memory.lookup(request, at: world), let served = content.served(as: Source.self)
    else { return nil }
    bookkeeping.observeMemoryHit(key)
    return (key, served)
  }

  /// One thread looks into the store and generates (W13); others wait for it and look into memory again.
  private func serveFromBelow<Generator>(
    _ request: Request<Generator>
  ) throws -> ServedSource<Source> where Generator.Source == Source {
    let flightKey = FlightTable.Key(request: request.requestKey, world: request.world)
    while true {
      switch flights.decide(flightKey, for: request.chain) {
      case .lead(let flight):
        defer { flights.land(flightKey, flight) }
        if let found = lookup(request) { return found }
        return try generate(request, keeping: true)
      case .wait(let flight):
        bookkeeping.note(.waited(request.key))
        flights.wait(for: flight, in: request.chain)
        if let position = request.position, let hit = memoryHit(request.requestKey, at: position.world) {
          return hit.served
        }
      case .reenter:
        bookkeeping.note(.reentered(request.key))
        request.chain.state.withLock { $0.hasReentered = true }
        return try generate(request, keeping: false)
      }
    }
  }

  /// The store, with what it takes to make an old trace hold again.
  private func lookup<Generator>(
    _ request: Request<Generator>
  ) -> ServedSource<Source>? where Generator.Source == Source {
    guard let store, let position = request.position, !quarantine.contains(request.key) else { return nil }
    if let hit = memoryHit(request.requestKey, at: position.world) { return hit.served }
    let epoch = memory.epoch
    do throws(StoreError) {
      var found = try store.lookup(request.key, lineage: position.lineage, world: position.world)
      if found == nil, try revalidate(request, in: store, position) {
        found = try store.lookup(request.key, lineage: position.lineage, world: position.world)
      }
      guard let found else { return nil }
      let source = try decode(found)
      memory.insert(
        request.requestKey, request.key, CachedContent(source, found.source), of: found, at: position.world, asOf: epoch
      )
      bookkeeping.note(.reusedFromStore(request.key))
      return ServedSource(source: source, digest: found.source?.digest)
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
    guard options.verifyEvery > 0 else { return false }
    return hitsToVerify.add(1, ordering: .relaxed).newValue % options.verifyEvery == 0
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
    guard let again = try? generate(request, keeping: false), again.answer != served.answer else { return served }
    bookkeeping.note(.impure(request.key, stored: served.answer.digest, found: again.answer.digest))
    quarantine.insert(request.key)
    // What waits to be written is what the store must know to be rid of it.
    writes?.flush()
    do throws(StoreError) {
      try store?.quarantine(request.key, stored: served.answer.digest, found: again.answer.digest)
    } catch {
      bookkeeping.note(.storeTrouble(error))
    }
    memory.removeAll()
    return again
  }
}
