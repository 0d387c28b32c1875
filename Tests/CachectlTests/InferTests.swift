import Foundation
import Testing

/// Programs in a folder of their own, with a store beside them.
private final class Files {
  static let program = """
    +(x::Int64, y::Int64) = add_int(x, y)
    table Fast
    step(x) = x + 1
    overlay Fast step(x) = 0.5
    top(x) = step(x)
    """

  let folder: URL

  init(_ texts: [String: String]) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in texts { try text.write(toFile: path(name), atomically: true, encoding: .utf8) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func infer(_ call: String, _ options: String...) throws -> Command.Result {
    try Command.run(
      ["infer", path("program.ir"), "--call", call, "--store", path("store.sqlite")] + options)
  }
}

@Suite("cachectl infer")
struct InferTests {
  @Test(
    "F1, F2, W12: what is not admitted changes nothing of what is inferred, before a change and after, in a new process too"
  )
  func admission() throws {
    let program = """
      +(x::Int64, y::Int64) = add_int(x, y)
      table Fast
      step(x) = x + 1
      overlay Fast step(x) = 0.5
      top(x) = step(x)
      """
    let change = "step(x) = x"
    var outputs: Set<String> = []
    for policy in ["always", "never", "second", "1s"] {
      let files = try Files(["program.ir": program, "change.ir": change])
      for _ in 0..<3 {
        let result = try files.infer(
          "top(Int64)", "--overlay", "Fast", "--then", files.path("change.ir"), "--admit", "overlay=\(policy)")
        #expect(result.status == 0)
        outputs.insert(result.output.replacing(files.folder.path, with: ""))
      }
    }
    #expect(outputs.count == 1)
  }

  @Test("Says what a call gives, in which worlds and why, and with --graph what it reaches")
  func text() throws {
    let files = try Files(["program.ir": Files.program])
    let result = try files.infer("top(Int64)", "--graph")
    #expect(result.status == 0)
    #expect(result.error == "")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(3) == [
        "top(Int64) gives Int64", "holds in worlds 2 to ∞, inferred in world 2", "not before world 2:",
      ])
    #expect(lines.contains("ends when one of its answers changes: 3 dispatch, 3 method"))
    let graph = lines.drop { $0 != "call graph:" }.dropFirst()
    #expect(
      Array(graph) == [
        "  top(Int64) gives Int64", "    top(Int64) gives Int64", "      step(Int64) gives Int64",
        "        +(Int64, Int64) gives Int64", "        +(Int64, Int64) with (Int64, const 1) gives Int64",
      ])
  }

  @Test("What rests on nothing says so")
  func nothing() throws {
    let files = try Files(["program.ir": Files.program])
    #expect(try files.infer("add_int(Int64, Int64)").output.contains("\nrests on nothing that can change\n"))
  }

  @Test("C1, C9: each --then is one change, after which only what depends on it is inferred again")
  func changes() throws {
    let files = try Files([
      "program.ir": Files.program, "global.ir": "step(x) = 2.5", "overlay.ir": "overlay Fast step(x) = \"over\"",
    ])
    let found = try files.infer(
      "top(Int64)", "--overlay", "Fast", "--then", files.path("global.ir"), "--then", files.path("overlay.ir"), "--json"
    ).objects()
    #expect(found.map { $0["type"] as? String } == ["const 0.5", "const 0.5", "const \"over\""])
    #expect(found.map { $0["world"] as? Int } == [2, 3, 4])
    #expect(found.map { $0["instances"] as? Int } == [2, 0, 2])
    #expect(found.map { $0["closed"] as? Int } == [0, 0, 2])
    #expect(found.map { ($0["range"] as? [String: Any])?["from"] as? Int } == [2, 2, 4])
    #expect(found.allSatisfy { $0["graph"] is NSNull })
  }

  @Test("The call graph as JSON: places of callees, questions with answers and ranges")
  func graph() throws {
    let files = try Files(["program.ir": Files.program])
    let step = try #require(try files.infer("top(Int64)", "--json", "--graph", "--no-cache").objects().first)
    let graph = try #require(step["graph"] as? [[String: Any]])
    #expect(graph.map { $0["name"] as? String }.prefix(3) == ["top(Int64)", "top(Int64)", "step(Int64)"])
    #expect(graph.first?["callees"] as? [Int] == [1])
    let question = try #require((graph[2]["questions"] as? [[String: Any]])?.first)
    #expect(question["question"] as? String == "the method step(Any) in global")
    #expect((question["answer"] as? String)?.hasSuffix("program.ir:3") == true)
    #expect((question["range"] as? [String: Any])?["from"] as? Int == 2)
    #expect(!FileManager.default.fileExists(atPath: files.path("store.sqlite")), "--no-cache makes no store")
  }

  @Test(
    "What is no call of the program is an error of the command line",
    arguments: [
      ("top(Int64", "--call 'top(Int64' is no call: it is not of the form 'f(Int64, Float64)'"),
      ("top(Int)", "--call 'top(Int)' is no call: there is no type Int"),
      ("top(Int64...)", "--call 'top(Int64...)' is no call: it has no fixed number of arguments"),
      ("nowhere(Int64)", "nowhere is not defined"),
    ])
  func badCall(call: String, message: String) throws {
    let result = try Files(["program.ir": Files.program]).infer(call)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(result.error == "cachectl: \(message)\n")
  }

  @Test("An unknown table, a change that is no program and one that is not there have statuses of their own")
  func badInput() throws {
    let files = try Files(["program.ir": Files.program, "bad.ir": "step(x) = "])
    let table = try files.infer("top(Int64)", "--overlay", "step")
    #expect(table.status == 64)
    #expect(table.error == "cachectl: the program has no overlay table step\n")
    #expect(try files.infer("top(Int64)", "--then", files.path("bad.ir")).status == 65)
    #expect(try files.infer("top(Int64)", "--then", files.path("none.ir")).status == 66)
  }
}
