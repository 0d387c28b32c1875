import Foundation
import Testing

@testable import benchmarks

@Suite("Sources that are encoded in several forms")
struct SourceSetTests {
  @Test("The examples give a code for each method, and each form has all of its statements")
  func examples() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples")
    let set = try SourceSet.examples(in: folder.path)
    #expect(set.payloads.count > 500)
    #expect(set.mirrors.count == set.payloads.count)
    #expect(set.mirrors.reduce(0) { $0 + $1.statements.count } == set.statementCount)
    for payload in set.payloads { try set.decode(payload) }
    let mirror = try JSONDecoder().decode(CodeMirror.self, from: try JSONEncoder().encode(set.mirrors[0]))
    #expect(mirror.weight == set.mirrors[0].weight)
  }
}
