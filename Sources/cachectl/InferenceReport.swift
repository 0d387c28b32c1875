import BloatReport
import CacheIdentity
import Inference
import StagedHost

/// What `infer` found, world after world, as text or JSON.
struct InferenceReport {
  private struct Step {
    let file: String
    let call: InferredCall
    let graph: [InferredInstance]
    /// What the step took, not what came before it.
    let counters: InferenceCounters
  }

  private let interpreter: AbstractInterpreter
  private var before = InferenceCounters()
  private var steps: [Step] = []

  init(_ interpreter: AbstractInterpreter) { self.interpreter = interpreter }

  mutating func add(_ file: String, _ call: InferredCall) throws {
    steps.append(
      Step(file: file, call: call, graph: call.callGraph, counters: interpreter.counters.since(before)))
    before = interpreter.counters
  }

  // MARK: Text

  func write(withGraph: Bool, to output: inout Output) {
    for (number, step) in steps.enumerated() {
      if number > 0 { output.writeLine("\nthen \(step.file)") }
      output.writeLine("\(step.call.name) gives \(step.call.type)")
      output.writeLine("holds in worlds \(step.call.range.words), inferred in world \(step.call.world)")
      writeBounds(of: step, to: &output)
      writeEnds(of: step, to: &output)
      writeCost(of: step, to: &output)
      if withGraph { writeGraph(step, to: &output) }
    }
  }

  /// Why the range is no wider: the questions whose answers begin or end with it.
  private func writeBounds(of step: Step, to output: inout Output) {
    let range = step.call.range
    for (bound, isLower) in [(range.lowerBound, true), (range.upperBound, false)] {
      if bound == (isLower ? HostWorld(1) : .open) { continue }
      let causes = step.graph.flatMap { instance in
        instance.questions.filter { (isLower ? $0.range.lowerBound : $0.range.upperBound) == bound }
          .map { (question: $0.edge, asker: instance.name) }
      }
      let words = isLower ? "not before world \(bound)" : "not after world \(bound)"
      output.writeLine(causes.isEmpty ? "\(words), for a type was declared again" : "\(words):")
      for cause in causes.prefix(InferenceReport.shown) {
        output.writeLine("  \(cause.question.question): \(cause.question.answer.subject)")
        output.writeLine("    asked by \(cause.asker)")
      }
      if causes.count > InferenceReport.shown {
        output.writeLine("  and \(causes.count - InferenceReport.shown) more")
      }
    }
  }

  private static let shown = 5

  private func writeEnds(of step: Step, to output: inout Output) {
    let kinds = step.graph.flatMap(\.questions).reduce(into: [String: Set<Question>]()) {
      $0[$1.edge.question.kind.rawValue, default: []].insert($1.edge.question)
    }
    let counts = kinds.sorted { $0.key < $1.key }.map { "\($0.value.count) \($0.key)" }
    output.writeLine(
      counts.isEmpty
        ? "rests on nothing that can change"
        : "ends when one of its answers changes: \(counts.joined(separator: ", "))")
  }

  private func writeCost(of step: Step, to output: inout Output) {
    let counters = step.counters
    output.writeLine(
      "inferred \(counters.instances) instances, \(counters.constantCalls) again with constants, "
        + "\(counters.statements) statements; closed \(counters.closed)")
    let requests = SourcePurpose.allCases.compactMap { purpose in
      counters.requests[purpose].map { "\($0) \(purpose.words)" }
    }
    if !requests.isEmpty {
      output.writeLine(
        "requested sources: \(requests.joined(separator: ", ")); of \(counters.requestedInstances) instances for the first time"
      )
    }
  }

  /// The calls as a tree in which each instance stands in full where it is first reached.
  private func writeGraph(_ step: Step, to output: inout Output) {
    output.writeLine("call graph:")
    var isShown = Set<Int>()
    var pending = [(number: 0, depth: 0)]
    while let (number, depth) = pending.popLast() {
      let instance = step.graph[number]
      let isNew = isShown.insert(number).inserted
      let constants = instance.constants.map { " with (\($0.map(\.description).joined(separator: ", ")))" } ?? ""
      let repeated = isNew || instance.callees.isEmpty ? "" : " (above)"
      output.writeLine(
        String(repeating: "  ", count: depth + 1)
          + Readable.line("\(instance.name)\(constants) gives \(instance.type)\(repeated)"))
      if isNew { pending += instance.callees.reversed().map { ($0, depth + 1) } }
    }
  }

  // MARK: JSON

  func json(withGraph: Bool) -> JSON {
    .array(
      steps.map { step in
        .object([
          "file": .text(step.file),
          "call": .text(step.call.name),
          "type": .text(step.call.type.description),
          "world": .integer(Int64(clamping: step.call.world.number)),
          "range": step.call.range.json,
          "instances": .integer(step.counters.instances),
          "constantCalls": .integer(step.counters.constantCalls),
          "statements": .integer(step.counters.statements),
          "closed": .integer(step.counters.closed),
          "requestedInstances": .integer(step.counters.requestedInstances),
          "requests": .array(
            SourcePurpose.allCases.map { purpose in
              .object([
                "purpose": .text(purpose.rawValue), "count": .integer(step.counters.requests[purpose] ?? 0),
              ])
            }),
          "graph": withGraph ? .array(step.graph.map(\.json)) : .null,
        ])
      })
  }
}

extension ClosedRange<HostWorld> {
  fileprivate var words: String { "\(lowerBound) to \(upperBound)" }
  fileprivate var json: JSON {
    .object([
      "from": .integer(Int64(clamping: lowerBound.number)),
      "to": upperBound == .open ? .null : .integer(Int64(clamping: upperBound.number)),
    ])
  }
}

extension SourcePurpose {
  /// Who asks, in a few words.
  var words: String {
    switch self {
    case .inference: "to infer them"
    case .limitHeuristics: "for limit heuristics"
    case .constantPropagation: "for constant propagation"
    case .revalidation: "to see whether they changed"
    }
  }
}

extension InferredInstance {
  fileprivate var json: JSON {
    .object([
      "name": .text(name),
      "constants": constants.map { .array($0.map { .text($0.description) }) } ?? .null,
      "type": .text(type.description),
      "range": range.json,
      "questions": .array(
        questions.map {
          .object([
            "question": .text("\($0.edge.question)"), "answer": .text($0.edge.answer.subject), "range": $0.range.json,
          ])
        }),
      "callees": .array(callees.map { .integer($0) }),
    ])
  }
}
