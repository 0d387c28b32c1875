import Synchronization

/// A value that is computed when it is first needed, and then kept.
///
/// Threads that need it at the same time may each compute it; all get the one that is kept.
struct Lazy<Value: Sendable>: ~Copyable, Sendable {
  private let known = Mutex<Value?>(nil)

  /// The value; `make` computes it.
  func value(_ make: () -> Value) -> Value {
    if let known = known.withLock({ $0 }) { return known }
    let made = make()
    return known.withLock { known in
      if let known { return known }
      known = made
      return made
    }
  }
}
