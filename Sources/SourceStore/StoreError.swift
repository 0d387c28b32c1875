import CacheIdentity
import SourceCodec

/// Trouble with a store. A session turns it into generation (W15); tools tell it to people.
public struct StoreError: Error, Hashable, Sendable {
  /// What kind of trouble, and so what to do.
  public enum Problem: Hashable, Sendable {
    /// There is no file at the path, and none was to be made.
    case missing
    /// Another file has taken the path of the one that was opened.
    case replaced
    /// The file is no SQLite database, or one of another program.
    case notAStore
    /// The file was written by a newer program.
    case newerFormat(found: Int32, supported: Int32)
    /// The file or its directory cannot be written by this user.
    case readOnly
    /// The file or its directory cannot be opened by this user.
    case permissionDenied
    /// Another process held the write lock for longer than the timeout.
    case locked
    /// The file system is full.
    case diskFull
    /// The file's content contradicts itself.
    case damaged
    /// A row's bytes are not of the form they should be.
    case undecodable(DecodingFailure)
    /// Reading or writing the file failed.
    case inputOutput
    /// Any other failure of SQLite.
    case other
  }

  /// The kind.
  public let problem: Problem
  /// The store's path.
  public let path: String
  /// SQLite's extended result code; 0 if the trouble was found by us.
  public let resultCode: Int32
  /// SQLite's message, or what was being done.
  public let detail: String

  /// Makes an error.
  public init(_ problem: Problem, path: String, resultCode: Int32 = 0, detail: String) {
    self.problem = problem
    self.path = path
    self.resultCode = resultCode
    self.detail = detail
  }
}
