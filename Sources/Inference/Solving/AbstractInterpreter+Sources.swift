import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost

// The requests that the cache was made for. The interpreter keeps results and lets sources go, so it asks for the same source
// again and again.

/// What a source rests on: that it is as it is, or what its generator asked. Nothing for a plain method's code.
struct AskedForSource {
  var whole: Dependency?
  var edges: [Dependency] = []
}

extension AbstractInterpreter {
  /// The source of a generated function's instance; `nil` if the generator declines.
  func source(of node: InstanceNode, for purpose: SourcePurpose) throws -> LoweredCode? {
    if options.remembersSources { return try recordedSource(of: node, for: purpose).source }
    return try session.source(for: try requested(node, purpose), at: view.world)
  }

  /// The same, for who has the request already.
  func source(
    of node: InstanceNode, _ request: PreparedRequest<LoweredCode>, for purpose: SourcePurpose
  ) throws -> LoweredCode? {
    if options.remembersSources { return try recordedSource(of: node, for: purpose).source }
    count(purpose, node)
    return try session.source(for: request, at: view.world)
  }

  /// The same for inferring the instance, with what the result rests on.
  func recordedSource(
    of node: InstanceNode, for purpose: SourcePurpose
  ) throws -> (source: LoweredCode?, basis: SourceBasis) {
    let request = try requested(node, purpose)
    if purpose != .revalidation, let remembered = node.remembered { return remembered }
    let recorded = try session.recordedSource(for: request, at: view.world)
    if options.remembersSources { node.remembered = recorded }
    return recorded
  }

  private func requested(_ node: InstanceNode, _ purpose: SourcePurpose) throws -> PreparedRequest<LoweredCode> {
    count(purpose, node)
    guard let request = node.request(in: view) else { throw RuntimeProblem.declined(instance: node.description) }
    return request
  }

  private func count(_ purpose: SourcePurpose, _ node: InstanceNode) {
    counters.count(purpose)
    if node.isRequested { return }
    node.isRequested = true
    counters.requestedInstances += 1
  }

  /// The dependencies that stand for what a source rests on. What a cached generator asked is the cache's business: there the source itself
  /// is the one question. What another generator asked is asked again like anything else.
  func dependencies(on node: InstanceNode, _ basis: SourceBasis) -> AskedForSource {
    let asked = basis.isCached ? [] : basis.edges
    let isAskedWhole = basis.isCached || asked.contains { if case .source = $0.question { true } else { false } }
    guard isAskedWhole else { return AskedForSource(edges: asked.map(dependency)) }
    let made = Dependency(.source(node, basis), range: view.worldsWithoutChange)
    track(made)
    return AskedForSource(whole: made)
  }

  private func dependency(on edge: Edge) -> Dependency {
    if let known = edges[edge] { return known }
    let made = Dependency(.edge(edge), range: view.worldsWithoutChange)
    edges[edge] = made
    track(made)
    return made
  }
}
