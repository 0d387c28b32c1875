#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Synchronization

/// The signal that asked to stop; 0 for none.
private let interruption = Atomic<Int32>(0)
/// The process that ends with the signal; 0 for none.
private let follower = Atomic<Int32>(0)

/// Signals that would end the program, caught so that what is half done can be taken back first.
enum Interruption {
  /// The signal of Ctrl-C.
  static let fromKeyboard: Int32 = SIGINT

  /// The signal that asked to stop, if one came since ``catchSignals()``.
  static var signal: Int32? {
    let number = interruption.load(ordering: .sequentiallyConsistent)
    return number == 0 ? nil : number
  }

  /// From now on such a signal is noted, and ends the process that follows. Whoever calls this looks at ``signal`` now and then.
  static func catchSignals() {
    // Both are made now, not in a handler.
    interruption.store(0, ordering: .relaxed)
    follower.store(0, ordering: .relaxed)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      sigaddset(&signals, number)
      let former = handle(number) { number in
        interruption.store(number, ordering: .sequentiallyConsistent)
        let process = follower.load(ordering: .sequentiallyConsistent)
        if process > 0 { kill(process, SIGKILL) }
      }
      // What is ignored, as under nohup, stays so.
      if unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { _ = handle(number, SIG_IGN) }
    }
    // Whoever started this may have blocked them, as the threads of thread pools do, and a process inherits that.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Names the process that ends with the signal; `nil` for none.
  static func follow(_ process: pid_t?) {
    follower.store(process ?? 0, ordering: .sequentiallyConsistent)
    // A signal may have come before the handler could know the process.
    if let process, signal != nil { kill(process, SIGKILL) }
  }

  /// Ends the program by the signal that came, as if it had not been caught.
  static func end(by number: Int32) {
    _ = handle(number, SIG_DFL)
    raise(number)
  }

  private typealias Handler = @convention(c) (Int32) -> Void

  @discardableResult
  private static func handle(_ number: Int32, _ handler: Handler?) -> Handler? {
    #if canImport(Glibc)
      Glibc.signal(number, handler)
    #elseif canImport(Musl)
      Musl.signal(number, handler)
    #else
      Darwin.signal(number, handler)
    #endif
  }
}
