import ArgumentParser
import BloatReport
import Inference
import JuliaCorpus
import LoweredIR
import SourceCodec
import SourceStore
import StagedHost
import SystemImage

/// What went wrong in the command itself.
enum CommandError: Error, Hashable {
  /// Neither an option nor the environment says where the store is.
  case noStorePath
  /// The standard output could not be written.
  case outputFailed(errorNumber: Int32)
  /// A file that was named cannot be read.
  case unreadable(path: String, errorNumber: Int32)
  /// A program is not UTF-8.
  case notText(path: String)
  /// What `--call` says is no call.
  case badCall(String, reason: String)
  /// No overlay table has this name.
  case noTable(String)
  /// A file that was to be a report of before is none.
  case badReport(path: String, BloatSummary.Failure)
  /// A file cannot be made there.
  case unwritable(path: String, errorNumber: Int32)
}

/// An error as it is told to people: what, where, and what to do. The only place where that prose is made.
struct ErrorReport {
  let message: String
  let status: ExitStatus

  /// `nil` for errors that argument parsing reports itself.
  init?(_ error: any Error) {
    switch error {
    case let error as StoreError: (message, status) = ErrorReport.words(for: error)
    case let error as ImageError: (message, status) = (error.words, error.status)
    case let error as ImageCommandError: (message, status) = (error.words, error.status)
    case CommandError.noStorePath:
      message =
        "where is the store? HOME is not set. Name it with --store PATH or in CACHECTL_STORE."
      status = .usage
    case CommandError.outputFailed(let number):
      message = "cannot write to the standard output: \(SystemText.message(of: number))"
      status = .inputOutput
    case CommandError.unreadable(let path, let number):
      message = "cannot read \(path): \(SystemText.message(of: number))"
      status = .noInput
    case CommandError.unwritable(let path, let number):
      message = "cannot write \(path): \(SystemText.message(of: number))"
      status = .inputOutput
    case CommandError.notText(let path):
      message = "\(path) is no program: it is not UTF-8 text"
      status = .badData
    case CommandError.badCall(let call, let reason):
      message = "--call '\(call)' is no call: \(reason)"
      status = .usage
    case CommandError.noTable(let name):
      message = "the program has no overlay table \(name)"
      status = .usage
    case let error as CorpusProblem:
      message = "the timings cannot be read: \(error)"
      status = .badData
    case let error as InferenceError:
      message = "\(error)"
      status = .usage
    case CommandError.badReport(let path, let failure):
      message = "\(path) is no report of 'cachectl report bloat --json': \(failure.words)"
      status = .badData
    case let error as GrowthError: (message, status) = (error.words, .grown)
    case let error as BenchError: (message, status) = (error.words, error.status)
    case let error as SyntaxError:
      message = error.words
      status = .badData
    case let error as DefinitionError:
      message = "\(error)"
      status = .badData
    case let error as HostError:
      message = "\(error)"
      status = .negative
    default: return nil
    }
  }

  private static func words(for error: StoreError) -> (String, ExitStatus) {
    let path = error.path
    return switch error.problem {
    case .missing:
      ("there is no store at \(path). A program that uses the cache makes one; --store PATH names another.", .noInput)
    case .replaced:
      ("another file was put at \(path) while it was open. Try again.", .inputOutput)
    case .notAStore:
      ("\(path) is no store of this program (\(error.detail)). --store PATH names another.", .badData)
    case .newerFormat(let found, let supported):
      ("\(path) has format \(found); this program knows \(supported) at most. Use a newer cachectl.", .newerFormat)
    case .readOnly:
      ("\(path) cannot be written (\(error.detail)). Make it and its directory writable, or use a copy.", .noPermission)
    case .permissionDenied:
      ("\(path) cannot be opened (\(error.detail)). Its owner can change the permissions.", .noPermission)
    case .locked:
      ("another process is writing \(path) (\(error.detail)). Try again when it is done.", .locked)
    case .diskFull:
      ("the disk is full: \(path) (\(error.detail)). Free some space; the store is as it was.", .inputOutput)
    case .damaged:
      ("\(path) is damaged: \(error.detail). 'cachectl verify' says more; a store can always be deleted.", .badData)
    case .undecodable(let failure):
      (
        """
        \(path) is damaged: \(error.detail) cannot be decoded (\(failure.problem) at byte \(failure.offset)). \
        'cachectl verify' says more; a store can always be deleted.
        """, .badData
      )
    case .inputOutput:
      ("cannot read or write \(path): \(error.detail). Check the disk.", .inputOutput)
    case .other:
      ("\(path): \(error.detail) (SQLite result \(error.resultCode))", .internalError)
    }
  }
}

extension BloatSummary.Failure {
  fileprivate var words: String {
    switch self {
    case .notJSON(let offset, let expected): "\(expected) is expected at byte \(offset)"
    case .lacks(let member): "it lacks a whole '\(member)'"
    case .newerVersion(let version): "it has version \(version); use a newer cachectl"
    }
  }
}
