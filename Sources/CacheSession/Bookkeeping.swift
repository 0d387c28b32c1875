import CacheIdentity
import Logging
import SourceStore
import Synchronization
import SystemImage

/// Where every event of a session goes: to its counters, its observer, and, for trouble, to the log, each kind once.
@usableFromInline
final class Bookkeeping: Sendable {
  private struct State {
    var counters = SessionCounters()
    var logged: Set<String> = []
    var generators: [SessionActivity.Generator] = []
  }

  private let logger: Logger
  private let observer: (@Sendable (CacheEvent) -> Void)?
  /// Whether somebody wants to see each event.
  @usableFromInline let isObserved: Bool
  private let state = Mutex(State())

  init(_ options: SessionOptions) {
    logger = options.logger
    observer = options.observer
    isObserved = options.observer != nil
  }

  var counters: SessionCounters { state.withLock(\.counters) }

  /// What each generator's sources were asked for, but for hits in memory.
  var generators: [SessionActivity.Generator] { state.withLock(\.generators) }

  /// - Parameter generator: Whose source the event is about, for those that ``generators`` counts.
  func note(_ event: CacheEvent, by generator: String? = nil) {
    state.withLock { state in
      state.counters.count(event)
      guard let generator else { return }
      // There are few of them.
      let known = state.generators.firstIndex { $0.name == generator }
      if known == nil { state.generators.append(SessionActivity.Generator(name: generator)) }
      state.generators[known ?? state.generators.count - 1].count(event)
    }
    observer?(event)
    switch event {
    case .storeTrouble(let error): log(error)
    case .imageTrouble(let error): log(error)
    default: break
    }
    if case .impure(let key, let stored, let found) = event {
      logger.error(
        "a generator gave two sources for the same answers",
        metadata: ["instance": "\(key.instance)", "stored": "\(stored)", "found": "\(found)"])
    }
  }

  /// A hit in memory is counted where it happens, and only observed here: the hot path takes one lock.
  @usableFromInline
  func observeMemoryHit(_ kept: any KeptSource) { observer?(.reusedFromMemory(kept.key)) }

  /// Adds the time of a generator that no other generator called.
  func addGenerationTime(nanoseconds: Int64) {
    state.withLock { $0.counters.generationNanoseconds += nanoseconds }
  }

  /// Whether this is the first trouble of its kind. The case's name tells the kind: what goes with it differs from row to row.
  private func isNew(_ problem: String) -> Bool {
    state.withLock { $0.logged.insert(String(problem.prefix { $0 != "(" })).inserted }
  }

  private func log(_ error: ImageError) {
    guard isNew("image \(error.problem)") else { return }
    logger.warning(
      "an image is damaged; what it does not give is taken from elsewhere",
      metadata: [
        "path": "\(error.path)", "problem": "\(error.problem)",
        "section": "\(error.section.map(\.rawValue) ?? "file")", "offset": "\(error.offset)",
      ])
  }

  private func log(_ error: StoreError) {
    guard isNew("store \(error.problem)") else { return }
    logger.warning(
      "the store failed; sources are generated instead",
      metadata: [
        "path": "\(error.path)", "problem": "\(error.problem)", "code": "\(error.resultCode)",
        "detail": "\(error.detail)",
      ])
  }
}
