import CacheIdentity
import Foundation
import Testing

@testable import CacheSession
@testable import cachectl

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite("top shows what sessions tell")
struct TopTests {
  /// A store, and a session of this process that has told something.
  private func told(_ sample: SampleStore) -> ActivityBoard {
    let board = ActivityBoard(store: sample.path)
    _ = board.watch(now: ProcessIdentity.now)
    board.publish(TopTests.activity(at: ProcessIdentity.now, hits: 30, generated: 4), as: "1-1")
    return board
  }

  private static func activity(at time: Int64, hits: Int, generated: Int) -> SessionActivity {
    var generator = SessionActivity.Generator(name: "sample")
    (generator.memoryHits, generator.generated, generator.generationNanoseconds) = (
      hits, generated, Int64(generated) * 1_000_000
    )
    return SessionActivity(
      process: .current, lineage: "main", publishedAt: time, queueDepth: 9, generators: [generator])
  }

  @Test("Rates are what came between two reports, by the time between them")
  func rates() {
    let before = TopTests.activity(at: 1_000, hits: 10, generated: 2)
    let after = TopTests.activity(at: 3_000, hits: 40, generated: 1_002)
    let rates = TopRates.byGenerator(after, since: before)
    #expect(rates["sample"]?.hits == 15)
    #expect(rates["sample"]?.generated == 500)
    #expect(rates["sample"]?.busy == 0.5)
    #expect(TopRates.byGenerator(after, since: nil) == [:])
    #expect(TopRates.byGenerator(after, since: after) == [:])
    #expect(TopRates.sum([rates, rates].flatMap(\.values)).hits == 30)
  }

  @Test("Counts of a session that was not there before are not taken for differences")
  func otherSession() {
    let before = TopTests.activity(at: 1_000, hits: 100, generated: 50).generators[0]
    let after = TopTests.activity(at: 2_000, hits: 10, generated: 2).generators[0]
    #expect(after.since(before) == after)
    #expect(after.since(nil) == after)
  }

  @Test("Where there is no terminal it prints once, as text or as JSON, and leaves no folder behind if it made it")
  func once() throws {
    let sample = try SampleStore()
    let board = told(sample)
    let text = try sample.run("top")
    #expect(text.status == 0)
    #expect(text.output.contains("sessions    1; 9 waiting to be written"))
    #expect(text.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 })
    let json = try sample.run("top", "--once", "--json").object()
    let generators = try #require(json["generators"] as? [[String: Any]])
    #expect(generators.first?["name"] as? String == "sample")
    #expect(generators.first?["memoryHits"] as? Int == 30)
    #expect(generators.first?["traces"] as? Int == 4)
    #expect(json["queueDepth"] as? Int == 9)
    #expect((json["sessions"] as? [[String: Any]])?.first?["isSilent"] as? Bool == false)
    board.withdraw("1-1")
    #expect(try sample.run("top", "--once").output.contains("sessions    0; 0 waiting"))
    #expect(!FileManager.default.fileExists(atPath: sample.path + "-activity"))
    #expect(try Command.run(["top", "--store", sample.path + ".none"]).status == 66)
    #expect(try sample.run("top", "--interval", "1ns").status == 64)
  }

  @Test("A session that stopped telling is shown as silent, and does nothing")
  func silent() {
    let session = TopTests.activity(at: 1_000, hits: 10, generated: 2)
    let sample = TopSample(
      at: 6_001, path: "store", fileBytes: 0, logBytes: 0, isWatching: true, sessions: [session], stored: [:])
    #expect(sample.isSilent(session))
    let text = sample.text(since: [TopTests.activity(at: 500, hits: 0, generated: 0)], width: 100)
    #expect(text.contains("0 and 1 silent"))
    #expect(text.contains("a second    0.0 hits"))
  }

  /// The command on a terminal of its own.
  private final class Session {
    let master: Int32
    let slave: Int32
    let process = Process()
    private(set) var screen = ""

    init(_ sample: SampleStore) throws {
      var (master, slave): (Int32, Int32) = (-1, -1)
      var size = winsize(ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
      try #require(openpty(&master, &slave, nil, nil, &size) == 0)
      (self.master, self.slave) = (master, slave)
      process.executableURL = Command.executable
      process.arguments = ["top", "--store", sample.path, "--interval", "50ms"]
      process.environment = ["TERM": "xterm"]
      process.standardInput = FileHandle(fileDescriptor: slave)
      process.standardOutput = FileHandle(fileDescriptor: slave)
      process.standardError = FileHandle(fileDescriptor: slave)
      try process.run()
    }

    deinit {
      close(master)
      close(slave)
    }

    /// Reads until the screen was drawn so often since the beginning, or nothing comes any more.
    func readFrames(_ frames: Int) {
      while screen.components(separatedBy: "\u{1b}[H").count <= frames, readMore(milliseconds: 20_000) {}
    }

    func readMore(milliseconds: Int32) -> Bool {
      var event = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&event, 1, milliseconds) > 0 else { return false }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(master, &bytes, bytes.count)
      guard count > 0 else { return false }
      screen += String(decoding: bytes[..<count], as: UTF8.self)
      return true
    }

    func press(_ key: UInt8) {
      var key = key
      _ = write(master, &key, 1)
    }

    /// Waits for the end, and reads what is left.
    func end() -> Int32 {
      process.waitUntilExit()
      while readMore(milliseconds: 0) {}
      return process.terminationStatus
    }

    var echoes: Bool {
      var state = termios()
      tcgetattr(slave, &state)
      return state.c_lflag & tcflag_t(ECHO) != 0 && state.c_lflag & tcflag_t(ICANON) != 0
    }
  }

  @Test("On a terminal it draws, refreshes with what is new, and leaves at q with the terminal as it was")
  func terminal() throws {
    let sample = try SampleStore()
    let board = told(sample)
    let session = try Session(sample)
    #expect(session.echoes)
    session.readFrames(2)
    #expect(session.screen.hasPrefix("\u{1b}[?1049h\u{1b}[?25l"))
    #expect(session.screen.contains("GENERATORS"))
    #expect(!session.echoes)
    // Twice as much a second later, by the session's own clock.
    board.publish(TopTests.activity(at: ProcessIdentity.now + 1_000, hits: 77_077, generated: 4), as: "1-1")
    for frames in 3..<60 where !session.screen.contains("77077") { session.readFrames(frames) }
    #expect(session.screen.contains("77077"))
    session.press(UInt8(ascii: "q"))
    #expect(session.end() == 0)
    #expect(session.screen.hasSuffix("\u{1b}[?25h\u{1b}[?1049l"))
    #expect(session.echoes)
  }

  @Test(
    "Ctrl-C leaves as q does; another signal ends it, too, with the terminal as it was", arguments: [SIGINT, SIGTERM])
  func signals(number: Int32) throws {
    let sample = try SampleStore()
    let session = try Session(sample)
    session.readFrames(1)
    kill(session.process.processIdentifier, number)
    #expect(session.end() == (number == SIGINT ? 0 : SIGTERM))
    #expect(session.screen.hasSuffix("\u{1b}[?25h\u{1b}[?1049l"))
    #expect(session.echoes)
    #expect(!FileManager.default.fileExists(atPath: sample.path + "-activity"))
  }
}
