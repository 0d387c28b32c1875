import Foundation
import SystemImage
import Testing

@Suite("image inspect and image verify")
struct ImageInspectTests {
  @Test("The sections follow on each other, and their bytes add up to the file's size")
  func sections() throws {
    let folder = try ImageFolder()
    #expect(try folder.image("keygen", "my.key").status == 0)
    try folder.build("a.image", "--sign", "my.key")
    let report = try folder.image("inspect", "a.image", "--json").object()
    let sections = try #require(report["sections"] as? [[String: Any]])
    var end = 0
    for section in sections {
      #expect(section["offset"] as? Int == end)
      end += try #require(section["bytes"] as? Int)
    }
    #expect(end == (try folder.bytes("a.image").count))
    #expect(sections.first?["name"] as? String == "prologue")
    #expect(sections.last?["name"] as? String == "signature")
    #expect(report["entries"] is NSNull)
  }

  @Test("Text has the header, a row for each section, and their sum")
  func text() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let output = try folder.image("inspect", "a.image").output
    #expect(output.contains("\nfrom       world 1 of main\n"))
    #expect(output.contains("\nentries    5, of "))
    #expect(output.contains("\nsignature  none\n"))
    #expect(output.contains("\ntraces "))
    let last = try #require(output.split(separator: "\n").last)
    #expect(last.split(separator: " ") == ["all", "\(try folder.bytes("a.image").count)", "100.0%"])
    #expect(!output.contains("\u{1b}"))
  }

  @Test("--entries lists the entries, as dump does")
  func entries() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let report = try folder.image("inspect", "a.image", "--entries", "--json").object()
    let listed = try #require(report["entries"] as? [[String: Any]])
    let dumped = try Command.run(["dump", "--json", "--store", folder.program.store]).objects()
    func keys(_ rows: [[String: Any]]) -> [String] { rows.compactMap { $0["key"] as? String }.sorted() }
    #expect(keys(listed) == keys(dumped))
    let text = try folder.image("inspect", "a.image", "--entries").output
    #expect(text.contains("\nSPECIALIZATION "))
    #expect(text.contains("\nweighted(Tuple{Int64, Int64, Int64}) "))
  }

  @Test("A whole image passes, in words and in JSON")
  func whole() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let result = try folder.image("verify", "a.image")
    #expect(result.status == 0)
    #expect(result.output == "\(folder.path("a.image")) is whole, and not signed\n")
    #expect(try folder.image("verify", "a.image", "--json").object()["isWhole"] as? Bool == true)
  }

  @Test("W12: a flipped bit, wherever it is, is found; what is said names a place, and the exit status is no success")
  func flipped() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let whole = try folder.bytes("a.image")
    for position in stride(from: 0, to: whole.count, by: whole.count / 50) {
      var bytes = whole
      bytes[position] ^= 1 << UInt8(position % 8)
      try folder.write(bytes, "b.image")
      let result = try folder.image("verify", "b.image")
      #expect([1, 65, 69].contains(result.status), "byte \(position)")
      #expect(result.error.hasPrefix("cachectl: \(folder.path("b.image"))"), "byte \(position)")
      if result.status == 1 { #expect(result.output.contains("section "), "byte \(position)") }
    }
  }

  @Test("A damaged source ends verify, extract and load with their own words, and nothing is loaded")
  func damagedSource() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let sections = try #require(
      try folder.image("inspect", "a.image", "--json").object()["sections"] as? [[String: Any]])
    let sources = try #require(sections.first { $0["name"] as? String == "sources" })
    var bytes = try folder.bytes("a.image")
    bytes[try #require(sources["offset"] as? Int) + 20] ^= 255
    try folder.write(bytes, "a.image")
    let verify = try folder.image("verify", "a.image")
    #expect(verify.status == 1)
    #expect(verify.output.contains("section sources, byte "))
    let problems = try #require(
      try folder.image("verify", "a.image", "--json").object()["problems"] as? [[String: Any]])
    #expect(problems.contains { $0["section"] as? String == "sources" })
    let load = try folder.image("load", "a.image", store: folder.path("new.sqlite"))
    #expect(load.status == 65)
    #expect(load.error.contains("is damaged: section sources, byte "))
    #expect(load.error.contains("cachectl image verify"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("new.sqlite")))
    #expect(try folder.image("diff", "a.image", "a.image").status == 65)
  }

  @Test("A file that is cut short, another file and a missing one are told apart")
  func unusable() throws {
    let folder = try ImageFolder()
    try folder.build("a.image")
    let whole = try folder.bytes("a.image")
    try folder.write(whole.prefix(whole.count - 1), "short.image")
    try folder.write(Data("no image".utf8), "text.image")
    var newer = whole
    newer[12] = 99
    try folder.write(newer, "newer.image")
    for command in ["inspect", "verify"] {
      #expect(try folder.image(command, "short.image").status == 65)
      let text = try folder.image(command, "text.image")
      #expect(text.status == 65)
      #expect(text.error.contains("is no system image"))
      let missing = try folder.image(command, "missing.image")
      #expect(missing.status == 66)
      #expect(missing.error.contains("there is no image at "))
      let newer = try folder.image(command, "newer.image")
      #expect(newer.status == 69)
      #expect(newer.error.contains("has format 99"))
    }
  }
}
