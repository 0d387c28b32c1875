import Foundation
import SourceStore
import Testing

@Suite("Where the store is, what an exit status means, and what help says")
struct CommandLineTests {
  static let readers = [
    ["dump"], ["log"], ["why", "f"], ["stats"], ["verify"], ["prune", "--closed", "--dry-run"], ["prune", "--closed"],
    ["image", "build", "--output", "/nowhere/app.image"],
  ]

  @Test("A store that is not there is told with its path, and is not made", arguments: readers)
  func missing(arguments: [String]) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    let result = try Command.run(arguments + ["--store", path])
    #expect(result.status == 66)
    #expect(result.output == "")
    #expect(result.error.hasPrefix("cachectl: there is no store at \(path)."))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("A file of another program is told apart, and left as it is", arguments: readers)
  func notAStore(arguments: [String]) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    let text = Data(String(repeating: "no database ", count: 500).utf8)
    try text.write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let result = try Command.run(arguments + ["--store", path])
    #expect(result.status == 65)
    #expect(result.error.contains("is no store of this program"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
  }

  @Test("A store of a newer format is refused")
  func newer() throws {
    let sample = try SampleStore()
    try sample.execute("PRAGMA user_version = 99")
    let result = try sample.run("stats")
    #expect(result.status == 69)
    #expect(result.error.contains("has format 99"))
  }

  @Test("The path comes from --store, else CACHECTL_STORE, else XDG_CACHE_HOME, else HOME")
  func path() throws {
    let sample = try SampleStore()
    func path(_ arguments: [String], _ environment: [String: String]) throws -> String? {
      let result = try Command.run(["stats", "--json"] + arguments, environment: environment)
      if result.status == 0 { return try result.object()["path"] as? String }
      return result.error
    }
    #expect(try path(["--store", sample.path], ["CACHECTL_STORE": "/none"]) == sample.path)
    #expect(try path([], ["CACHECTL_STORE": sample.path, "HOME": "/none"]) == sample.path)
    #expect(
      try path([], ["XDG_CACHE_HOME": "/none/x", "HOME": "/y"])?.contains("/none/x/worldcache/store.sqlite") == true)
    #expect(try path([], ["HOME": "/none/y"])?.contains("/none/y/.cache/worldcache/store.sqlite") == true)
    #expect(try path([], [:])?.contains("where is the store?") == true)
  }

  @Test(
    "Every command has help with an example",
    arguments: [
      "run", "dump", "log", "why", "stats", "prune", "verify", "bench inference", "bench speed", "image build",
      "image inspect",
      "image verify", "image diff", "image merge", "image load", "image extract", "image keygen",
    ])
  func help(command: String) throws {
    let result = try Command.run(command.split(separator: " ").map(String.init) + ["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("EXAMPLE: cachectl \(command)"))
    #expect(result.output.contains("--json"))
  }

  @Test("--version names the program's version and the newest format that it knows")
  func version() throws {
    let output = try Command.run(["--version"]).output
    #expect(output.contains(/^[0-9]+\.[0-9]+\.[0-9]+, store format 4\n$/))
  }

  @Test("Completions are generated", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let result = try Command.run(["--generate-completion-script", shell])
    #expect(result.status == 0)
    #expect(result.output.contains("cachectl"))
  }

  @Test("An unknown command or option is a usage error")
  func usage() throws {
    #expect(try Command.run(["frobnicate"]).status == 64)
    #expect(try Command.run(["stats", "--frobnicate"]).status == 64)
  }

  @Test("Output to a file has no colours")
  func noColours() throws {
    #expect(!(try SampleStore().run("log").output.contains("\u{1b}")))
  }

  @Test("An output that cannot be written is an error")
  func fullOutput() throws {
    let sample = try SampleStore()
    let process = Process()
    process.executableURL = Command.executable
    process.arguments = ["dump", "--store", sample.path]
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
  }
}
