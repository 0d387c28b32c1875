import CacheIdentity
import Testing

@testable import SourceStore

@Suite("Questions are found by ids that follow from what they ask, without an index")
struct QuestionIDTests {
  private static func edge(_ name: String, _ number: Int) -> Edge {
    Edge(
      .dispatch(table: "global", signature: Signature(function: name, arguments: "(\(number))")),
      Answer(digest: Digest(high: UInt64(number) << 40, low: 1), subject: "\(number)"))
  }

  /// So many about one name that some of the 14 bits behind it are the same.
  private static let edges = (0..<1500).map { edge("f", $0) } + (0..<10).map { edge("g", $0) }

  private func intern(_ store: SourceStore) throws -> [InternedEdge] {
    try store.write { connection throws(StoreError) in
      connection.interned = Interned()
      var ids: [InternedEdge] = []
      for edge in QuestionIDTests.edges {
        if let (found, _) = try connection.interning(edge) { ids.append(found) }
      }
      return ids
    }
  }

  private func questions(_ store: SourceStore, about name: String) throws -> Set<Question> {
    try store.read { connection throws(StoreError) in
      Set(try connection.questions(about: .function(table: "global", name: name)).map(\.1))
    }
  }

  @Test("Each is found again, and with all others about its name, though ids collide")
  func found() throws {
    let store = try SourceStore(.memory)
    let ids = try intern(store)
    #expect(Set(ids).count == QuestionIDTests.edges.count)
    #expect(ids.contains { $0.question.number >= 1 << 35 })
    #expect(try intern(store) == ids)
    for name in ["f", "g", "h"] {
      let expected = QuestionIDTests.edges.map(\.question).filter {
        $0.subject == .function(table: "global", name: name)
      }
      #expect(try questions(store, about: name) == Set(expected))
    }
    #expect(try store.verify() == [])
  }

  @Test("One that goes stays while the id of another begins with its own, so that the other is found")
  func deleted() throws {
    let store = try SourceStore(.memory)
    let ids = try intern(store)
    let going = Set(ids.prefix(1400).map(\.question))
    func delete() throws -> Int {
      try store.write { connection throws(StoreError) in try connection.delete(going.sorted()) }
      return try questions(store, about: "f").count
    }
    let left = try delete()
    #expect(left > 100)
    #expect(try intern(store).suffix(110) == ids.suffix(110))
    _ = try delete()
    let blocked = try delete()
    #expect(blocked < left && blocked >= 100)
    #expect(try questions(store, about: "f").isSuperset(of: QuestionIDTests.edges[1400..<1500].map(\.question)))
    #expect(try store.verify() == [])
  }
}
