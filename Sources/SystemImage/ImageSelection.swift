import CacheIdentity

/// A trace that is not in the image, and why.
public struct LeftOutTrace: Hashable, Sendable {
  /// Why a trace cannot be in an image.
  public enum Reason: Hashable, Sendable {
    /// Its generator declared an end of validity, in worlds that mean nothing elsewhere.
    case bounded
    /// It rests on the source of this key, and no trace of it was added.
    case innerMissing(SourceKey)
    /// It rests on another source of this key than the one that is in the image.
    case innerDiffers(SourceKey)
    /// It rests on the source of this key, which is left out.
    case innerLeftOut(SourceKey)
    /// It rests on another answer to this question than traces that were added later, and the image is of one state.
    case contradicted(Question)
  }

  /// The key.
  public let key: SourceKey
  /// The method instance, for people.
  public let specialization: String
  /// Why.
  public let reason: Reason
}

/// Which traces an image can have: a pure function of what was added. An image must be self-contained: whatever source an entry
/// rests on is in the image too, or the host could not be asked whether it holds.
struct ImageSelection {
  /// By the number of the key: why its trace is left out.
  private(set) var reasons: [Int: LeftOutTrace.Reason] = [:]

  /// Linear in the edges.
  init(_ builder: ImageBuilder) {
    let current = builder.state == nil ? [:] : ImageSelection.currentAnswers(builder)
    var outer: [Int: [Int]] = [:]
    var worklist: [Int] = []
    for (number, entry) in builder.entries.enumerated() {
      guard let entry else { continue }
      for case .source(let key, _) in builder.edges[entry.edges] { outer[Int(key), default: []].append(number) }
      guard let reason = ImageSelection.reason(against: entry, current, builder) else { continue }
      reasons[number] = reason
      worklist.append(number)
    }
    worklist.sort { builder.keys.values[$0] < builder.keys.values[$1] }
    // In waves, so that each trace is given the nearest reason, whichever came first.
    while !worklist.isEmpty {
      var next: [Int] = []
      for left in worklist {
        for number in outer[left] ?? [] where reasons[number] == nil {
          reasons[number] = .innerLeftOut(builder.keys.values[left])
          next.append(number)
        }
      }
      worklist = next.sorted { builder.keys.values[$0] < builder.keys.values[$1] }
    }
  }

  private static func reason(
    against entry: BuilderEntry, _ current: [UInt32: UInt32], _ builder: ImageBuilder
  ) -> LeftOutTrace.Reason? {
    if entry.isBounded { return .bounded }
    for edge in builder.edges[entry.edges] {
      switch edge {
      case .source(let key, let digest):
        guard let inner = builder.entries[Int(key)] else { return .innerMissing(builder.keys.values[Int(key)]) }
        let source = inner.content.map { builder.contents.values[Int($0)] }
        if Answer.source(source).digest != builder.digests.values[Int(digest)] {
          return .innerDiffers(builder.keys.values[Int(key)])
        }
      case .answer(let number):
        let answer = builder.answers.values[Int(number)]
        if let last = current[answer.question], last != answer.digest {
          return .contradicted(builder.questions.values[Int(answer.question)])
        }
      }
    }
    return nil
  }

  /// The answer to each question that the trace added last has. Edges stand in the order in which they were added.
  private static func currentAnswers(_ builder: ImageBuilder) -> [UInt32: UInt32] {
    var current: [UInt32: UInt32] = [:]
    for entry in builder.entries.compactMap({ $0 }).sorted(by: { $0.edges.lowerBound < $1.edges.lowerBound }) {
      for case .answer(let number) in builder.edges[entry.edges] {
        let answer = builder.answers.values[Int(number)]
        current[answer.question] = answer.digest
      }
    }
    return current
  }
}

extension SourceKey {
  /// Some order that does not depend on anything else.
  static func < (left: SourceKey, right: SourceKey) -> Bool {
    (left.methodHash, left.instance, left.owner) < (right.methodHash, right.instance, right.owner)
  }
}
