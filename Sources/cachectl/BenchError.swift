/// Why a benchmark has no result, or not the one that is demanded.
enum BenchError: Error, Hashable {
  /// No folder can be made there.
  case unwritable(path: String, errorNumber: Int32)
  /// A program does not say which calls are to be inferred.
  case noCalls(program: String)
  /// A process of this program cannot be started.
  case processFailed(errorNumber: Int32)
  /// A process that was to take a sample ended without one; `status` is as `waitpid` gives it.
  case sampleFailed(status: Int32)
  /// A store failed, so that what was measured is something else.
  case storeFailed(path: String)
  /// Samples of one call inferred different types.
  case typesDiffer(call: String, types: [String])
  /// A signal asked to stop.
  case interrupted(signal: Int32)
  /// A cell does not reach what is demanded; the report says which.
  case demandsMissed
}

extension BenchError {
  /// What went wrong, for people.
  var words: String {
    switch self {
    case .unwritable(let path, let number): "cannot make a folder in \(path): \(SystemText.message(of: number))"
    case .noCalls(let program):
      """
      \(program) does not say what to infer. It needs two calls, each a function and its arguments, types for values, \
      such as: const \(BenchWorkload.constant) = ((overdub, T, f, Int64), (overdub, T, g, Int64))
      """
    case .processFailed(let number): "cannot start a process for a sample: \(SystemText.message(of: number))"
    case .sampleFailed(let status): "a process that was to take a sample failed (status \(status))"
    case .storeFailed(let path): "the store \(path) failed, so nothing was measured"
    case .typesDiffer(let call, let types): "\(call) was inferred as different types: \(types.joined(separator: "; "))"
    case .interrupted(let signal): "stopped by signal \(signal)"
    case .demandsMissed: "less than is demanded; see the report"
    }
  }

  var status: ExitStatus {
    switch self {
    case .unwritable, .storeFailed: .inputOutput
    case .noCalls: .badData
    case .processFailed: .internalError
    case .sampleFailed, .typesDiffer, .interrupted, .demandsMissed: .negative
    }
  }
}
