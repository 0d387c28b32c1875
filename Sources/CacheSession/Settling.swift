import CacheIdentity
import SourceStore
import Synchronization

/// Keys that no tier may serve (B11).
final class Quarantine: Sendable {
  private let keys = Mutex<Set<SourceKey>>([])

  var isEmpty: Bool { keys.withLock(\.isEmpty) }

  func insert(_ key: SourceKey) { keys.withLock { _ = $0.insert(key) } }
  func contains(_ key: SourceKey) -> Bool { keys.withLock { $0.contains(key) } }
}

/// Takes in what became of a generation in the store.
func settle(
  _ pending: PendingTrace, _ outcome: InsertOutcome, _ images: ImageTier, _ memory: MemoryTier,
  _ quarantine: Quarantine, _ bookkeeping: Bookkeeping
) {
  let key = pending.kept.key
  switch outcome {
  case .stored(let id, let range):
    memory.settle(pending.request, pending.kept, as: id, range: range)
    bookkeeping.note(.stored(key, range), by: pending.request.fingerprint.generator)
  case .refused(let refusal):
    switch refusal {
    case .quarantined:
      quarantine.insert(key)
      memory.remove(pending.request)
    case .unrecordedSource: images.forgetCopies()
    default: break
    }
    bookkeeping.note(.refused(key, refusal), by: pending.request.fingerprint.generator)
  }
}

/// Takes in what became of a trace of an image in the store.
///
/// If the store has another source for the same answers, or knows of one, the generator is not to be trusted with this key: what
/// the store has is served from now on, and nothing of the image that rests on its own source.
func settle(
  _ copy: NewTrace, _ outcome: InsertOutcome, _ images: ImageTier, _ memory: MemoryTier, _ quarantine: Quarantine,
  _ bookkeeping: Bookkeeping
) {
  switch outcome {
  case .stored(_, let range): bookkeeping.note(.copiedFromImage(copy.key, range))
  case .refused(let refusal):
    switch refusal {
    case .quarantined:
      quarantine.insert(copy.key)
      memory.removeAll()
    case .conflict:
      images.overrule(copy.key)
      memory.removeAll()
    default: images.forgetCopies()
    }
    bookkeeping.note(.refused(copy.key, refusal))
  }
}
