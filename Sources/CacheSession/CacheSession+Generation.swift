import CacheIdentity
import SourceCodec
import SourceStore

extension CacheSession {
  /// Runs a cached generator, checks what it returns, and keeps it unless it is a nested entry or a verification.
  func generate<Generator: SourceGenerator>(
    _ request: Request<Generator>, keeping mustKeep: Bool
  ) throws -> ServedSource<Source> where Generator.Source == Source {
    let specialization = request.instance.specialization
    let depth = try enter(request.key, specialization, request.chain)
    defer { leave(request.chain) }
    let context = GenerationContext(session: self, world: request.world, chain: request.chain)
    bookkeeping.note(.generating(request.key, specialization: specialization))
    let clock = ContinuousClock()
    let start = clock.now
    let result: GeneratedSource<Source>
    do {
      result = try request.generator.generate(request.instance, owner: request.owner, context: context)
      try take(result.declaredRange, of: request.generator.name, specialization, context)
    } catch {
      // Whoever catches this depends on what led to it.
      request.parent?.takeOver(context)
      bookkeeping.note(.generationFailed(request.key, specialization: specialization))
      throw error
    }
    let nanoseconds = start.duration(to: clock.now).nanoseconds
    if depth == 1 { bookkeeping.addGenerationTime(nanoseconds: nanoseconds) }
    bookkeeping.note(.generated(request.key, specialization: specialization, nanoseconds: nanoseconds))

    let encoded = result.source.map { EncodedSource($0) }
    let content = CachedContent(result.source, encoded)
    if mustKeep { keep(content, encoded, request, context, nanoseconds) }
    // What a generator returned may be an object that it keeps: the caller gets what the cache would hand out (B6).
    return content.served(as: Source.self) ?? ServedSource(source: result.source, digest: encoded?.digest)
  }

  /// Runs a generator that has not opted in. What it asked becomes what its caller asked.
  func passThrough<Generator: SourceGenerator>(
    _ instance: Generator.Instance, _ owner: Owner, _ generator: Generator, _ world: HostWorld,
    _ parent: GenerationContext<Source>?, _ chain: FlightChain
  ) throws -> Source? where Generator.Source == Source {
    let specialization = instance.specialization
    let fingerprint = GeneratorFingerprint(generator: generator.name, version: "")
    let key = SourceKey(
      methodHash: SourceKey.methodHash(
        definition: instance.definition, fingerprint: fingerprint, codec: Source.codec.description),
      instance: instance.instance, owner: owner.digest)
    _ = try enter(key, specialization, chain)
    defer { leave(chain) }
    let context = GenerationContext(session: self, world: world, chain: chain)
    defer { parent?.takeOver(context) }
    bookkeeping.note(.passedThrough(generator: generator.name, specialization: specialization))
    let result = try generator.generate(instance, owner: owner, context: context)
    try take(result.declaredRange, of: generator.name, specialization, context)
    return result.source
  }

  /// Stores what re-entry held back, once the outermost generation has ended.
  func storeHeld(_ chain: FlightChain) {
    let held = chain.state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    if !held.isEmpty { enqueue(held) }
  }

  /// Goes one level deeper; returns the depth. One nested entry of a key is allowed, for a generator may end differently when
  /// asked again further down; ever new keys are allowed up to a limit (W13).
  private func enter(_ key: SourceKey, _ specialization: String, _ chain: FlightChain) throws -> Int {
    try chain.state.withLock { state in
      if state.stack.count(where: { $0.key == key }) > 1 || state.stack.count >= options.depthLimit {
        state.isTainted = true
        throw SessionError.endlessGeneration(chain: state.stack.map(\.specialization) + [specialization])
      }
      state.stack.append((key, specialization))
      return state.stack.count
    }
  }

  private func leave(_ chain: FlightChain) { chain.state.withLock { _ = $0.stack.popLast() } }

  /// Narrows what a run vouches for to the range that it declared; refuses ranges that cannot be true (W10, B4, B5).
  private func take(
    _ range: ClosedRange<HostWorld>?, of generator: String, _ specialization: String,
    _ context: GenerationContext<Source>
  ) throws {
    guard let range else { return }
    guard range.contains(context.world) else {
      throw SessionError.rangeExcludesWorld(
        generator: generator, specialization: specialization, range: range, world: context.world)
    }
    if range.upperBound == .open, range.lowerBound > HostWorld(1), context.edges.isEmpty {
      throw SessionError.openRangeWithoutEdges(generator: generator, specialization: specialization, range: range)
    }
    context.narrow(to: range)
  }

  private func keep<Generator: SourceGenerator>(
    _ content: CachedContent, _ encoded: EncodedSource?, _ request: Request<Generator>,
    _ context: GenerationContext<Source>, _ nanoseconds: Int64
  ) where Generator.Source == Source {
    guard let position = request.position, !quarantine.contains(request.key) else { return }
    let trace = NewTrace(
      key: request.key, method: request.instance.method, generator: request.fingerprint, owner: request.owner,
      specialization: request.instance.specialization, world: position.world,
      declared: worlds.withLock { $0.storeRange(of: context.declaredRange, around: position.world) },
      edges: context.edges, source: encoded,
      provenance: Provenance(
        process: .current, generatedAt: ProcessIdentity.now, generationNanoseconds: nanoseconds))
    let (mustHold, isTainted) = request.chain.state.withLock { state in
      if state.hasReentered, !state.isTainted { state.held.append(trace) }
      return (state.hasReentered, state.isTainted)
    }
    if isTainted { return }
    memory.insert(request.requestKey, request.key, generated: content, at: position.world)
    if !mustHold { enqueue([trace]) }
  }

  private func enqueue(_ traces: [NewTrace]) {
    guard let writes, !writes.enqueue(traces) else { return }
    for trace in traces { bookkeeping.note(.dropped(trace.key)) }
  }
}

extension Duration {
  /// The whole of the duration in nanoseconds.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
