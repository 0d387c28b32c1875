import CacheIdentity
import SourceCodec
import SourceStore

extension CacheSession {
  /// Runs a cached generator, checks what it returns, and keeps it unless it is a nested entry or a verification.
  func generate<Generator: SourceGenerator>(
    _ request: Request<Generator>, keeping mustKeep: Bool
  ) throws -> ServedSource<Source> where Generator.Source == Source {
    let depth = try enter(request.requestKey, request.instance, request.chain)
    defer { leave(request.chain) }
    let specialization = request.instance.specialization
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
    bookkeeping.note(
      .generated(request.key, specialization: specialization, nanoseconds: nanoseconds), by: request.generator.name)

    let decision = admission(of: request.generator, nanoseconds: nanoseconds)
    let kept = KeptValue(request.key, generated: result.source, resting: basis(of: context, decision))
    if mustKeep { keep(kept, request, context, nanoseconds, decision) }
    // What a generator returned may be an object that it keeps: the caller gets what the cache would hand out (B6).
    return (try? ServedSource(kept)) ?? ServedSource(kept: kept, source: result.source)
  }

  /// Runs a generator that has not opted in. What it asked becomes what its caller asked.
  func passThrough<Generator: SourceGenerator>(
    _ instance: Generator.Instance, _ owner: Owner, _ generator: Generator, _ world: HostWorld,
    _ parent: GenerationContext<Source>?, _ chain: FlightChain
  ) throws -> Source? where Generator.Source == Source {
    let request = RequestKey(
      definition: instance.definition, instance: instance.instance, owner: owner.digest,
      fingerprint: GeneratorFingerprint(generator: generator.name, version: ""))
    let depth = try enter(request, instance, chain)
    defer { leave(chain) }
    let context = GenerationContext(session: self, world: world, chain: chain)
    defer { parent?.takeOver(context) }
    let specialization = instance.specialization
    bookkeeping.note(.passedThrough(generator: generator.name, specialization: specialization))
    let clock = ContinuousClock()
    let start = clock.now
    defer { if depth == 1 { bookkeeping.addGenerationTime(nanoseconds: start.duration(to: clock.now).nanoseconds) } }
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
    if let writes, !held.isEmpty, !writes.enqueue(held) { for trace in held { noteDropped(trace) } }
  }

  /// Goes one level deeper; returns the depth. One nested entry of a key is allowed, for a generator may end differently when
  /// asked again further down; ever new keys are allowed up to a limit (W13).
  private func enter(_ request: RequestKey, _ instance: any MethodInstance, _ chain: FlightChain) throws -> Int {
    try chain.state.withLock { state in
      if state.stack.count(where: { $0.request == request }) > 1 || state.stack.count >= options.depthLimit {
        state.isTainted = true
        throw SessionError.endlessGeneration(
          chain: state.stack.map(\.instance.specialization) + [instance.specialization])
      }
      state.stack.append((request, instance))
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

  /// Whether a generation is to enter the store; without one there is nothing to keep it out of.
  private func admission(of generator: some SourceGenerator, nanoseconds: Int64) -> AdmissionDecision {
    guard store != nil else { return .admit }
    let policy = options.admission[generator.name] ?? storedPolicies()[generator.name] ?? generator.admission
    return policy.decide(generationNanoseconds: nanoseconds)
  }

  /// The policies that are set in the store, as they were when the session first generated something.
  private func storedPolicies() -> [String: AdmissionPolicy] {
    storedAdmission.withLock { known in
      if let known { return known }
      var policies: [String: AdmissionPolicy] = [:]
      do throws(StoreError) {
        policies = try store?.admissionPolicies() ?? [:]
      } catch {
        bookkeeping.note(.storeTrouble(error))
      }
      known = policies
      return policies
    }
  }

  /// What is built from a source that may stay in memory cannot rest on the store's knowing it.
  private func basis(of context: GenerationContext<Source>, _ decision: AdmissionDecision) -> DirectBasis? {
    if decision == .admit { return nil }
    return DirectBasis(edges: context.edges, declaredRange: context.declaredRange)
  }

  private func keep<Generator: SourceGenerator>(
    _ kept: KeptValue<Source>, _ request: Request<Generator>, _ context: GenerationContext<Source>,
    _ nanoseconds: Int64, _ decision: AdmissionDecision
  ) where Generator.Source == Source {
    if quarantine.contains(request.key) { return }
    if case .leave(let refusal) = decision {
      if request.chain.state.withLock(\.isTainted) { return }
      memory.insert(request.requestKey, generated: kept, in: request.world, nanosecondsAway: nanoseconds)
      return bookkeeping.note(.notAdmitted(request.key, refusal), by: request.generator.name)
    }
    var pending: PendingTrace?
    if let position = request.position {
      let (edges, range) = context.asked
      pending = PendingTrace(
        kept: kept, request: request.requestKey, owner: request.owner, instance: request.instance,
        host: request.world, world: position.world,
        declared: range.map { range in worlds.withLock { $0.storeRange(of: range, around: position.world) } } ?? .all,
        edges: edges, generatedAt: ProcessIdentity.now, generationNanoseconds: nanoseconds,
        mustBeNoted: decision == .admitIfNoted)
    }
    let (mustHold, isTainted) = request.chain.take(pending)
    if isTainted { return }
    memory.insert(request.requestKey, generated: kept, in: request.world, nanosecondsAway: nanoseconds)
    if !mustHold, let pending, let writes, !writes.enqueue(pending) { noteDropped(pending) }
  }

  private func noteDropped(_ trace: PendingTrace) {
    bookkeeping.note(.dropped(trace.kept.key), by: trace.request.fingerprint.generator)
  }
}

extension Duration {
  /// The whole of the duration in nanoseconds.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
