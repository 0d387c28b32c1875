import BloatReport
import CacheIdentity
import SourceCodec
import SourceStore
import SystemImage

/// What differs between the entries of two images.
struct ImageDifference {
  /// An entry that is in both, and not the same.
  struct Change {
    let old: ComparedEntry
    let new: ComparedEntry

    /// Whether the source itself is another.
    var hasOtherSource: Bool { old.source != new.source }
    /// Whether the method is defined otherwise, or its generator is another one.
    var hasOtherMethod: Bool { old.key.methodHash != new.key.methodHash }
    /// The questions with another answer, or which only one of them asked, in the order in which they were asked.
    let answers: [AnswerChange]

    init(old: ComparedEntry, new: ComparedEntry) {
      (self.old, self.new) = (old, new)
      answers = AnswerChange.all(from: old.edges, to: new.edges)
    }
  }

  /// Numbers of one method or generator.
  struct Tally {
    var oldEntries = 0
    var newEntries = 0
    var oldBytes = 0
    var newBytes = 0
    var changed = 0

    var isEqual: Bool { oldEntries == newEntries && oldBytes == newBytes && changed == 0 }
  }

  private(set) var appeared: [ComparedEntry] = []
  private(set) var vanished: [ComparedEntry] = []
  private(set) var changed: [Change] = []
  private(set) var unchanged = 0
  private(set) var methods: [String: Tally] = [:]
  private(set) var generators: [String: Tally] = [:]
  private(set) var all = Tally()

  var isEmpty: Bool { appeared.isEmpty && vanished.isEmpty && changed.isEmpty }

  /// Reads the old image twice and the new one once. Keeps a few words for each old entry, and of what differs all but the
  /// source's bytes.
  init(from old: SystemImage, to new: SystemImage) throws {
    var line = ProgressLine()
    var before: [SourceKey: Digest] = [:]
    try old.forEachTrace { entry, trace in
      line.show("reading \(old.path)", done: entry.number, of: old.header.entries)
      let entry = ComparedEntry(trace)
      before[entry.key] = entry.fingerprint
      count(entry) { tally, bytes in
        tally.oldEntries += 1
        tally.oldBytes += bytes
      }
      return true
    }
    var found: [SourceKey: ComparedEntry] = [:]
    try new.forEachTrace { entry, trace in
      line.show("reading \(new.path)", done: entry.number, of: new.header.entries)
      let entry = ComparedEntry(trace)
      count(entry) { tally, bytes in
        tally.newEntries += 1
        tally.newBytes += bytes
      }
      if before[entry.key] == entry.fingerprint {
        before[entry.key] = nil
        unchanged += 1
      } else {
        found[entry.key] = entry
      }
      return true
    }
    var gone: [ComparedEntry] = []
    if !before.isEmpty {
      try old.forEachTrace { entry, trace in
        line.show("comparing", done: entry.number, of: old.header.entries)
        guard before[trace.key] != nil else { return true }
        let entry = ComparedEntry(trace)
        if let same = found.removeValue(forKey: trace.key) {
          add(Change(old: entry, new: same))
        } else {
          gone.append(entry)
        }
        return true
      }
    }
    line.clear()
    pair(gone, Array(found.values))
    appeared.sort()
    vanished.sort()
    changed.sort { $0.new < $1.new }
  }

  /// Entries of the same name whose method hash is another are one that changed; if there are several, nobody knows which.
  private mutating func pair(_ gone: [ComparedEntry], _ found: [ComparedEntry]) {
    let new = Dictionary(grouping: found, by: \.label)
    let old = Dictionary(grouping: gone, by: \.label)
    for (label, entries) in old {
      if let others = new[label], others.count == 1, entries.count == 1 {
        add(Change(old: entries[0], new: others[0]))
      } else {
        vanished += entries
        appeared += new[label] ?? []
      }
    }
    for (label, entries) in new where old[label] == nil { appeared += entries }
  }

  private mutating func add(_ change: Change) {
    changed.append(change)
    count(change.new) { tally, _ in tally.changed += 1 }
  }

  private mutating func count(_ entry: ComparedEntry, _ body: (inout Tally, Int) -> Void) {
    body(&methods[entry.methodName, default: Tally()], entry.bytes)
    body(&generators[entry.generator.generator, default: Tally()], entry.bytes)
    body(&all, entry.bytes)
  }
}

/// All of an entry but its source's bytes.
struct ComparedEntry {
  /// What people would call the same entry.
  struct Label: Hashable {
    let module: String
    let table: String
    let specialization: String
    let owner: String
  }

  let key: SourceKey
  let method: MethodDescription
  let generator: GeneratorFingerprint
  let owner: String
  let specialization: String
  let edges: [Edge]
  /// The source's digest; `nil` if the generator declined.
  let source: Digest?
  /// The source's size, encoded.
  let bytes: Int

  init(_ trace: NewTrace) {
    key = trace.key
    method = trace.method
    generator = trace.generator
    owner = trace.owner.name
    specialization = trace.specialization
    edges = trace.edges
    source = trace.source?.digest
    bytes = trace.source?.payload.count ?? 0
  }

  var label: Label {
    Label(module: method.module, table: method.table, specialization: specialization, owner: owner)
  }

  /// `Main.sin(x)`
  var methodName: String { "\(method.module).\(method.signature)" }

  /// Equal for equal sources and edges. Texts for people do not count.
  var fingerprint: Digest {
    var builder = DigestBuilder(domain: "worldcache.image-diff.v1")
    builder.add("source", Answer.source(source).digest)
    for edge in edges {
      builder.add("question", edge.question.encoded)
      builder.add("answer", edge.answer.digest)
    }
    return builder.finalize()
  }
}

extension ComparedEntry: Comparable {
  static func < (left: ComparedEntry, right: ComparedEntry) -> Bool {
    (left.specialization, left.owner, left.key.text) < (right.specialization, right.owner, right.key.text)
  }
  static func == (left: ComparedEntry, right: ComparedEntry) -> Bool { left.key == right.key }
}

/// A question that two traces were not answered alike.
struct AnswerChange {
  let question: Question
  /// `nil` if it was not asked.
  let old: Answer?
  let new: Answer?

  static func all(from old: [Edge], to new: [Edge]) -> [AnswerChange] {
    let before = Dictionary(old.map { ($0.question, $0.answer) }) { first, _ in first }
    let after = Dictionary(new.map { ($0.question, $0.answer) }) { first, _ in first }
    var seen: Set<Question> = []
    return (old + new).map(\.question).compactMap { question in
      guard seen.insert(question).inserted, before[question] != after[question] else { return nil }
      return AnswerChange(question: question, old: before[question], new: after[question])
    }
  }

  /// What changed, on one line.
  var text: String {
    let (old, new) = (old?.text(to: question) ?? "not asked", new?.text(to: question) ?? "not asked")
    return Readable.line("\(question): " + (old == new ? "\(new), changed in place" : "\(old) -> \(new)"))
  }
}
