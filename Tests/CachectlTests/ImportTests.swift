import Foundation
import Testing

@Suite("import corpus puts sources of Julia into a store")
struct ImportTests {
  private static let method =
    #"{"name":"f","module":"M","file":"f.jl","line":1,"sig":"Tuple{typeof(f),Any}","source_hash":"1"}"#

  private static func line(_ id: Int, _ argument: String, world: String = "18446744073709551615") -> String {
    """
    {"id":\(id),"kind":"generated","argtypes":["typeof(f)","\(argument)"],"spec":"Tuple{typeof(f),\(argument)}",\
    "method":\(method),"ir_bytes":70,"ci":{"code":[{"h":"return","a":[{"slot":2}]}],"codelocs":[1],\
    "linetable":[["f","f.jl",1,0]],"slotnames":["#pass#","fargs"],"slotflags":[0,0],"max_world":\(world),\
    "limit_method":null,"edges":[{"spec":"Tuple{typeof(f),\(argument)}","method":\(method)}]}}
    """
  }

  @Test("Sources, declined instances and timings come into the store; unreadable lines are told and left out")
  func corpus() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = { (name: String) in folder.appendingPathComponent(name).path }
    let lines = [
      ImportTests.line(1, "Int64"), ImportTests.line(2, "Float64"),
      #"{"id":3,"kind":"negative","argtypes":["typeof(f)","Nothing"]}"#, "{}",
    ]
    try lines.joined(separator: "\n").write(toFile: path("gen.jsonl"), atomically: true, encoding: .utf8)
    try #"{"i":1,"id":2,"who":"infer","ns":4500}"#.write(toFile: path("t.jsonl"), atomically: true, encoding: .utf8)

    let arguments = [
      "import", "corpus", path("gen.jsonl"), "--timings", path("t.jsonl"), "--store", path("store.sqlite"),
    ]
    for run in 0..<2 {
      let result = try Command.run(arguments + ["--json"])
      #expect(result.status == 0)
      #expect(result.error.contains("line 4 of "))
      #expect(result.error.split(separator: "\n").count == 1)
      let report = try result.object() as? [String: Int]
      #expect(report?["sources"] == 2 && report?["declined"] == 1 && report?["unreadable"] == 1, "run \(run)")
      #expect(report?["refused"] == 0 && report?["juliaBytes"] == 140 && report?["statements"] == 2)
    }

    let rows = try Command.run(["dump", "--json", "--source", "--edges", "--store", path("store.sqlite")]).objects()
    #expect(rows.count == 3)
    let row = try #require(rows.first { $0["specialization"] as? String == "f(Float64)" })
    #expect(row["generationNanoseconds"] as? Int == 4500)
    let source = try #require(row["source"] as? [String: Any])
    #expect(source["codec"] as? String == "julia-ir/1")
    #expect((source["text"] as? String)?.contains("return fargs") == true)
    #expect(try Command.run(["verify", "--store", path("store.sqlite")]).status == 0)
  }
}
