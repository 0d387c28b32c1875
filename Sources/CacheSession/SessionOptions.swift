import CacheIdentity
import Logging

/// How a session behaves.
public struct SessionOptions: Sendable {
  /// Whether sources are cached. If not, every generator passes through as if it had not opted in (W14), and the store is
  /// not touched.
  public var isEnabled = true
  /// The lineage to attach to; branches and CI jobs that live side by side use different ones.
  public var lineage = "main"
  /// What brought the definitions about, for `cachectl log`.
  public var cause = "attach"
  /// How many generations may wait to be written. What exceeds it is not stored: the generator's thread never waits.
  public var queueCapacity = 65_536
  /// The bytes that sources in memory may take, in their encoded form and with 256 each for what stands around them; `nil` for as
  /// many as are asked for. What saves the least time a byte is evicted. Requests themselves stay known, at some 200 bytes each.
  public var memoryBudget: Int64?
  /// The bytes of the store's file that may be in use; `nil` for as many as it takes. When a batch of writes leaves more, what saves
  /// the least time a byte is evicted, by the thread that writes behind (``SourceStore/evict(downTo:)``).
  public var storeBudget: Int64?
  /// Which sources enter the store, by the generator's name, in place of what the generator itself says
  /// (``SourceGenerator/admission``).
  public var admission: [String: AdmissionPolicy] = [:]
  /// How deep generators may ask for each other's sources: more is taken for endless (W13). Each level is on the
  /// stack: about 12 KiB in a debug build with a generator of a few lines.
  public var depthLimit = 256
  /// Runs the generator again on every so many hits and compares (B11); 0 for never.
  public var verifyEvery = 0
  /// Where trouble is logged, each kind once.
  public var logger = Logger(label: "worldcache", factory: { _ in SwiftLogNoOpLogHandler() })
  /// Sees every event, on the thread where it happens; it must be quick.
  public var observer: (@Sendable (CacheEvent) -> Void)?

  /// The defaults.
  public init() {}
}
