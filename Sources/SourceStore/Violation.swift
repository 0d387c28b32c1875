import CacheIdentity
import SourceCodec

/// A place where a store contradicts its rules: which row, what is wrong with it, and the offending values.
public struct Violation: Hashable, Sendable {
  /// The rules of the design, W1 to W15, that a store can break.
  public enum Rule: Int, Hashable, Sendable {
    /// Worlds of a lineage follow on each other.
    case w1 = 1
    /// One answer per question and world.
    case w2 = 2
    /// A code instance holds only where all of its answers do.
    case w3 = 3
    /// Code instances of a key do not overlap.
    case w4 = 4
    /// Nothing reaches beyond the head, except what is open.
    case w5 = 5
    /// A row belongs to one key and owner.
    case w6 = 6
    /// Bytes have their digest.
    case w9 = 9
    /// Damage is seen before anything is served.
    case w12 = 12
  }

  /// What is wrong.
  public enum Problem: Hashable, Sendable {
    /// SQLite found the file damaged.
    case fileDamaged(message: String)
    /// The table could not be read to its end.
    case unreadable(detail: String)
    /// A column names a row that does not exist.
    case dangling(table: String)
    /// Not every world that is kept has a row.
    case worldsMissing(kept: WorldRange, found: Int)
    /// The head's row in `world` does not have the lineage's state.
    case headState(lineage: Digest, world: Digest?)
    /// A world is newer than the head.
    case worldBeyondHead(head: WorldAge)
    /// Two answers to the question are recorded in the same worlds.
    case answersOverlap(WorldRange, WorldRange)
    /// The answer is one to another question.
    case answersOtherQuestion(id: Int64)
    /// The range was not cut at the head.
    case rangeBeyondHead(WorldRange, head: WorldAge)
    /// The text is not the one of its id.
    case misplacedText
    /// The answer's seal is not that of its columns, or it names no question.
    case brokenAnswer
    /// The source's bytes are not those of its digest.
    case wrongContent(DecodingFailure)
    /// The source's seal is not that of its columns.
    case brokenSource
    /// The trace's seal is not that of its columns.
    case brokenTrace
    /// The trace rests on an answer that does not lead to it.
    case backedgeMissing(answer: Int64)
    /// The traces to which the answer leads are not those that it once had.
    case backedgesChanged
    /// Two code instances of the key cover the same worlds.
    case instancesOverlap(WorldRange, WorldRange)
    /// The code instance's trace is one of another key.
    case traceOfOtherKey(trace: TraceID)
    /// The code instance leads to another source than its trace.
    case otherSource(stored: Int64?, trace: Int64?)
    /// The code instance's seal is not that of its columns.
    case brokenSeal(WorldRange)
    /// The code instance covers worlds in which an answer that it rests on is not recorded to hold.
    case answerNotHeld(position: Int, answer: Int64, instance: WorldRange, recorded: WorldRange?)
    /// A key that is quarantined has a code instance.
    case quarantined
    /// Where the code instance holds, questions about its source are not recorded to be answered by it.
    case sourceUnrecorded(question: Int64, instance: WorldRange, recorded: WorldRange?)
    /// The question is not about the source of the key that leads to it.
    case misplacedQuestion(question: Int64)
    /// Traces rest on the answers to a question about a source, and no key leads to it.
    case unlinkedQuestion
    /// A source is recorded as an answer at the head, and no open code instance gives it.
    case sourceNotGiven(range: WorldRange)
  }

  /// What is wrong.
  public let problem: Problem
  /// The table.
  public let table: String
  /// The row: its key columns and their values, such as `lineage 1, world 3`; empty if it is the whole table.
  public let row: String
}

extension Violation {
  /// The rule that is broken; `nil` if none of the numbered ones.
  public var rule: Rule? {
    switch problem {
    case .worldsMissing, .headState, .worldBeyondHead: .w1
    case .answersOverlap, .answersOtherQuestion: .w2
    case .answerNotHeld, .backedgeMissing, .backedgesChanged, .sourceUnrecorded, .sourceNotGiven,
      .misplacedQuestion, .unlinkedQuestion:
      .w3
    case .instancesOverlap: .w4
    case .rangeBeyondHead: .w5
    case .traceOfOtherKey: .w6
    case .wrongContent, .brokenSource, .otherSource: .w9
    case .fileDamaged, .unreadable, .brokenSeal, .misplacedText, .brokenAnswer, .brokenTrace: .w12
    case .dangling, .quarantined: nil
    }
  }
}

extension Violation: CustomStringConvertible {
  /// One sentence for people: the rule, the place, the values.
  public var description: String {
    let place = row.isEmpty ? table : "\(table) (\(row))"
    return (rule.map { "W\($0.rawValue): " } ?? "") + place + ": " + problem.explanation
  }
}

extension Violation.Problem {
  fileprivate var explanation: String {
    switch self {
    case .fileDamaged(let message): message
    case .unreadable(let detail): "cannot be read: \(detail)"
    case .dangling(let table): "names a row of \(table) that does not exist"
    case .worldsMissing(let kept, let found): "of the worlds \(kept) only \(found) have a row"
    case .headState(let lineage, let world):
      "the lineage's state is \(lineage.abbreviated), its head's \(world?.abbreviated ?? "missing")"
    case .worldBeyondHead(let head): "is newer than the head, \(head)"
    case .answersOverlap(let first, let second): "two answers hold at once, in \(first) and \(second)"
    case .answersOtherQuestion(let id): "the answer is one to question \(id)"
    case .rangeBeyondHead(let range, let head): "the range \(range) goes beyond the head, \(head)"
    case .misplacedText: "the text is not the one of its id"
    case .brokenAnswer: "the seal is broken, or the question is missing"
    case .wrongContent(let failure): "the bytes are not those of the digest: \(failure)"
    case .brokenSource, .brokenTrace: "the seal is broken"
    case .backedgeMissing(let answer): "rests on answer \(answer), which does not lead to it"
    case .backedgesChanged: "the traces that rest on it are not those that once did"
    case .instancesOverlap(let first, let second): "two ranges of one key overlap, \(first) and \(second)"
    case .traceOfOtherKey(let trace): "leads to trace \(trace.number), which is of another key"
    case .otherSource(let stored, let trace):
      "leads to source \(stored.map(String.init) ?? "none"), its trace to \(trace.map(String.init) ?? "none")"
    case .brokenSeal(let range): "the seal of the row at \(range) is broken"
    case .answerNotHeld(let position, let answer, let instance, let recorded):
      "holds in \(instance), but edge \(position), answer \(answer), \(Self.recorded(recorded))"
    case .quarantined: "the key is quarantined"
    case .sourceUnrecorded(let question, let instance, let recorded):
      "holds in \(instance), but as an answer to question \(question) it \(Self.recorded(recorded))"
    case .misplacedQuestion(let question): "question \(question) is not about this key's source"
    case .unlinkedQuestion: "is about a generated source, and its key does not lead to it"
    case .sourceNotGiven(let range): "the source is recorded in \(range), and no open code instance gives it"
    }
  }

  private static func recorded(_ range: WorldRange?) -> String {
    range.map { "is recorded in \($0) only" } ?? "is not recorded there"
  }
}
