import Foundation
import SystemImage
import Testing

@Suite("image build writes what a store serves in a world")
struct ImageBuildTests {
  @Test(
    "The same content gives the same bytes: built twice, and built again from a store that an image was loaded into")
  func deterministic() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    try folder.build("b.image")
    #expect(try folder.bytes("a.image") == folder.bytes("b.image"))
    let other = folder.path("other.sqlite")
    #expect(try folder.image("load", "a.image", store: other).status == 0)
    #expect(try folder.image("build", "--output", "c.image", store: other).status == 0)
    #expect(try folder.bytes("a.image") == folder.bytes("c.image"))
  }

  @Test("It says what it wrote, and from where")
  func output() throws {
    let folder = try ImageFolder()
    let report = try folder.build("a.image")
    let header = try #require(report["image"] as? [String: Any])
    #expect(header["entries"] as? Int == 5)
    #expect(header["lineage"] as? String == "main")
    #expect(header["world"] as? Int == 1)
    #expect(header["bytes"] as? Int == (try folder.bytes("a.image").count))
    #expect((report["leftOut"] as? [Any])?.isEmpty == true)
    let text = try folder.image("build", "--output", "b.image")
    #expect(text.output.hasPrefix("\(folder.path("b.image")): 5 entries, "))
    #expect(text.output.hasSuffix(", from world 1 of main\n"))
    #expect(text.error == "")
  }

  @Test(
    "Its filters are those of dump",
    arguments: [
      [], ["--at", "1"], ["--at", "2"], ["--generator", "sample"], ["--generator", "sample@2"], ["--owner", "native"],
      ["--owner", "other"], ["--method", "declined", "--at", "1"], ["--method", "inner(Float64)", "--at", "1"],
    ])
  func filters(arguments: [String]) throws {
    let sample = try SampleStore()
    let path = sample.folder.appendingPathComponent("a.image").path
    let place = ["--store", sample.path] + arguments
    let report = try Command.run(["image", "build", "--output", path, "--json"] + place).object()
    let world = arguments.contains("--at") ? [] : ["--at", "2"]
    let rows = try Command.run(["dump", "--json", "--lineage", "main"] + place + world).objects()
    #expect((report["image"] as? [String: Any])?["entries"] as? Int == rows.count)
  }

  @Test("What rests on a source that is not taken is left out, with a warning that says why")
  func notSelfContained() throws {
    let sample = try SampleStore()
    let path = sample.folder.appendingPathComponent("a.image").path
    let arguments = ["image", "build", "--output", path, "--at", "1", "--method", "outer", "--store", sample.path]
    let result = try Command.run(arguments)
    #expect(result.status == 0)
    #expect(result.output.contains(": 0 entries, "))
    #expect(result.error.contains("warning: 1 trace left out"))
    #expect(result.error.contains("outer(Float64): it rests on the source of "))
    let leftOut = try #require(try Command.run(arguments + ["--json"]).object()["leftOut"] as? [[String: Any]])
    #expect(leftOut.compactMap { $0["specialization"] as? String } == ["outer(Float64)"])
  }

  @Test("A lineage or a world that is not there is a usage error that says which there are")
  func nowhere() throws {
    let sample = try SampleStore()
    let path = sample.folder.appendingPathComponent("a.image").path
    func build(_ arguments: String...) throws -> Command.Result {
      try Command.run(["image", "build", "--output", path, "--store", sample.path] + arguments)
    }
    let lineage = try build("--lineage", "release")
    #expect(lineage.status == 64)
    #expect(lineage.error.contains("has no lineage release. It has main"))
    let world = try build("--at", "3")
    #expect(world.status == 64)
    #expect(world.error.contains("lineage main has no world 3: it has 1 to 2"))
    #expect(try Command.run(["prune", "--keep-worlds", "1", "--store", sample.path]).status == 0)
    #expect(try build("--at", "1").error.contains("it has 2 to 2"))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("A file that cannot be made is an error, and a former image stays")
  func unwritable() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let former = try folder.bytes("a.image")
    #expect(try folder.image("build", "--output", "none/a.image").status == 66)
    #expect(try folder.image("build", "--output", "a.image", "--sign", "no.key").status == 66)
    #expect(try folder.bytes("a.image") == former)
    #expect(try folder.names("a.image") == ["a.image"])
  }

  @Test("Stopped by a signal, it leaves neither an image nor a draft of one")
  func interruption() throws {
    let sample = try SampleStore(padding: 20_000)
    let process = Process()
    process.executableURL = Command.executable
    process.arguments = [
      "image", "build", "--at", "1", "--store", sample.path, "--output",
      sample.folder.appendingPathComponent("a.image").path,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: sample.folder.path).filter { $0.hasPrefix("a.image") }
    }
    try process.run()
    while try files().isEmpty, process.isRunning { sched_yield() }
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == SIGTERM)
    #expect(try files().isEmpty)
  }
}
