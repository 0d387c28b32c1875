import CacheIdentity
import Foundation
import LoweredIR
import SourceCodec
import SourceStore
import SystemImage
import Testing

@testable import cachectl

@Suite("image load and image merge")
struct ImageLoadTests {
  @Test("G1, E3: after a load, a run in a new store generates nothing, and the store keeps every rule")
  func loadThenRun() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let store = folder.path("new.sqlite")
    let result = try folder.image("load", "a.image", "--json", store: store).object()
    #expect(result["stored"] as? Int == 5)
    #expect((result["refused"] as? [Any])?.isEmpty == true)
    let figures = try Command.run(["run", folder.path("program.ir"), "--json", "--store", store]).object()
    #expect(figures["generated"] as? Int == 0)
    #expect(figures["reusedFromStore"] as? Int == 5)
    #expect(figures["ticks"] as? Int == 0)
    #expect(figures["asked"] as? Int == 0)
    #expect(figures["result"] as? String == "(30, 20)")
    #expect(try Command.run(["verify", "--store", store]).status == 0)
  }

  @Test("G2: a program with a changed definition takes from a loaded store what does not rest on it")
  func loadThenEdit() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let store = folder.path("new.sqlite")
    #expect(try folder.image("load", "a.image", store: store).status == 0)
    try Data(folder.program.reweighted.utf8).write(to: URL(fileURLWithPath: folder.path("program.ir")))
    let figures = try Command.run(["run", folder.path("program.ir"), "--json", "--store", store]).object()
    #expect(figures["generated"] as? Int == 1)
    #expect(figures["reusedFromStore"] as? Int == 4)
    #expect(figures["result"] as? String == "(30, 26)")
  }

  @Test("Loaded twice, an image is there once; who generated what stays known")
  func twice() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let store = folder.path("new.sqlite")
    for _ in 0..<2 { #expect(try folder.image("load", "a.image", store: store).status == 0) }
    func rows(_ store: String) throws -> [[String]] {
      try Command.run(["dump", "--json", "--store", store]).objects().map { row in
        let process = row["process"] as? [String: Any]
        return ["key", "generatedAt", "generationNanoseconds"].map { "\(row[$0] ?? "")" } + ["\(process?["pid"] ?? "")"]
      }.sorted { $0[0] < $1[0] }
    }
    #expect(try rows(store) == rows(folder.program.store))
    #expect(try Command.run(["log", "--json", "--store", store]).objects().count == 1)
  }

  @Test("W1: a lineage at other definitions is left as it is; a lineage of its own takes the image")
  func otherState() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    _ = try folder.program.figures(folder.program.reweighted)
    let before = try Command.run(["dump", "--json", "--store", folder.program.store]).output
    let result = try folder.image("load", "a.image")
    #expect(result.status == 1)
    #expect(result.error.contains("lineage main of \(folder.program.store) is at other definitions"))
    #expect(result.error.contains("--lineage NAME"))
    #expect(try Command.run(["dump", "--json", "--store", folder.program.store]).output == before)
    #expect(try Command.run(["log", "--json", "--store", folder.program.store]).objects().count == 2)

    #expect(try folder.image("load", "a.image", "--lineage", "release").status == 0)
    let figures = try folder.program.figures(Program.text, "--lineage", "release")
    #expect(figures["generated"] as? Int == 0)
    #expect(figures["ticks"] as? Int == 0)
    #expect(try Command.run(["verify", "--store", folder.program.store]).status == 0)
  }

  @Test("C6: sources that rest on each other, in chains and in circles, are loaded, in however many batches")
  func innerSources() throws {
    let folder = try ImageFolder()
    var builder = ImageBuilder(lineage: "main", world: WorldAge(9), state: SampleStore.key("state").instance)
    // A chain of 3,000, and a circle of three on which one more rests.
    let chain = (0..<3_000).map { ($0, $0 == 0 ? nil : $0 - 1) }
    let circle: [(Int, Int?)] = [(5_000, 5_001), (5_001, 5_002), (5_002, 5_000), (5_003, 5_002)]
    for (number, inner) in chain + circle { builder.add(InnerSourceTraces.trace(number, restingOn: inner)) }
    try builder.write(to: folder.path("a.image"))
    let store = folder.path("new.sqlite")
    let result = try folder.image("load", "a.image", "--json", store: store).object()
    #expect(result["stored"] as? Int == 3_004)
    #expect((result["refused"] as? [Any])?.isEmpty == true)
    #expect(try Command.run(["verify", "--store", store]).status == 0)
  }

  @Test("Groups come in an order in which nothing waits, whatever the graph")
  func order() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let count = Int.random(in: 1...30, using: &random)
      let traces = (0..<count).shuffled(using: &random).map { number in
        InnerSourceTraces.trace(number, restingOn: Bool.random(using: &random) ? Int.random(in: 0..<count) : nil)
      }
      let groups = InsertionOrder.groups(of: traces)
      #expect(groups.flatMap { $0 }.count == count)
      let given = Set(traces.map(\.key))
      var placed: Set<SourceKey> = []
      for (position, group) in groups.enumerated() {
        placed.formUnion(group.map(\.key))
        for case .source(let key, _) in group.flatMap({ $0.edges.map(\.question) }) where given.contains(key) {
          #expect(placed.contains(key))
        }
        #expect(group.count == 1 || position == groups.count - 1)
      }
    }
  }

  @Test("W7: stopped by a signal, a load leaves a whole store; loaded again, all of the image is there")
  func interruption() throws {
    let sample = try SampleStore(padding: 20_000)
    let path = sample.folder.appendingPathComponent("a.image").path
    #expect(try Command.run(["image", "build", "--at", "1", "--output", path, "--store", sample.path]).status == 0)
    let store = sample.folder.appendingPathComponent("new.sqlite").path
    let process = Process()
    process.executableURL = Command.executable
    process.arguments = ["image", "load", path, "--store", store]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while !FileManager.default.fileExists(atPath: store), process.isRunning { sched_yield() }
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(try Command.run(["verify", "--store", store]).status == 0)
    let again = try Command.run(["image", "load", path, "--store", store, "--json"]).object()
    #expect(again["stored"] as? Int == 20_004)
  }

  @Test("merge takes from the last image what several have; of one state it stays one, of several it has none")
  func merge() throws {
    let folder = try ImageFolder()
    try folder.build("all.image")
    try folder.build("weighted.image", "--method", "weighted")
    try folder.build("overlay.image", "--generator", "overlay")
    let same = try folder.image("merge", "weighted.image", "overlay.image", "--output", "same.image", "--json")
    #expect(same.status == 0)
    #expect(try folder.bytes("same.image") == folder.bytes("all.image"))

    try folder.build("new.image", from: folder.program.reweighted)
    let merged = try folder.image("merge", "all.image", "new.image", "--output", "merged.image", "--json").object()
    let header = try #require(merged["image"] as? [String: Any])
    #expect(header["state"] is NSNull)
    #expect(header["entries"] as? Int == 5)
    #expect(try folder.image("diff", "new.image", "merged.image", "--exit-code").status == 0)
    #expect(try folder.image("diff", "all.image", "merged.image", "--exit-code").status == 1)

    let load = try folder.image("load", "merged.image", store: folder.path("other.sqlite"))
    #expect(load.status == 1)
    #expect(load.error.contains("merged from images of different definitions"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("other.sqlite")))
  }

  @Test("merge signs an image that is there, and its own output may be one of its inputs")
  func sign() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    #expect(try folder.image("keygen", "my.key").status == 0)
    #expect(try folder.image("merge", "a.image", "--output", "a.image", "--sign", "my.key").status == 0)
    #expect(try folder.image("verify", "a.image", "--trust", "my.key.pub").status == 0)
  }
}

/// Traces that rest on each other's sources.
enum InnerSourceTraces {
  static func trace(_ number: Int, restingOn inner: Int?) -> NewTrace {
    let edges = inner.map { [Edge(.source(SampleStore.key("\($0)"), specialization: "f(\($0))"), answer($0))] } ?? []
    return NewTrace(
      key: SampleStore.key("\(number)"),
      method: MethodDescription(
        module: "Main", table: "global", signature: Signature(function: "f\(number)", arguments: "(x)"),
        location: "f.ir:1"),
      generator: GeneratorFingerprint(generator: "sample", version: "1"), owner: .native,
      specialization: "f(\(number))", world: WorldAge(9), edges: edges, source: source(number),
      provenance: Provenance(process: .current, generatedAt: 1, generationNanoseconds: 1))
  }

  private static func source(_ number: Int) -> EncodedSource {
    EncodedSource(LoweredCode(arguments: ["x"], statements: [.return(.literal(.int(Int64(number))))]))
  }

  private static func answer(_ number: Int) -> Answer { .source(source(number).digest) }
}
