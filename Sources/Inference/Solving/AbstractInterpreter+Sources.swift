import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost

// The requests that the cache was made for. The interpreter keeps results and lets sources go, so it asks for the same source
// again and again.

extension AbstractInterpreter {
  /// The source of a generated function's instance; `nil` if the generator declines.
  func source(of node: InstanceNode, for purpose: SourcePurpose) throws -> LoweredCode? {
    if options.remembersSources { return try recordedSource(of: node, for: purpose).source }
    return try session.source(for: try requested(node, purpose), at: view.world)
  }

  /// The same for inferring the instance, with what the result rests on.
  func recordedSource(
    of node: InstanceNode, for purpose: SourcePurpose
  ) throws -> (source: LoweredCode?, basis: SourceBasis) {
    let instance = try requested(node, purpose)
    if purpose != .revalidation, let remembered = node.remembered { return remembered }
    let recorded = try session.recordedSource(for: instance, at: view.world)
    if options.remembersSources { node.remembered = recorded }
    return recorded
  }

  private func requested(_ node: InstanceNode, _ purpose: SourcePurpose) throws -> CachedInstance {
    counters.count(purpose)
    if !node.isRequested {
      node.isRequested = true
      counters.requestedInstances += 1
    }
    guard let instance = node.instance(in: view) else { throw RuntimeProblem.declined(instance: node.description) }
    return instance
  }

  /// The dependencies that stand for what a source rests on. What a cached generator asked is the cache's business: there the source itself
  /// is the one question. What another generator asked is asked again like anything else.
  func dependencies(on node: InstanceNode, _ basis: SourceBasis) -> [Dependency] {
    let range = view.world...HostWorld.open
    let edges = basis.isCached ? [] : basis.edges
    let isAskedWhole = basis.isCached || edges.contains { if case .source = $0.question { true } else { false } }
    let made =
      isAskedWhole
      ? [Dependency(.source(node, basis), range: range)] : edges.map { Dependency(.edge($0), range: range) }
    for dependency in made { track(dependency) }
    return made
  }
}

extension CacheSession<LoweredCode> {
  fileprivate func source(for instance: CachedInstance, at world: HostWorld) throws -> LoweredCode? {
    switch instance.kind {
    case .staged(let staged, isCached: true):
      try source(for: staged, generator: StagedGenerator(), at: world)
    case .staged(let staged, isCached: false):
      try source(for: staged, generator: UncachedStagedGenerator(), at: world)
    case .native(let generator, let native, let owner): try source(native, owner, generator, world)
    }
  }

  fileprivate func recordedSource(
    for instance: CachedInstance, at world: HostWorld
  ) throws -> (source: LoweredCode?, basis: SourceBasis) {
    switch instance.kind {
    case .staged(let staged, isCached: true):
      try recordedSource(for: staged, generator: StagedGenerator(), at: world)
    case .staged(let staged, isCached: false):
      try recordedSource(for: staged, generator: UncachedStagedGenerator(), at: world)
    case .native(let generator, let native, let owner): try recordedSource(native, owner, generator, world)
    }
  }

  private func source(
    _ instance: NativeInstance, _ owner: Owner, _ generator: some NativeGenerator, _ world: HostWorld
  ) throws -> LoweredCode? {
    try source(for: instance, owner: owner, generator: generator, at: world)
  }

  private func recordedSource(
    _ instance: NativeInstance, _ owner: Owner, _ generator: some NativeGenerator, _ world: HostWorld
  ) throws -> (source: LoweredCode?, basis: SourceBasis) {
    try recordedSource(for: instance, owner: owner, generator: generator, at: world)
  }
}
