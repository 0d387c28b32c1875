import CacheIdentity
import Testing

@testable import SourceStore

@Suite("Verification finds what contradicts a rule, and says where")
struct VerificationTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var sql: String
    var rule: Violation.Rule?
    var table: String
    var testDescription: String { sql }
  }

  private static let (a, b) = (
    "(SELECT id FROM question WHERE name = 'a')", "(SELECT id FROM question WHERE name = 'b')"
  )

  /// Worlds 1 to 3; `k` was closed and revived, `outer` rests on it, `other` holds all along.
  private func bench() throws -> Bench {
    var bench = try Bench(["a": "1", "b": "1"])
    try bench.insert(
      bench.trace("k", asking: ["a", "b"], giving: "s"), bench.trace("outer", inner: ["k": "s"], giving: "o"),
      bench.trace("other", asking: ["b"], giving: "t"))
    try bench.define(["a": "2"])
    try bench.define(["a": "1"])
    return bench
  }

  @Test("A whole store has no violation, and each step is told of")
  func whole() throws {
    let bench = try bench()
    try bench.verify()
    final class Steps { var names: [VerificationStep] = [] }
    let steps = Steps()
    _ = try bench.store.verify { step, rows in if rows == 0 { steps.names.append(step) } }
    #expect(steps.names == VerificationStep.allCases)
  }

  @Test(
    "Each fault is found under its rule",
    arguments: [
      Fault(sql: "DELETE FROM world WHERE world = 2", rule: .w1, table: "lineage"),
      Fault(sql: "UPDATE lineage SET state = zeroblob(16)", rule: .w1, table: "lineage"),
      Fault(sql: "UPDATE lineage SET head = 2", rule: .w1, table: "world"),
      Fault(
        sql: "UPDATE answer SET last_world = 2 WHERE min_world = 1 AND last_world = 1", rule: .w2, table: "answer_range"
      ),
      Fault(
        sql: "UPDATE further_range SET min_world = 1 WHERE question = \(a) AND min_world = 2", rule: .w2,
        table: "answer_range"),
      Fault(sql: "UPDATE further_range SET answer = \(b) WHERE question = \(a)", rule: .w2, table: "answer_range"),
      Fault(
        sql: "DELETE FROM further_range WHERE question = \(a) AND min_world = 3", rule: .w3, table: "code_instance"),
      Fault(sql: "UPDATE answer SET lineage = NULL WHERE id = \(b)", rule: .w3, table: "code_instance"),
      Fault(sql: "UPDATE answer SET min_world = 2 WHERE id = \(b)", rule: .w3, table: "code_instance"),
      Fault(sql: "UPDATE trace SET edges = x'' WHERE id = 1", rule: .w12, table: "trace"),
      Fault(sql: "UPDATE trace SET bounded = 1", rule: .w12, table: "trace"),
      Fault(sql: "UPDATE trace SET instance_rest = 1", rule: .w12, table: "trace"),
      Fault(sql: "UPDATE answer SET trace = NULL WHERE id = \(a)", rule: .w3, table: "trace"),
      Fault(sql: "UPDATE answer SET trace = NULL WHERE id = \(a)", rule: .w3, table: "answer"),
      Fault(sql: "UPDATE answer SET trace = 3 WHERE id = \(a)", rule: .w3, table: "answer"),
      Fault(sql: "DELETE FROM further_backedge WHERE answer = \(b)", rule: .w3, table: "trace"),
      Fault(sql: "UPDATE further_backedge SET answer = \(a)", rule: .w3, table: "answer"),
      Fault(sql: "UPDATE answer SET traces = 5 WHERE id = \(a)", rule: .w3, table: "answer"),
      Fault(sql: "DELETE FROM source_question", rule: .w3, table: "answer"),
      Fault(sql: "UPDATE source_question SET question = \(a)", rule: .w3, table: "source_question"),
      Fault(sql: "DELETE FROM code_instance WHERE trace = 1 AND min_world = 3", rule: .w3, table: "answer_range"),
      Fault(
        sql: "UPDATE code_instance SET last_world = 3 WHERE trace = 1 AND min_world = 1", rule: .w4,
        table: "code_instance"),
      Fault(sql: "UPDATE code_instance SET last_world = 9 WHERE trace = 3", rule: .w5, table: "code_instance"),
      Fault(sql: "UPDATE answer SET last_world = 9 WHERE id = \(b)", rule: .w5, table: "answer_range"),
      Fault(sql: "UPDATE code_instance SET trace = 2 WHERE trace = 1", rule: .w6, table: "code_instance"),
      Fault(
        sql: "UPDATE code_instance SET source = source + 1 WHERE trace = 1", rule: .w9,
        table: "code_instance"),
      Fault(sql: "UPDATE source SET bytes = x'00'", rule: .w9, table: "source"),
      Fault(sql: "UPDATE codec SET name = 'other/1'", rule: .w9, table: "source"),
      Fault(sql: "UPDATE code_instance SET seal = seal + 1", rule: .w12, table: "code_instance"),
      Fault(sql: "UPDATE topic SET kind = 'method'", rule: .w12, table: "answer"),
      Fault(sql: "UPDATE topic SET kind = 'riddle'", rule: .w12, table: "answer"),
      Fault(sql: "UPDATE packed_text SET content = 'other'", rule: .w12, table: "text"),
      Fault(sql: "UPDATE answer SET name = name + 1 WHERE id = \(a)", rule: .w12, table: "answer"),
      Fault(
        sql: "UPDATE given SET digest = zeroblob(16) WHERE id = (SELECT given FROM answer WHERE id = \(a))", rule: .w12,
        table: "answer"),
      Fault(sql: "UPDATE given SET digest = zeroblob(16)", rule: .w12, table: "answer"),
      Fault(sql: "UPDATE answer SET topic = NULL", rule: .w12, table: "answer"),
      Fault(sql: "DELETE FROM owner", rule: nil, table: "code_instance"),
      Fault(sql: "DELETE FROM trace WHERE id = 1", rule: nil, table: "answer"),
      Fault(sql: "DELETE FROM trace WHERE id = 3", rule: nil, table: "further_backedge"),
      Fault(sql: "DELETE FROM source", rule: .w12, table: "code_instance"),
      Fault(sql: "UPDATE lineage SET oldest = 9", rule: .w12, table: "worlds"),
      Fault(sql: "UPDATE code_instance SET last_world = 0", rule: .w12, table: "code instances"),
      Fault(
        sql:
          "INSERT INTO quarantine SELECT method, instance, owner, 0, zeroblob(16), zeroblob(16) FROM code_instance LIMIT 1",
        rule: nil, table: "code_instance"),
    ])
  func planted(fault: Fault) throws {
    let bench = try bench()
    try bench.store.withWriter { connection throws(StoreError) in
      try connection.executeScript("PRAGMA ignore_check_constraints = 1; \(fault.sql)")
    }
    let violations = try bench.store.verify()
    #expect(
      violations.contains { $0.rule == fault.rule && $0.table == fault.table }, "\(violations.map(\.description))")
    #expect(violations.allSatisfy { !$0.description.isEmpty })
  }

  @Test("A violation names the rule, the row and the values")
  func description() throws {
    let bench = try bench()
    try bench.store.withWriter { connection throws(StoreError) in
      try connection.executeScript("UPDATE answer SET last_world = 9 WHERE id = \(VerificationTests.b)")
    }
    let found = try bench.store.verify().first { $0.table == "answer_range" }
    let question: Int64? = try bench.store.read { connection throws(StoreError) in
      try connection.first("SELECT id FROM question WHERE name = 'b'") { $0.int(0) }
    }
    #expect(
      found?.description
        == "W5: answer_range (lineage 1, question \(question ?? 0), min_world 1): the range 1...9 goes beyond the head, 3"
    )
  }

  @Test("The search ends at the limit")
  func limit() throws {
    let bench = try bench()
    try bench.store.withWriter { connection throws(StoreError) in
      try connection.executeScript("UPDATE code_instance SET seal = seal + 1")
    }
    #expect(try bench.store.verify(limit: 2).count == 2)
    #expect(try bench.store.verify(limit: 0).isEmpty)
  }
}
