import Testing
import WorldCache

@testable import benchmarks

@Suite("Workloads")
struct WorkloadTests {
  private let workload = Workload(count: 20_000)

  @Test("Sources are of the sizes of real ones: median 100 bytes, 90th percentile 200, at most 2.5 kB")
  func sizes() {
    let sizes = (0..<workload.count).map { Double(workload.source($0).bytes.count) }
    #expect((95...105).contains(sizes.median))
    #expect((185...215).contains(sizes.quantile(0.9)))
    #expect((2000...2500).contains(sizes.quantile(1)))
    #expect(Workload(count: 1, size: .exactly(2048)).source(0).bytes.count == 2048)
  }

  @Test("Sources, keys and edges are the same in every run")
  func determinism() {
    #expect(workload.source(1).bytes.prefix(8) == [73, 0, 2, 134, 1, 81, 0, 1])
    #expect(workload.trace(77) == workload.trace(77))
    #expect(workload.key(77).instance.description == Workload(count: 100).key(77).instance.description)
  }

  @Test("Keys differ, and each question is asked by some source")
  func variety() {
    #expect(Set((0..<workload.count).map(workload.key)).count == workload.count)
    let questions = Set((0..<workload.count).flatMap { workload.edges($0).map(\.question) })
    #expect(questions.count == workload.questionCount)
  }

  @Test("A watched binding is asked for by just its sources, and what it is answered changes with its version")
  func watches() {
    let watched = Workload(count: 100, watches: [Workload.Watch(name: "w", entries: 10..<20)])
    let question = Question.binding(module: "Main", name: "w")
    #expect((0..<100).filter { watched.edges($0).contains { $0.question == question } } == Array(10..<20))
    let host = SyntheticDefinitions(watches: watched.watches)
    let (state, answer) = (host.state, host.answer(question))
    #expect(host.define("w", version: 1) == question.subject)
    #expect(host.state != state && host.answer(question) != answer)
    _ = host.define("w", version: 0)
    #expect(host.state == state && host.answer(question) == answer)
    #expect(host.world == HostWorld(3))
  }

  @Test("All peers give the bytes that a store gives")
  func peers() throws {
    let fixtures = try Fixtures()
    let peers = try PeerFiles(Workload(count: 50), fixtures)
    let expected = (0..<50).reduce(UInt64(0)) { $0 &+ EncodedSource(peers.workload.source($1)).touched }
    for reader in try peers.readers() { #expect(try reader.run(Array(0..<50)[...]) == expected, "\(reader.name)") }
  }

  @Test("Images give the same bytes")
  func images() throws {
    let fixtures = try Fixtures()
    let files = try ImageFiles(Workload(count: 50), fixtures)
    let expected = (0..<50).reduce(UInt64(0)) { $0 &+ EncodedSource(files.workload.source($1)).touched }
    for reader in try files.readers() { #expect(try reader.run(Array(0..<50)[...]) == expected, "\(reader.name)") }
  }
}
