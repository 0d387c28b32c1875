import Synchronization

/// Readers that nobody uses now.
///
/// The one that came back last is taken and put back without a lock: mostly one thread reads at a time. Invariant: a reader is here or
/// with the one caller who took it, never both, so no two threads use it at once.
final class IdleReaders: Sendable {
  /// The address of the reader that came back last, which is retained here; 0 if it is taken.
  private let last = Atomic<UInt>(0)
  private let others = Mutex<[Lent]>([])
  private let expiries = Atomic<Int>(0)
  private let isReleaseScheduled = Atomic<Bool>(false)

  deinit { removeAll() }

  /// A reader that sees all that was committed when ``expire()`` was called last; `nil` if none is idle.
  func take() -> Reader? {
    guard let reader = takeLast() ?? others.withLock({ $0.popLast() })?.reader else { return nil }
    let expiries = expiries.load(ordering: .acquiring)
    if reader.expiries != expiries {
      reader.end()
      reader.expiries = expiries
    }
    return reader
  }

  func put(_ reader: Reader) {
    let retained = Unmanaged.passRetained(reader)
    let address = UInt(bitPattern: retained.toOpaque())
    if last.compareExchange(expected: 0, desired: address, ordering: .sequentiallyConsistent).exchanged { return }
    let lent = Lent(reader: retained.takeRetainedValue())
    others.withLock { $0.append(lent) }
  }

  func expire() { expiries.add(1, ordering: .releasing) }

  func endTransactions() {
    expire()
    others.withLock { others in
      if let reader = takeLast() { others.append(Lent(reader: reader)) }
      for lent in others { lent.reader.end() }
    }
  }

  func removeAll() {
    others.withLock { others in
      _ = takeLast()
      others = []
    }
  }

  /// Whether whoever put a reader back has to see to it that transactions end. Either he finds here that a release has begun, or the
  /// release finds his reader.
  func mustScheduleRelease() -> Bool {
    if isReleaseScheduled.load(ordering: .sequentiallyConsistent) { return false }
    return !isReleaseScheduled.exchange(true, ordering: .sequentiallyConsistent)
  }

  /// To be called before ``endTransactions()``.
  func releaseBegins() { isReleaseScheduled.store(false, ordering: .sequentiallyConsistent) }

  private func takeLast() -> Reader? {
    guard let address = UnsafeRawPointer(bitPattern: last.exchange(0, ordering: .sequentiallyConsistent)) else {
      return nil
    }
    return Unmanaged<Reader>.fromOpaque(address).takeRetainedValue()
  }

  private struct Lent: @unchecked Sendable {
    let reader: Reader
  }
}
