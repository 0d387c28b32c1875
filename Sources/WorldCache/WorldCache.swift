// The umbrella for users of the library: `import WorldCache` gives all that a host needs.
@_exported import BloatReport
@_exported import CacheIdentity
@_exported import CacheSession
@_exported import SourceCodec
@_exported import SourceStore
@_exported import SystemImage
