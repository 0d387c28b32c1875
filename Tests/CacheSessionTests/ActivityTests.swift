import Foundation
import SourceCodec
import SourceStore
import Testing

@testable import CacheIdentity
@testable import CacheSession

@Suite("Sessions tell what they do as long as somebody asks, and leave nothing behind")
struct ActivityTests {
  private let place: URL
  private var store: String { place.appendingPathComponent("store.sqlite").path }
  private var folder: String { store + "-activity" }
  private var board: ActivityBoard { ActivityBoard(store: store) }

  init() throws {
    place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
  }

  private func remove() { try? FileManager.default.removeItem(at: place) }

  private func activity(_ process: ProcessIdentity = .current, at time: Int64 = ProcessIdentity.now) -> SessionActivity
  {
    var generator = SessionActivity.Generator(name: "g\n")
    (generator.memoryHits, generator.imageHits, generator.storeHits) = (1, 2, 300)
    (generator.generated, generator.generationNanoseconds) = (4, 1 << 40)
    (generator.stored, generator.leftOut) = (5, 6)
    return SessionActivity(
      process: process, lineage: "main", publishedAt: time, queueDepth: 7,
      generators: [generator, SessionActivity.Generator(name: "")])
  }

  @Test(
    "A session that nobody asks writes nothing; asked, it tells what it did by generator; asked no more, it takes that away"
  )
  func session() throws {
    defer { remove() }
    let kitchen = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.file(store))) {
      $0.admission = ["light": .never]
    }
    kitchen.host.cook("inner", text: { "inner(\($0.read("a")))" })
    kitchen.host.cook("outer", text: { "outer(\(try $0.source("inner", by: "light")))" })
    for _ in 0..<3 { #expect(try kitchen.serve("outer") == "outer(inner(1))") }
    kitchen.session.flush()
    let publisher = try #require(kitchen.session.activity)
    publisher.publishIfWatched()
    #expect(!FileManager.default.fileExists(atPath: folder))

    let until = try #require(board.watch(now: ProcessIdentity.now))
    publisher.publishIfWatched()
    let told = try #require(board.sessions(now: ProcessIdentity.now).first)
    #expect((told.process, told.lineage, told.queueDepth) == (.current, "main", 0))
    let toy = try #require(told.generators.first { $0.name == "toy" })
    #expect((toy.memoryHits, toy.storeHits, toy.generated, toy.stored, toy.leftOut) == (2, 0, 1, 1, 0))
    let light = try #require(told.generators.first { $0.name == "light" })
    #expect((light.memoryHits, light.generated, light.stored, light.leftOut) == (0, 1, 0, 1))
    #expect(toy.generationNanoseconds >= light.generationNanoseconds)

    board.endWatching(until)
    publisher.publishIfWatched()
    #expect(!FileManager.default.fileExists(atPath: folder))
    // A second session of the process is told apart, and what goes takes its report with it.
    let again = try #require(board.watch(now: ProcessIdentity.now))
    do {
      let other = Kitchen(ToyHost(["a": "1"]), store: try SourceStore(.file(store)))
      other.host.cook("outer", text: { "outer(\(try $0.source("inner", by: "light")))" })
      #expect(try other.serve("outer") == "outer(inner(1))")
      other.session.activity?.publishIfWatched()
      publisher.publishIfWatched()
      #expect(board.sessions(now: ProcessIdentity.now).count == 2)
    }
    #expect(board.sessions(now: ProcessIdentity.now).count == 1)
    board.endWatching(again)
    publisher.publishIfWatched()
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test("Who asks asks for ten seconds; a clock that was set back asks nobody for longer")
  func watching() throws {
    defer { remove() }
    #expect(!board.isWatched(now: 0))
    let until = try #require(board.watch(now: 1_000))
    #expect(until == 11_000)
    #expect(board.isWatched(now: 10_999))
    #expect(!board.isWatched(now: 11_000))
    #expect(!board.isWatched(now: 500))
    // Another one asks meanwhile: he is still answered.
    let other = try #require(board.watch(now: 2_000))
    board.endWatching(until)
    #expect(board.isWatched(now: 11_500))
    board.endWatching(other)
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(ActivityBoard(store: "/proc/none/store").watch(now: 0) == nil)
  }

  @Test("What a process told that is gone is removed: at once on this machine, after a minute elsewhere")
  func goneProcesses() throws {
    defer { remove() }
    _ = board.watch(now: ProcessIdentity.now)
    let here = ProcessIdentity.current
    // Process ids are smaller.
    let gone = ProcessIdentity(host: here.host, pid: .max, program: "gone", startedAt: 1)
    let far = ProcessIdentity(host: "elsewhere", pid: .max, program: "far", startedAt: 1)
    let now = ProcessIdentity.now
    for (name, process) in [("a-1", here), ("b-1", gone), ("c-1", far)] {
      board.publish(activity(process, at: now), as: name)
    }
    #expect(board.sessions(now: now).map(\.process) == [here, far])
    #expect(board.sessions(now: now + 60_000).map(\.process) == [here, far])
    #expect(board.sessions(now: now + 60_001) == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["watched"])
  }

  @Test("A report is read back as it was written; one that is cut, of another version or no report is passed over")
  func damagedReports() throws {
    defer { remove() }
    let activity = activity()
    var writer = ByteWriter()
    activity.encode(into: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try SessionActivity(from: &reader) == activity)
    try reader.finish()
    for length in writer.bytes.indices {
      var reader = ByteReader(Array(writer.bytes[..<length]))
      #expect(throws: DecodingFailure.self) { try SessionActivity(from: &reader) }
    }
    _ = board.watch(now: ProcessIdentity.now)
    var other = writer.bytes
    other[1] ^= 1
    for (name, bytes) in [("1-1", other), ("2-1", []), ("3-1", writer.bytes + [0])] {
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    #expect(board.sessions(now: ProcessIdentity.now) == [])
    for seed in 0..<2_000 {
      var random = SplitMix(seed: UInt64(seed))
      var bytes = writer.bytes
      for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      var reader = ByteReader(bytes)
      // Sums of whatever is read need no care.
      if let read = try? SessionActivity(from: &reader) { #expect(read.generators.reduce(0) { $0 + $1.hits } >= 0) }
    }
  }
}
