import CacheIdentity
import CacheSession
import LoweredIR
import Overlay
import SourceStore
import StagedHost
import SystemImage

/// A program of the reference host, run once, with a store or without.
struct ProgramRun {
  /// What a run gave and what it cost.
  struct Report {
    var result: String
    var counters: SessionCounters
    /// From parsing the program to closing the store, in nanoseconds.
    var wallNanoseconds: Int64
  }

  /// The program's path.
  var path: String
  /// The function that is called without arguments.
  var entry = "main"
  /// How the session behaves.
  var options = SessionOptions()

  /// Runs the program; what it prints goes to `output`.
  ///
  /// - Parameter open: Opens the store; called once the program is known to be good. Without one, sources are kept in memory.
  func callAsFunction(
    text: String, store open: () -> SourceStore?, images: [SystemImage] = [],
    output: @escaping @Sendable (String) -> Void
  ) throws -> Report {
    let clock = ContinuousClock()
    let start = clock.now
    let (result, counters) = try run(text, open, images, output)
    // Host, session and store are gone by now, so closing the store's file is counted too.
    return Report(result: result, counters: counters, wallNanoseconds: start.duration(to: clock.now).nanoseconds)
  }

  private func run(
    _ text: String, _ open: () -> SourceStore?, _ images: [SystemImage],
    _ output: @escaping @Sendable (String) -> Void
  ) throws -> (result: String, counters: SessionCounters) {
    let host = Host(natives: [OverlayPass()], output: output)
    try host.load(try Program.parse(text, file: path))
    let session = CacheSession<LoweredCode>(
      store: open(), images: images, definitions: host.definitions, options: options)
    host.attach(session)
    defer { session.close() }
    let result = try host.run(entry).description
    session.close()
    return (result, session.counters)
  }
}
