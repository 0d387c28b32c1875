import CacheIdentity
import SourceCodec

// Reading questions and answers back.
extension Connection {
  func question(of answer: AnswerID) throws(StoreError) -> QuestionID {
    let question: QuestionID? = try first("SELECT question FROM answer WHERE id = ?", answer) { $0.id(0) }
    guard let question else { throw damaged("answer \(answer.number) has no row") }
    return question
  }

  /// A question, decoded; one that cannot be decoded, or whose seal is broken, is damage, for it must not be skipped (C10, W12).
  func question(_ id: QuestionID) throws(StoreError) -> Question {
    let found = try first(
      "SELECT * FROM question WHERE id = ?", id
    ) { row throws(StoreError) in try question(row) }
    guard let found else { throw damaged("question \(id.number) has no row") }
    return found
  }

  /// An answer with its question, decoded.
  func edge(to answer: AnswerID) throws(StoreError) -> Edge {
    let row: (QuestionID, first: QuestionID?, Answer, seal: Int64)? = try first(
      """
      SELECT a.question, a.first_answer, g.digest, g.subject, a.seal FROM answer a JOIN answered g ON g.answer = a.id
      WHERE a.id = ?
      """, answer
    ) { row throws(StoreError) in
      (row.id(0), row.optionalID(1), Answer(digest: try row.digest(2), subject: row.text(3)), row.int(4))
    }
    guard let (question, first, given, seal) = row else { throw damaged("answer \(answer.number) has no row") }
    if first != nil, seal != Seal.of(answer: answer, nil, first: first, digest: given.digest) {
      throw damaged("the seal of answer \(answer.number) is broken")
    }
    return Edge(try self.question(question), given)
  }

  /// The questions that a host is asked about a subject, decoded. What names a topic that is not there is damage, not another subject.
  func questions(about subject: Subject) throws(StoreError) -> [(QuestionID, Question)] {
    let name: String
    switch subject {
    case .function(_, let function): name = function
    case .binding(_, let binding): name = binding
    case .source: return []
    }
    guard let text = try textID(name) else { return [] }
    let last = try first("SELECT max(id) FROM answer") { $0.int(0) } ?? 0
    var named: [(QuestionID, Question)] = []
    for ids in DigestIDs.questions(about: text) where ids.lowerBound <= last {
      named += try all(
        "SELECT * FROM question WHERE id BETWEEN ? AND ? AND name_text = ? AND kind IS NOT 'source'", ids.lowerBound,
        ids.upperBound, text
      ) { row throws(StoreError) -> (QuestionID, Question) in (row.id(0), try question(row)) }
    }
    return named.filter { $0.1.subject == subject }
  }

  /// All questions that hosts are asked, decoded.
  func hostQuestions() throws(StoreError) -> [(QuestionID, Question)] {
    try all(
      "SELECT * FROM question WHERE kind IS NOT 'source'"
    ) { row throws(StoreError) in (row.id(0), try question(row)) }
  }

  /// Reads a row of the view `question`.
  func question(_ row: Statement) throws(StoreError) -> Question {
    let id: QuestionID = row.id(0)
    let asked = AskedRow(
      topic: Topic(kind: row.text(1), scope: row.text(2)), name: row.id(6), arguments: row.optionalID(7))
    let (name, arguments) = (row.text(3), row.isNull(4) ? nil : row.text(4))
    guard
      row.int(9) == Seal.of(answer: AnswerID(id.number), asked, first: nil, digest: try row.digest(8)),
      Connection.isText(name, at: asked.name),
      asked.arguments.map({ Connection.isText(arguments ?? "", at: $0) }) ?? true
    else { throw damaged("the seal of question \(id.number) is broken") }
    let signature = Signature(function: name, arguments: arguments ?? "")
    switch Question.Kind(rawValue: asked.topic.kind) {
    case .method: return .method(table: asked.topic.scope, signature: signature)
    case .dispatch: return .dispatch(table: asked.topic.scope, signature: signature)
    case .lookup: return .lookup(table: asked.topic.scope, signature: signature)
    case .binding: return .binding(module: asked.topic.scope, name: name)
    case .source:
      guard !row.isNull(10), !row.isNull(13) else { throw damaged("question \(id.number) is about no key") }
      let key = SourceKey(
        methodHash: try row.digest(10), instance: Digest(halves: row.int(11), row.int(12)), owner: try row.digest(13))
      return .source(key, specialization: name + (arguments ?? ""))
    case nil:
      throw StoreError(
        .undecodable(DecodingFailure(.unknownTag(0, of: "question"), at: 0)), path: path,
        detail: "question \(id.number) is of kind \(asked.topic.kind)")
    }
  }
}

extension Question {
  var topic: Topic {
    let scope =
      switch self {
      case .method(let table, _), .dispatch(let table, _), .lookup(let table, _): table
      case .binding(let module, _): module
      case .source: ""
      }
    return Topic(kind: kind.rawValue, scope: scope)
  }
}
