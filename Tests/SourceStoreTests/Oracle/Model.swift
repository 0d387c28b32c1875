import CacheIdentity
import SourceStore

/// The rules, carried out by brute force on what is recorded of every question in every world. Worlds are counted from 1;
/// index 0 of each list is a state before the first world, in which nothing is recorded.
struct Model {
  struct Trace: Hashable {
    var key: Int
    var edges: [Universe.Edge]
    var answer: Digest
    var isBounded: Bool
  }

  struct Row: Hashable {
    var min: Int
    /// `nil`: open.
    var max: Int?
    var trace: Trace
    var isRevived: Bool

    func contains(_ world: Int) -> Bool { min <= world && world <= max ?? .max }
  }

  struct Lineage {
    var states: [DefinitionVector] = [DefinitionVector(repeating: nil, count: Universe.questionCount)]
    var recorded: [DefinitionVector] = [DefinitionVector(repeating: nil, count: Universe.questionCount)]
    var rows: [[Row]] = Array(repeating: [], count: Universe.keyCount)

    var head: Int { states.count - 1 }

    func row(_ key: Int, at world: Int) -> Row? { rows[key].first { $0.contains(world) } }

    /// W3, of one world: `nil` if nothing is recorded of the edge's question.
    func isRecorded(_ edge: Universe.Edge, at world: Int) -> Bool? {
      switch edge {
      case .definition(let question, let answer): recorded[world][question].map { $0 == answer }
      case .source(let key, let answer): row(key, at: world).map { $0.trace.answer == answer }
      }
    }

    /// W3 and W4: as far around `world` as every edge is recorded to hold, the range is declared and the key is free.
    func widest(_ trace: Trace, around world: Int, declared: WorldRange) -> (min: Int, max: Int?) {
      func holds(_ world: Int) -> Bool {
        declared.contains(WorldAge(Int64(world))) && row(trace.key, at: world) == nil
          && trace.edges.allSatisfy { isRecorded($0, at: world) == true }
      }
      var (low, high) = (world, world)
      while low > 1, holds(low - 1) { low -= 1 }
      while high < head, holds(high + 1) { high += 1 }
      // What a bounded row gives ends at the head with it.
      let goesOn = trace.edges.allSatisfy { edge in
        if case .source(let inner, _) = edge { return row(inner, at: head)?.max == nil }
        return true
      }
      return (low, high == head && declared.isOpen && goesOn ? nil : high)
    }

    /// Answers are recorded where they are given; what is recorded already is the same.
    mutating func record(_ question: Int, _ answer: Int, at world: Int) {
      if recorded[world][question] == nil { recorded[world][question] = answer }
    }
  }

  struct Item {
    var world: Int
    var trace: Trace
    var declared: WorldRange
  }

  enum Outcome: Equatable {
    case stored(min: Int, max: Int?)
    case unrecordedSource
    case unexpected(String)
  }

  var lineages: [Lineage] = []
  /// Questions that the store knows, in whatever lineage they were asked.
  var known: Set<Int> = []
  var traces: Set<Trace> = []

  // MARK: Insertion

  mutating func insert(_ batch: [Item], into lineage: Int) -> [Outcome] {
    var outcomes = [Outcome?](repeating: nil, count: batch.count)
    var waiting = Array(batch.indices)
    var progress = true
    while progress {
      progress = false
      for position in waiting {
        let outcome = insert(batch[position], into: lineage) { key, answer in
          batch.indices.contains {
            batch[$0].trace.key == key && batch[$0].trace.answer == answer && batch[$0].world == batch[position].world
              && outcomes[$0] != .unrecordedSource
          }
        }
        guard let outcome else { continue }
        outcomes[position] = outcome
        waiting.removeAll { $0 == position }
        progress = true
      }
    }
    return outcomes.map { $0 ?? .unexpected("waits for ever") }
  }

  /// `nil` if it waits for another one of its batch.
  private mutating func insert(
    _ item: Item, into lineage: Int, isComing: (Int, Digest) -> Bool
  ) -> Outcome? {
    var mustWait = false
    for edge in item.trace.edges {
      if case .definition(let question, let answer) = edge {
        known.insert(question)
        lineages[lineage].record(question, answer, at: item.world)
      }
      switch lineages[lineage].isRecorded(edge, at: item.world) {
      case true?: continue
      case false?: return .unexpected("contradiction")
      case nil:
        guard case .source(let key, let answer) = edge, isComing(key, answer) else { return .unrecordedSource }
        mustWait = true
      }
    }
    if let present = lineages[lineage].row(item.trace.key, at: item.world) {
      return present.trace.answer == item.trace.answer
        ? .stored(min: present.min, max: present.max) : .unexpected("conflict")
    }
    if mustWait { return nil }
    let (min, max) = lineages[lineage].widest(item.trace, around: item.world, declared: item.declared)
    lineages[lineage].rows[item.trace.key].append(Row(min: min, max: max, trace: item.trace, isRevived: false))
    traces.insert(item.trace)
    return .stored(min: min, max: max)
  }

  // MARK: Revival on demand

  /// Traces of a key that nothing recorded speaks against, and how many of their edges are unrecorded.
  func candidates(_ key: Int, in lineage: Int, at world: Int) -> [Trace: Int] {
    var result: [Trace: Int] = [:]
    for trace in traces where trace.key == key && !trace.isBounded {
      let recorded = trace.edges.map { lineages[lineage].isRecorded($0, at: world) }
      if !recorded.contains(false) { result[trace] = recorded.count { $0 == nil } }
    }
    return result
  }

  mutating func revive(_ trace: Trace, in lineage: Int, at world: Int) -> (min: Int, max: Int?) {
    for case .definition(let question, let answer) in trace.edges {
      lineages[lineage].record(question, answer, at: world)
    }
    let (min, max) = lineages[lineage].widest(trace, around: world, declared: .all)
    lineages[lineage].rows[trace.key].append(Row(min: min, max: max, trace: trace, isRevived: true))
    return (min, max)
  }

  // MARK: Ticks

  struct Tick: Equatable {
    var closed: Set<Int> = []
    var revived = 0
    var asked = 0
  }

  mutating func tick(_ lineage: Int, to definitions: DefinitionVector, subjects: Set<Subject>?) -> Tick {
    let asked = known.filter { subjects?.contains(Universe.questions[$0].subject) ?? true }
    var before = lineages[lineage]
    let head = before.head
    var recorded = before.recorded[head]
    for question in asked { recorded[question] = definitions[question] }

    let closing = closings(before, recorded)
    let reviving = revivals(before, recorded, closing)
    before.states.append(definitions)
    before.recorded.append(recorded)
    for key in closing {
      for position in before.rows[key].indices where before.rows[key][position].max == nil {
        before.rows[key][position].max = head
      }
    }
    for trace in reviving {
      before.rows[trace.key].append(Row(min: head + 1, max: nil, trace: trace, isRevived: true))
    }
    lineages[lineage] = before
    return Tick(closed: closing, revived: reviving.count, asked: asked.count)
  }

  /// Keys whose open row rests on an answer that ends: directly, or through rows that close (C6).
  private func closings(_ lineage: Lineage, _ recorded: DefinitionVector) -> Set<Int> {
    var closing: Set<Int> = []
    var count = -1
    while closing.count != count {
      count = closing.count
      for key in lineage.rows.indices {
        guard let row = lineage.rows[key].first(where: { $0.max == nil }) else { continue }
        let ends = row.trace.edges.contains { edge in
          switch edge {
          case .definition(let question, let answer): recorded[question] != answer
          case .source(let inner, _): closing.contains(inner)
          }
        }
        if ends { closing.insert(key) }
      }
    }
    return closing
  }

  /// Traces that hold in the new world, of those that an answer which begins with this tick can concern.
  private func revivals(_ lineage: Lineage, _ recorded: DefinitionVector, _ closing: Set<Int>) -> Set<Trace> {
    func surviving(_ key: Int) -> Row? {
      closing.contains(key) ? nil : lineage.rows[key].first { $0.max == nil }
    }
    let free = traces.filter { !$0.isBounded && surviving($0.key) == nil }
    var reached: Set<Trace> = []
    var count = -1
    while reached.count != count {
      count = reached.count
      for trace in free {
        let concerned = trace.edges.contains { edge in
          switch edge {
          case .definition(let question, let answer):
            recorded[question] == answer && lineage.recorded[lineage.head][question] != answer
          case .source(let inner, let answer): reached.contains { $0.key == inner && $0.answer == answer }
          }
        }
        if concerned { reached.insert(trace) }
      }
    }
    count = -1
    while reached.count != count {
      count = reached.count
      for trace in reached {
        let holds = trace.edges.allSatisfy { edge in
          switch edge {
          case .definition(let question, let answer): recorded[question] == answer
          case .source(let inner, let answer):
            surviving(inner)?.trace.answer == answer || reached.contains { $0.key == inner && $0.answer == answer }
          }
        }
        if !holds { reached.remove(trace) }
      }
    }
    return reached
  }
}
