/// What a question was answered: a digest of the answer, and a text for people.
public struct Answer: Hashable, Sendable {
  /// The identity of the answer. Equal digests are the same answer: that is what early cutoff compares (C5, C7).
  public let digest: Digest
  /// The answer as people read it, such as a method and where it is defined. No part of its identity.
  public let subject: String

  /// Makes an answer.
  public init(digest: Digest, subject: String) {
    self.digest = digest
    self.subject = subject
  }

  /// The answer that there is nothing: no method matches, nothing is bound, a generator declines. It is an answer like any other (C2).
  public static let none = Answer(digest: DigestBuilder(domain: "worldcache.no-answer.v1").finalize(), subject: "none")

  /// What a question about a generated source is answered: the source's digest, or ``none`` if the generator declined.
  public static func source(_ digest: Digest?) -> Answer {
    digest.map { Answer(digest: $0, subject: "generated source") } ?? .none
  }

  /// Equal identities.
  public static func == (left: Answer, right: Answer) -> Bool { left.digest == right.digest }
  /// Feeds the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

/// A question that a generator asked, and the answer that it got.
public struct Edge: Hashable, Sendable {
  /// The question.
  public let question: Question
  /// The answer.
  public let answer: Answer

  /// Makes an edge.
  public init(_ question: Question, _ answer: Answer) {
    self.question = question
    self.answer = answer
  }
}
