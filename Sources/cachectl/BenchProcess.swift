// For `environ`, which C declares as a variable; nobody here changes it.
#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Darwin
#endif
import Synchronization

/// The signal that asked to stop; 0 for none.
private let interruption = Atomic<Int32>(0)
/// The process that runs now; 0 for none.
private let running = Atomic<Int32>(0)

/// Processes of this program, one after the other.
enum BenchProcess {
  /// Until the program ends, a signal that would end it ends the process that runs, and ``run(_:)`` throws.
  static func catchInterruptions() {
    // Both are made now, not in a handler.
    interruption.store(0, ordering: .relaxed)
    running.store(0, ordering: .relaxed)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      sigaddset(&signals, number)
      let former = signal(number) { number in
        interruption.store(number, ordering: .sequentiallyConsistent)
        let process = running.load(ordering: .sequentiallyConsistent)
        if process > 0 { kill(process, SIGKILL) }
      }
      // What is ignored, as under nohup, stays so.
      if unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(number, SIG_IGN) }
    }
    // Whoever started this may have blocked them, as the threads of thread pools do, and a process inherits that.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Ends the program by a signal, as if it had not been caught.
  static func end(by number: Int32) {
    signal(number, SIG_DFL)
    raise(number)
  }

  /// Runs this very program with other arguments, and returns what it prints. Its standard error is ours.
  static func run(_ arguments: [String]) throws(BenchError) -> String {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw .processFailed(errorNumber: errno) }
    defer { close(ends[0]) }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    let (process, failure) = spawn(arguments, output: ends[1])
    close(ends[1])
    guard failure == 0 else { throw .processFailed(errorNumber: failure) }
    running.store(process, ordering: .sequentiallyConsistent)
    // A signal that came before the handler could know the process.
    if interruption.load(ordering: .sequentiallyConsistent) != 0 { kill(process, SIGKILL) }
    let output = TextFile.bytes(of: ends[0]).map { String(decoding: $0, as: UTF8.self) }
    running.store(0, ordering: .sequentiallyConsistent)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = interruption.load(ordering: .sequentiallyConsistent)
    guard signal == 0 else { throw .interrupted(signal: signal) }
    guard status == 0, let output else { throw .sampleFailed(status: status) }
    return output
  }

  private static func spawn(_ arguments: [String], output: Int32) -> (process: pid_t, failure: Int32) {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      let program = CommandLine.arguments[0]
    #else
      var actions = posix_spawn_file_actions_t()
      // The same file even if another one has been put in its place since.
      let program = "/proc/self/exe"
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    // The other end is closed on exec: our own copies of both must not keep the pipe open.
    posix_spawn_file_actions_addclose(&actions, output)
    var words: [UnsafeMutablePointer<CChar>?] = ([CommandLine.arguments[0]] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var process: pid_t = 0
    let failure = posix_spawn(&process, program, &actions, nil, words, environ)
    return (process, failure)
  }
}
