// For `environ`, which C declares as a variable; nobody here changes it.
#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Darwin
#endif

/// Processes of this program, one after the other.
enum BenchProcess {
  /// Runs this very program with other arguments, and returns what it prints. Its standard error is ours. A signal that was
  /// caught by ``Interruption`` ends it.
  static func run(_ arguments: [String]) throws(BenchError) -> String {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw .processFailed(errorNumber: errno) }
    defer { close(ends[0]) }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    let (process, failure) = spawn(arguments, output: ends[1])
    close(ends[1])
    guard failure == 0 else { throw .processFailed(errorNumber: failure) }
    Interruption.follow(process)
    let output = TextFile.bytes(of: ends[0]).map { String(decoding: $0, as: UTF8.self) }
    Interruption.follow(nil)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    if let signal = Interruption.signal { throw .interrupted(signal: signal) }
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
