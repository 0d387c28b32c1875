import ArgumentParser
import BloatReport
import CacheIdentity
import CacheSession
import SourceStore

struct TopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Shows what the sessions on a store do: hits, misses, generations, what waits to be written.",
    discussion: """
      On a terminal it goes on until q or Ctrl-C; else it prints once, with --json a line each time. Sessions are asked by a \
      file in a folder beside the store, and tell once a second as long as somebody asks. Counts are since each session began; a \
      session that told nothing for five seconds is silent.

      EXAMPLE: cachectl top --interval 2s
      EXAMPLE: cachectl top --once --json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var json: JSONOptions

  @Option(help: ArgumentHelp("How often to look, such as 500ms or 5s.", valueName: "time"))
  var interval = Interval(nanoseconds: 1_000_000_000)

  @Flag(help: "Print once, and end.")
  var once = false

  func validate() throws {
    guard (10_000_000...3_600_000_000_000).contains(interval.nanoseconds) else {
      throw ValidationError("--interval is a time from 10ms to 3600s.")
    }
  }

  func run() throws {
    var watcher = Watcher(try store.openForReading())
    Interruption.catchSignals()
    defer { watcher.end() }
    let pause = Int32(clamping: interval.nanoseconds / 1_000_000)
    guard let screen = once || json.isJSON ? nil : FullScreen() else { return try print(&watcher, pause) }
    defer { screen.leave() }
    while Interruption.signal == nil {
      let (sample, before) = try watcher.look()
      screen.show(sample.text(since: before, width: screen.size.columns))
      // A key that means nothing draws at once.
      if let key = Keyboard.wait(milliseconds: pause), key == UInt8(ascii: "q") || key == 3 || key == 4 { break }
    }
    try endBySignal()
  }

  /// Prints once, or JSON line by line.
  private func print(_ watcher: inout Watcher, _ pause: Int32) throws {
    watcher.askFirst()
    while Interruption.signal == nil {
      let (sample, before) = try watcher.look()
      var output = Output()
      if json.isJSON {
        output.writeLine(sample.json.compact)
      } else {
        output.write(sample.text(since: before, width: Output.width))
      }
      try output.finish()
      if once || !json.isJSON { return }
      Keyboard.pause(milliseconds: pause)
    }
    try endBySignal()
  }

  /// Ctrl-C is how one leaves; other signals end the program once the terminal is as it was.
  private func endBySignal() throws {
    guard let signal = Interruption.signal, signal != Interruption.fromKeyboard else { return }
    throw InterruptedError(signal: signal)
  }
}

/// The command was asked to end by a signal.
struct InterruptedError: Error {
  let signal: Int32
}

/// Asks sessions, and remembers what they told.
private struct Watcher {
  private let store: SourceStore
  private let board: ActivityBoard
  private var until: Int64?
  /// What each session told last, and what it told before that.
  private var told: [Identity: (last: SessionActivity, before: SessionActivity?)] = [:]
  private var stored: [String: TopSample.Stored] = [:]
  /// When the store was counted last, and how long that took.
  private var counted: (at: ContinuousClock.Instant, took: Duration)?

  /// A session; its process may have several.
  private struct Identity: Hashable {
    let process: ProcessIdentity
    let lineage: String
    let number: Int
  }

  init(_ store: SourceStore) {
    self.store = store
    board = ActivityBoard(store: store.path)
  }

  /// Asks, and waits until sessions can have answered, unless somebody else asks anyway.
  mutating func askFirst() {
    let isWatched = board.isWatched(now: ProcessIdentity.now)
    until = board.watch(now: ProcessIdentity.now)
    if !isWatched, until != nil {
      Keyboard.pause(milliseconds: Int32(ActivityBoard.intervalMilliseconds + 200))
    }
  }

  /// What sessions tell now, and for each what it told before.
  mutating func look() throws -> (TopSample, before: [SessionActivity?]) {
    let now = ProcessIdentity.now
    until = board.watch(now: now)
    let sessions = board.sessions(now: now)
    var seen: [Identity: (last: SessionActivity, before: SessionActivity?)] = [:]
    var before: [SessionActivity?] = []
    var numbers: [ProcessIdentity: Int] = [:]
    for session in sessions {
      let identity = Identity(
        process: session.process, lineage: session.lineage, number: numbers[session.process, default: 0])
      numbers[session.process, default: 0] += 1
      let known = told[identity]
      let earlier = known?.last.publishedAt == session.publishedAt ? known?.before : known?.last
      before.append(earlier)
      seen[identity] = (session, earlier)
    }
    told = seen
    try count()
    let sizes = store.fileSizes
    return (
      TopSample(
        at: now, path: store.path, fileBytes: sizes.file, logBytes: sizes.log, isWatching: until != nil,
        sessions: sessions, stored: stored), before
    )
  }

  /// Counts what is in the store, but for no more than a tenth of the time: it reads all rows.
  private mutating func count() throws {
    let clock = ContinuousClock()
    let start = clock.now
    if let counted, start - counted.at < counted.took * 10 { return }
    stored = [:]
    for row in try store.statistics().generators {
      stored[row.generator.generator, default: TopSample.Stored()].traces += row.traces
      stored[row.generator.generator, default: TopSample.Stored()].sourceBytes += row.rawBytes
    }
    counted = (clock.now, clock.now - start)
  }

  func end() { if let until { board.endWatching(until) } }
}
