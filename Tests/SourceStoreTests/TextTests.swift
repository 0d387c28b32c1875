import CacheIdentity
import Testing

@testable import SourceStore

@Suite("Texts stand once, under ids that follow from them, and read the same whether they are abbreviated or not")
struct TextTests {
  /// Control characters of all kinds, other characters that take two bytes and more, and what abbreviations are made of.
  private static let odd = [
    "", "\u{7f}", "\u{7f}x", "a\u{7f}b", "\u{1}", "x\u{1f}y", "\u{80}", "Int64\u{9f}", "line\nline", "π",
    "Irrational{:π}", "日本",
    "é\u{a0}", "ˠ\u{2ff}", "\u{300}é", "😀Int64", "\u{1}\u{2}\u{3}",
  ]

  private static func usual(_ number: Int) -> String {
    "(Base.Broadcast.Broadcasted{Array{Float64,\(number % 9)}},Tuple{Int64,Array{Float64,\(number)}})"
  }

  private func contents(_ store: SourceStore) throws -> [Int64: String] {
    try store.read { connection throws(StoreError) in
      Dictionary(
        uniqueKeysWithValues: try connection.all("SELECT id, content FROM text") { ($0.int(0), $0.text(1)) })
    }
  }

  @Test("Optimizing abbreviates them; what SQL shows, what is found and what is added later stay the same")
  func abbreviated() throws {
    let store = try SourceStore(.memory)
    let texts = TextTests.odd + (0..<400).map(TextTests.usual)
    func ids() throws -> [TextID] {
      try store.write { connection throws(StoreError) in
        connection.interned = Interned()
        var ids: [TextID] = []
        for text in texts { ids.append(try connection.intern(text: text)) }
        return ids
      }
    }
    func bytes() throws -> Int64? {
      try store.read { connection throws(StoreError) in
        try connection.first("SELECT sum(length(CAST(content AS BLOB))) FROM packed_text") { $0.int(0) }
      }
    }
    let (before, found, size) = (try ids(), try contents(store), try #require(try bytes()))
    #expect(Set(before).count == texts.count)
    for (id, text) in zip(before, texts) { #expect(found[id.number] == text) }
    for _ in 0..<2 {
      _ = try store.optimize()
      #expect(try contents(store) == found)
      #expect(try #require(try bytes()) * 2 < size)
    }
    #expect(try ids() == before)
    let other = try SourceStore(.memory)
    _ = try other.write { connection throws(StoreError) in try connection.intern(text: "Int64") }
    _ = try other.optimize()
    #expect(try contents(other).values.sorted() == ["Int64"])
  }

  @Test(
    "A location's line is a number where both parts make the text again",
    arguments: [
      ("trig.jl:7", 7), ("trig.ir:12:1", 1), (":0", 0), ("a:2147483647", 2_147_483_647), ("", nil), (":", nil),
      ("a", nil),
      ("a:07", nil), ("a:+7", nil), ("a:-7", nil), ("a:2147483648", nil), ("a: 7", nil), ("a:7 ", nil),
      ("a:\u{301}7", nil),
      ("a:７", nil),
    ] as [(String, Int64?)])
  func location(text: String, line: Int64?) {
    let location = LocationText(text)
    #expect(location.line == line)
    #expect(location.file + (line.map { ":\($0)" } ?? "") == text)
  }

  @Test("W12: a text whose abbreviation is lost is an error, not another text")
  func lost() throws {
    let store = try SourceStore(.memory)
    try store.write { connection throws(StoreError) in
      for number in 0..<400 { _ = try connection.intern(text: TextTests.usual(number)) }
    }
    _ = try store.optimize()
    try store.withWriter { connection throws(StoreError) in
      try connection.executeScript("DELETE FROM packed_text WHERE id < 768")
      (connection.meanings, connection.interned) = ([:], Interned())
    }
    #expect(throws: StoreError.self) {
      try store.read { connection throws(StoreError) in try connection.textID(TextTests.usual(1)) }
    }
    #expect(try !store.verify().isEmpty)
  }

  @Test("W12: an abbreviation that stands for itself by way of others, or for far too much, stands for nothing")
  func hostile() {
    let circle = [
      (code: 1, content: "a\u{2}"), (code: 2, content: "\u{1}b"), (code: 3, content: "(\u{4})"),
      (code: 4, content: "x"),
    ]
    let meanings = PackedText.meanings(of: circle)
    #expect(meanings == [3: Array("(x)".utf8), 4: Array("x".utf8)])
    #expect(PackedText.expanded("f\u{3}", meanings) == "f(x)")
    #expect(PackedText.expanded("f\u{1}", meanings) == nil)
    let doubling =
      [(code: 1, content: "xx")]
      + (2...31).map { code in
        let inner = Unicode.Scalar(UInt8(code - 1))
        return (code: code, content: "\(inner)\(inner)")
      }
    #expect(PackedText.meanings(of: doubling).count == 16)
  }

  @Test("Abbreviations nest: those of parts stand in the meanings of others, in SQL too")
  func nested() throws {
    let store = try SourceStore(.memory)
    try store.write { connection throws(StoreError) in
      for number in 0..<400 { _ = try connection.intern(text: TextTests.usual(number)) }
    }
    _ = try store.optimize()
    let nested = try store.read { connection throws(StoreError) in
      try connection.all("SELECT content FROM packed_text WHERE id < 768") { $0.text(0) }
    }
    #expect(nested.contains { PackedText.stored($0) != $0 })
    try store.withWriter { connection throws(StoreError) in
      let wrong = try connection.first(
        "SELECT count(*) FROM main.text t WHERE content <> (SELECT expanded(content) FROM packed_text WHERE id = t.id)"
      ) { $0.int(0) }
      #expect(wrong == 0)
    }
  }

  @Test("A row whose id is taken has a longer one that begins with the same bits")
  func ids() {
    let ids = Array(DigestIDs(0xfedc_ba98_7654_3210))
    #expect(ids.first == 0x7fb7 && ids[1] == 0x7fb72e && ids.count == 7)
    for (short, long) in zip(ids, ids.dropFirst()) { #expect(long >> 8 == short && long > 0) }
    #expect(Array(DigestIDs(0)).first == 1 << 14)
  }

  @Test("Thousands of texts get ids of their own, though the shortest are few")
  func collisions() throws {
    let store = try SourceStore(.memory)
    let texts = (0..<20_000).map { "text \($0)" }
    let ids = try store.write { connection throws(StoreError) in
      var ids: [TextID] = []
      for text in texts { ids.append(try connection.intern(text: text)) }
      connection.interned = Interned()
      return ids
    }
    #expect(Set(ids).count == texts.count)
    #expect(ids.contains { $0.number < 1 << 15 } && ids.contains { $0.number > 1 << 22 })
    try store.write { connection throws(StoreError) in
      for (id, text) in zip(ids, texts) where try connection.textID(text) != id { Issue.record("\(text)") }
    }
  }
}
