import Foundation
import Testing

@Suite("image diff says what appeared, vanished, changed and grew")
struct ImageDiffTests {
  private func names(_ report: [String: Any], _ kind: String) -> [String] {
    (report[kind] as? [[String: Any]] ?? []).compactMap { entry in
      ((entry["new"] as? [String: Any]) ?? entry)["specialization"] as? String
    }
  }

  @Test("Images of the same content do not differ")
  func equal() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    try folder.build("b.image")
    let result = try folder.image("diff", "a.image", "b.image", "--exit-code")
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count == 3)
    #expect(result.output.hasSuffix("\n0 appeared, 0 vanished, 0 changed, 5 unchanged\n"))
    #expect(try folder.image("diff", "a.image", "b.image", "--json").object()["isEqual"] as? Bool == true)
  }

  @Test("C1: around a redefinition, exactly what rests on it changed, and the answer is named that did")
  func redefinition() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    try folder.build("b.image", from: folder.program.reweighted)
    let report = try folder.image("diff", "a.image", "b.image", "--json").object()
    #expect(names(report, "changed") == ["weighted(Tuple{Int64, Int64, Int64})"])
    #expect(names(report, "appeared").isEmpty)
    #expect(names(report, "vanished").isEmpty)
    #expect(report["unchanged"] as? Int == 4)
    let change = try #require((report["changed"] as? [[String: Any]])?.first)
    #expect(change["hasOtherSource"] as? Bool == true)
    #expect(change["hasOtherMethod"] as? Bool == false)
    let answers = try #require(change["answers"] as? [[String: Any]])
    let questions = answers.compactMap { ($0["question"] as? [String: Any])?["text"] as? String }
    #expect(questions == ["the callee of weight(Int64) in global"])

    let text = try folder.image("diff", "a.image", "b.image")
    #expect(text.status == 0)
    #expect(text.output.contains("\n~ weighted(Tuple{Int64, Int64, Int64})  native  staged  "))
    #expect(text.output.contains("\n    the callee of weight(Int64) in global: weight(position) at "))
    #expect(text.output.contains("program.ir:9, changed in place\n"))
    #expect(!text.output.contains("\u{1b}"))
    #expect(try folder.image("diff", "a.image", "b.image", "--exit-code").status == 1)
  }

  @Test("A method that is defined anew has other keys, and its instances changed all the same")
  func otherMethod() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    try folder.build("b.image", from: folder.program.edited("total = 0", "total = 1"))
    let report = try folder.image("diff", "a.image", "b.image", "--json").object()
    #expect(names(report, "changed") == ["weighted(Tuple{Int64, Int64, Int64})"])
    let change = try #require((report["changed"] as? [[String: Any]])?.first)
    #expect(change["hasOtherMethod"] as? Bool == true)
    #expect(try folder.image("diff", "a.image", "b.image").output.contains("\n    method: "))
  }

  @Test("New and lost entries are counted by method and by generator, and what grew comes first")
  func growth() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    try folder.build("b.image", from: folder.program.edited("weighted((1, 2, 3))", "weighted((1, 2, 3, 4))"))
    let report = try folder.image("diff", "a.image", "b.image", "--json").object()
    #expect(names(report, "appeared") == ["weighted(Tuple{Int64, Int64, Int64, Int64})"])
    #expect(names(report, "vanished").isEmpty)
    let methods = try #require(report["methods"] as? [[String: Any]])
    #expect((methods.first?["name"] as? String)?.contains("weighted") == true)
    #expect(methods.first?["oldEntries"] as? Int == 1)
    #expect(methods.first?["newEntries"] as? Int == 2)
    let all = try #require(report["all"] as? [String: Any])
    let generators = try #require(report["generators"] as? [[String: Any]])
    for figure in ["oldEntries", "newEntries", "oldBytes", "newBytes", "changed"] {
      let sum = generators.compactMap { $0[figure] as? Int }.reduce(0, +)
      #expect(sum == all[figure] as? Int)
      #expect(methods.compactMap { $0[figure] as? Int }.reduce(0, +) == sum)
    }
    let back = try folder.image("diff", "b.image", "a.image", "--json").object()
    #expect(names(back, "vanished") == names(report, "appeared"))
  }

  @Test("Each section's bytes stand beside the other image's, and add up to the files' sizes")
  func sections() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    try folder.build("b.image", from: folder.program.reweighted)
    let report = try folder.image("diff", "a.image", "b.image", "--json").object()
    let sections = try #require(report["sections"] as? [[String: Any]])
    #expect(sections.compactMap { $0["oldBytes"] as? Int }.reduce(0, +) == (try folder.bytes("a.image").count))
    #expect(sections.compactMap { $0["newBytes"] as? Int }.reduce(0, +) == (try folder.bytes("b.image").count))
  }
}
