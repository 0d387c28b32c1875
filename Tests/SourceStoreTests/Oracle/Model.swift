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
    /// What is recorded of each key's source, by world: what its rows give, even after these were pruned.
    var sources: [[Digest?]] = [[Digest?](repeating: nil, count: Universe.keyCount)]
    /// Keys whose recorded source is not known to end at the head.
    var openSources: Set<Int> = []
    var oldest = 1

    var head: Int { states.count - 1 }

    func row(_ key: Int, at world: Int) -> Row? { rows[key].first { $0.contains(world) } }

    /// W3, of one world: `nil` if nothing is recorded of the edge's question.
    func isRecorded(_ edge: Universe.Edge, at world: Int) -> Bool? {
      switch edge {
      case .definition(let question, let answer): recorded[world][question].map { $0 == answer }
      case .source(let key, let answer): sources[world][key].map { $0 == answer }
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
        if case .source(let inner, _) = edge { return openSources.contains(inner) }
        return true
      }
      return (low, high == head && declared.isOpen && goesOn ? nil : high)
    }

    /// Answers are recorded where they are given; what is recorded already is the same.
    mutating func record(_ question: Int, _ answer: Int, at world: Int) {
      if recorded[world][question] == nil { recorded[world][question] = answer }
    }

    /// Adds a row; if somebody asks for the key's source, it is recorded wherever nothing else is.
    mutating func add(_ row: Row, isAsked: Bool) {
      rows[row.trace.key].append(row)
      if isAsked { recordSource(of: row) }
    }

    mutating func recordSource(of row: Row) {
      let key = row.trace.key
      for world in row.min...(row.max ?? head) where sources[world][key] == nil {
        sources[world][key] = row.trace.answer
      }
      if row.max == nil { openSources.insert(key) }
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
    case historyPruned
    case unexpected(String)
  }

  var lineages: [Lineage] = []
  /// Questions that the store knows, in whatever lineage they were asked.
  var known: Set<Int> = []
  var traces: Set<Trace> = []
  /// Keys whose source somebody has asked for.
  var askedSources: Set<Int> = []
  /// Sources that have lost their bytes.
  var stripped: Set<Digest> = []

  private mutating func ask(_ key: Int) {
    guard askedSources.insert(key).inserted else { return }
    for lineage in lineages.indices {
      for row in lineages[lineage].rows[key] { lineages[lineage].recordSource(of: row) }
    }
  }

  private func hasRow(_ trace: Trace) -> Bool {
    lineages.contains { $0.rows[trace.key].contains { $0.trace == trace } }
  }

  func canServe(_ trace: Trace) -> Bool { hasRow(trace) && !trace.isBounded && !stripped.contains(trace.answer) }

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
              && outcomes[$0].map { if case .stored = $0 { true } else { false } } ?? true
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
    if item.world < lineages[lineage].oldest { return .historyPruned }
    var mustWait = false
    for edge in item.trace.edges {
      if case .definition(let question, let answer) = edge {
        known.insert(question)
        lineages[lineage].record(question, answer, at: item.world)
      }
      if case .source(let key, _) = edge { ask(key) }
      switch lineages[lineage].isRecorded(edge, at: item.world) {
      case true?: continue
      case false?: return .unexpected("contradiction")
      case nil:
        guard case .source(let key, let answer) = edge, isComing(key, answer) else { return .unrecordedSource }
        mustWait = true
      }
    }
    if let present = lineages[lineage].row(item.trace.key, at: item.world) {
      stripped.remove(item.trace.answer)
      return present.trace.answer == item.trace.answer
        ? .stored(min: present.min, max: present.max) : .unexpected("conflict")
    }
    if mustWait { return nil }
    let (min, max) = lineages[lineage].widest(item.trace, around: item.world, declared: item.declared)
    lineages[lineage].add(
      Row(min: min, max: max, trace: item.trace, isRevived: false),
      isAsked: askedSources.contains(item.trace.key))
    traces.insert(item.trace)
    stripped.remove(item.trace.answer)
    return .stored(min: min, max: max)
  }

  // MARK: Revival on demand

  /// Traces of a key that nothing recorded speaks against, and how many of their edges are unrecorded.
  func candidates(_ key: Int, in lineage: Int, at world: Int) -> [Trace: Int] {
    var result: [Trace: Int] = [:]
    for trace in traces where trace.key == key && canServe(trace) {
      let recorded = trace.edges.map { lineages[lineage].isRecorded($0, at: world) }
      let canAsk = zip(trace.edges, recorded).allSatisfy { edge, recorded in
        guard recorded == nil, case .source(let inner, _) = edge else { return true }
        return lineages.contains { !$0.rows[inner].isEmpty }
      }
      if canAsk, !recorded.contains(false) { result[trace] = recorded.count { $0 == nil } }
    }
    return result
  }

  mutating func revive(_ trace: Trace, in lineage: Int, at world: Int) -> (min: Int, max: Int?) {
    for case .definition(let question, let answer) in trace.edges {
      lineages[lineage].record(question, answer, at: world)
    }
    let (min, max) = lineages[lineage].widest(trace, around: world, declared: .all)
    lineages[lineage].add(
      Row(min: min, max: max, trace: trace, isRevived: true), isAsked: askedSources.contains(trace.key))
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
    before.openSources.subtract(closing)
    before.sources.append(
      (0..<Universe.keyCount).map { before.openSources.contains($0) ? before.sources[head][$0] : nil })
    for key in closing {
      for position in before.rows[key].indices where before.rows[key][position].max == nil {
        before.rows[key][position].max = head
      }
    }
    for trace in reviving {
      before.add(
        Row(min: head + 1, max: nil, trace: trace, isRevived: true),
        isAsked: askedSources.contains(trace.key))
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
    func givesSource(_ key: Int, _ answer: Digest) -> Bool {
      lineage.openSources.contains(key) && !closing.contains(key) && lineage.sources[lineage.head][key] == answer
    }
    let free = traces.filter { !$0.isBounded && !stripped.contains($0.answer) && surviving($0.key) == nil }
    var reached: Set<Trace> = []
    var count = -1
    while reached.count != count {
      count = reached.count
      for trace in free {
        let concerned = trace.edges.contains { edge in
          switch edge {
          case .definition(let question, let answer):
            recorded[question] == answer && lineage.recorded[lineage.head][question] != answer
          case .source(let inner, let answer):
            !givesSource(inner, answer) && reached.contains { $0.key == inner && $0.answer == answer }
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
            givesSource(inner, answer) || reached.contains { $0.key == inner && $0.answer == answer }
          }
        }
        if !holds { reached.remove(trace) }
      }
    }
    return reached
  }
}
