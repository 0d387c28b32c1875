import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost
extension CacheSession<LoweredCode> {
  func recordedSource<G: SourceGenerator>(
    for instance: G.Instance, owner: Owner = .native, generator: G, at world: HostWorld
  ) throws -> (source: LoweredCode?, edges: [Edge]) where G.Source == LoweredCode {
    (try source(for: instance, owner: owner, generator: generator, at: world), [])
  }
}
