import CacheIdentity
import SourceStore
import Testing

@Suite("A store can be inspected: rows, worlds, counts")
struct InspectionTests {
  private func orchard() throws -> Orchard {
    var orchard = try Orchard(
      try SourceStore(.memory), bindings: ["a": "1", "b": "1"],
      functions: ["leaf": [.binding("a")], "branch": [.source("leaf"), .binding("b")], "lone": [.binding("b")]])
    try orchard.serve("branch")
    try orchard.serve("lone")
    try orchard.define(["a": "2"])
    return orchard
  }

  private func records(
    _ store: SourceStore, details: InstanceDetails = [], _ change: (inout InstanceFilter) -> Void = { _ in }
  ) throws -> [InstanceRecord] {
    var filter = InstanceFilter()
    change(&filter)
    var records: [InstanceRecord] = []
    try store.forEachInstance(filter, details: details) { records.append($0) }
    return records
  }

  @Test("Every code instance comes with its method, generator, owner, lineage, trace and source")
  func everything() throws {
    let orchard = try orchard()
    let all = try records(orchard.store)
    #expect(all.map(\.specialization).sorted() == ["branch()", "leaf()", "lone()"])
    let branch = try #require(all.first { $0.specialization == "branch()" })
    #expect(branch.key == orchard.key("branch"))
    #expect(branch.method.signature.description == "branch()")
    #expect(branch.generator == orchard.fingerprint("branch"))
    #expect(branch.owner == "native")
    #expect(branch.lineage == "main")
    #expect(branch.range == WorldRange.only(.first))
    #expect(branch.edgeCount == 2)
    #expect(branch.source?.codec == "text/1")
    #expect(branch.source?.storedSize == branch.source?.rawSize)
    #expect(branch.provenance.process == .current)
    #expect(branch.usage == nil)
    #expect(branch.edges == nil)
    #expect(branch.content == nil)
  }

  @Test("Edges and bytes come when asked for")
  func details() throws {
    let orchard = try orchard()
    let branch = try #require(
      try records(orchard.store, details: [.edges, .content]) { $0.method = "branch" }.first)
    #expect(branch.edges?.map(\.question.kind) == [.source, .binding])
    #expect(try branch.content?.open(TextSource.self).text == "branch(leaf(1),1)")
  }

  @Test("A filter lets pass what satisfies all of its conditions")
  func filters() throws {
    let store = try orchard().store
    #expect(try records(store) { $0.method = "leaf" }.count == 1)
    #expect(try records(store) { $0.method = "leaf()" }.count == 1)
    #expect(try records(store) { $0.generator = "orchard" }.count == 3)
    #expect(try records(store) { $0.generator = "orchard@2" }.isEmpty)
    #expect(try records(store) { $0.owner = "nobody" }.isEmpty)
    #expect(try records(store) { $0.lineage = "main" }.count == 3)
    #expect(try records(store) { $0.world = WorldAge(2) }.map(\.specialization) == ["lone()"])
    #expect(try records(store) { $0.isOpen = false }.count == 2)
    #expect(try records(store) { ($0.isOpen, $0.method) = (false, "lone") }.isEmpty)
  }

  @Test("C12: the history tells each tick's victims in order, with depth, question and both answers")
  func history() throws {
    var orchard = try orchard()
    try orchard.define(["a": "1"])
    var worlds: [WorldRecord] = []
    try orchard.store.forEachWorld { worlds.append($0) }
    #expect(worlds.map(\.world) == [WorldAge(3), WorldAge(2), WorldAge(1)])
    #expect(worlds[1].closed.map(\.victim.specialization) == ["leaf()", "branch()"])
    #expect(worlds[1].closed.map(\.depth) == [1, 2])
    #expect(worlds[1].closed.first?.question == .binding(module: "Orchard", name: "a"))
    #expect(worlds[1].closed.first?.old.subject == "1")
    #expect(worlds[1].closed.first?.new?.subject == "2")
    #expect(worlds[1].closed.last?.new == nil)
    #expect(worlds[0].revived.map(\.specialization).sorted() == ["branch()", "leaf()"])
    #expect(worlds[0].process == .current)
  }

  @Test("The history ends at the limit, and shows one lineage if asked")
  func historyLimit() throws {
    let store = try orchard().store
    var worlds: [WorldAge] = []
    try store.forEachWorld(limit: 1) { worlds.append($0.world) }
    #expect(worlds == [WorldAge(2)])
    try store.forEachWorld(lineage: "nowhere") { worlds.append($0.world) }
    #expect(worlds.count == 1)
  }

  @Test("Statistics count rows, bytes, hits and the time that they saved")
  func statistics() throws {
    let orchard = try orchard()
    let lone = try #require(try orchard.trace("lone"))
    try orchard.store.record([TraceUse(trace: lone, hits: 5, lastUsed: 1)])
    let statistics = try orchard.store.statistics()
    #expect(statistics.rows(in: "code_instance") == 3)
    #expect(statistics.rows(in: "nothing") == nil)
    #expect(statistics.openInstances == 1)
    #expect(statistics.closedInstances == 2)
    #expect(statistics.rawBytes == statistics.storedBytes)
    #expect(statistics.hits == 5)
    #expect(statistics.savedNanoseconds == 5_000_000)
    #expect(statistics.generators.map(\.traces) == [3])
  }
}
