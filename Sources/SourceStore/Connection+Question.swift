import CacheIdentity
import SourceCodec

/// What was asked, by the ids of its parts: the columns of a question's first answer.
struct AskedRow: Hashable {
  var topic: Topic
  var name: TextID
  var arguments: TextID?
}

/// A text in two parts, as most of them share the first: `sin(Float64)` is `sin` and `(Float64)`.
struct CallText {
  let name: String
  let arguments: String?

  /// Splits before the parenthesis that the last one closes, so that the parts are those of a signature: a function's name can have
  /// parentheses too.
  init(_ text: String) {
    var depth = 0
    let open = text.utf8.lastIndex { byte in
      if byte == UInt8(ascii: ")") { depth += 1 }
      if byte == UInt8(ascii: "(") { depth -= 1 }
      return byte == UInt8(ascii: "(") && depth == 0
    }
    let split = text.utf8.last == UInt8(ascii: ")") ? open ?? text.endIndex : text.endIndex
    name = String(text[..<split])
    arguments = split == text.endIndex ? nil : String(text[split...])
  }
}

/// A place in a file, whose name many share: `trig.jl:7` is `trig.jl` and a line.
struct LocationText {
  private(set) var file: String
  /// The number behind the last colon; `nil` without one.
  private(set) var line: Int64?

  /// Splits so that both parts with a colon between are the text again.
  init(_ text: String) {
    (file, line) = (text, nil)
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return }
    let digits = text[text.utf8.index(after: colon)...]
    guard let number = Int32(digits), number >= 0, digits == "\(number)" else { return }
    (file, line) = (String(text[..<colon]), Int64(number))
  }
}

/// An answer's text in parts that others share: `sin(Real) at trig.jl:7` is a call at a place.
struct SubjectText {
  let call: CallText
  let location: LocationText?

  init(_ text: String) {
    guard let at = text.ranges(of: " at ").last else {
      (call, location) = (CallText(text), nil)
      return
    }
    (call, location) = (CallText(String(text[..<at.lowerBound])), LocationText(String(text[at.upperBound...])))
  }
}

// Questions and their answers. What writes runs inside a write transaction.
extension Connection {
  /// The ids of an edge, and whether its question is new. `nil` for a source of a key of which the store knows nothing, and so no answer
  /// either.
  ///
  /// - Parameter range: What to record of a new question, unless it is about a source: what is recorded of that, its code instances say.
  func interning(
    _ edge: Edge, holding range: (LineageID, WorldRange)? = nil
  ) throws(StoreError) -> (ids: InternedEdge, isNew: Bool)? {
    if let known = interned.edges[edge] { return (known, false) }
    var key: KeyRow?
    if case .source(let inner, _) = edge.question {
      key = try keyRow(inner)
      if key == nil { return nil }
    }
    let asked = try asked(edge.question)
    let present = if let key { try sourceQuestion(of: key) } else { try question(asked) }
    if let question = present {
      let ids = InternedEdge(question: question, answer: try intern(edge.answer, to: question))
      interned.edges[edge] = ids
      return (ids, false)
    }
    let answer = try add(
      edge.answer, asked, to: nil, as: key.map { DigestIDs($0) } ?? DigestIDs(asked), holding: key == nil ? range : nil)
    let question = QuestionID(answer.number)
    if let key { try linkSource(of: key, to: question) }
    let ids = InternedEdge(question: question, answer: answer)
    interned.edges[edge] = ids
    return (ids, true)
  }

  func intern(_ answer: Answer, to question: QuestionID) throws(StoreError) -> AnswerID {
    if let known = try answerID(answer.digest, to: question) { return known }
    return try add(answer, to: question)
  }

  /// The id of an answer that a question has had.
  func answerID(_ digest: Digest, to question: QuestionID) throws(StoreError) -> AnswerID? {
    guard let given = try givenID(digest) else { return nil }
    let first: AnswerID? = try first("SELECT id FROM answer WHERE id = ? AND given = ?", question, given) { $0.id(0) }
    if let first { return first }
    return try self.first("SELECT id FROM answer WHERE first_answer = ? AND given = ?", question, given) { $0.id(0) }
  }

  /// What was answered, by its digest; `nil` if no question was ever.
  private func givenID(_ digest: Digest) throws(StoreError) -> Int64? {
    if isWriting, let known = interned.given[digest] { return known }
    for id in DigestIDs(digest.high) {
      let found = try first("SELECT digest FROM given WHERE id = ?", id) { row throws(StoreError) in
        try row.digest(0)
      }
      if found == nil { return nil }
      if found == digest { return id }
    }
    return nil
  }

  private func intern(given answer: Answer) throws(StoreError) -> Int64 {
    if let known = try givenID(answer.digest) {
      interned.given[answer.digest] = known
      return known
    }
    let subject = SubjectText(answer.subject)
    let name = try intern(text: subject.call.name)
    let arguments = try subject.call.arguments.map { text throws(StoreError) in try intern(text: text) }
    let file = try subject.location.map { location throws(StoreError) in try intern(text: location.file) }
    for id in DigestIDs(answer.digest.high) {
      try execute(
        """
        INSERT INTO given (id, name, arguments, location, line, digest) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO NOTHING
        """, id, name, arguments, file, subject.location?.line, answer.digest)
      guard changes > 0 else { continue }
      interned.given[answer.digest] = id
      return id
    }
    throw damaged("there is no id for answer \(answer.digest.abbreviated)")
  }

  private func question(_ asked: AskedRow) throws(StoreError) -> QuestionID? {
    guard let topic = try topicID(asked.topic) else { return nil }
    for id in DigestIDs(asked) {
      let isIt = try first(
        "SELECT name IS ? AND arguments IS ? AND topic IS ? FROM answer WHERE id = ?", asked.name, asked.arguments,
        topic,
        id
      ) { $0.bool(0) }
      guard let isIt else { return nil }
      if isIt { return QuestionID(id) }
    }
    return nil
  }

  func asked(_ question: Question) throws(StoreError) -> AskedRow {
    let topic = question.topic
    switch question {
    case .method(_, let signature), .dispatch(_, let signature), .lookup(_, let signature):
      return AskedRow(
        topic: topic, name: try intern(text: signature.function), arguments: try intern(text: signature.arguments))
    case .binding(_, let name):
      return AskedRow(topic: topic, name: try intern(text: name))
    case .source(_, let specialization):
      let call = CallText(specialization)
      return AskedRow(
        topic: topic, name: try intern(text: call.name),
        arguments: try call.arguments.map { text throws(StoreError) in try intern(text: text) })
    }
  }

  /// Adds a later answer to a question.
  func add(_ answer: Answer, to question: QuestionID) throws(StoreError) -> AnswerID {
    try add(answer, nil, to: question, as: DigestIDs(question, answer.digest))
  }

  /// Adds an answer: the first one to what is asked, or a later one to a question.
  ///
  /// - Parameter ids: Of these it gets the first that is free.
  func add(
    _ answer: Answer, _ asked: AskedRow?, to question: QuestionID?, as ids: DigestIDs,
    holding range: (LineageID, WorldRange)? = nil
  ) throws(StoreError) -> AnswerID {
    let topic = try asked.map { asked throws(StoreError) in try intern(asked.topic) }
    return try add(
      given: try intern(given: answer), answer.digest, asked, topic: topic, to: question, as: ids, holding: range)
  }

  /// The same, with what else the row names.
  func add(
    given: Int64, _ digest: Digest, _ asked: AskedRow?, topic: Int64?, to question: QuestionID?, as ids: DigestIDs,
    holding range: (lineage: LineageID, worlds: WorldRange)? = nil
  ) throws(StoreError) -> AnswerID {
    for id in ids {
      let added: AnswerID? = try insertIfNew(
        """
        INSERT INTO answer (id, first_answer, topic, name, arguments, given, traces, seal, lineage, min_world, last_world)
        VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """, id, question, topic, asked?.name, asked?.arguments, given,
        Seal.of(answer: AnswerID(id), asked, first: question, digest: digest), range?.lineage, range?.worlds.min,
        range?.worlds.last)
      if let added { return added }
    }
    throw damaged("there is no id for answer \(digest.abbreviated)")
  }

  private func topicID(_ topic: Topic) throws(StoreError) -> Int64? {
    if let known = interned.topics[topic] { return known }
    let id = try first("SELECT id FROM topic WHERE kind = ? AND scope = ?", topic.kind, topic.scope) { $0.int(0) }
    interned.topics[topic] = id
    return id
  }

  private func intern(_ topic: Topic) throws(StoreError) -> Int64 {
    if let known = try topicID(topic) { return known }
    let id = try insert("INSERT INTO topic (kind, scope) VALUES (?, ?)", topic.kind, topic.scope)
    interned.topics[topic] = id
    return id
  }

  /// Lets the code instances of a key find the question about its source. Each of them so far has answered it.
  private func linkSource(of key: KeyRow, to question: QuestionID) throws(StoreError) {
    try addSourceQuestion(question, about: key)
    for instance in try codeInstances(of: key) where instance.isSealWhole {
      let answer = try intern(instance.answer, to: question)
      try record(answer, to: question, in: instance.lineage, range: instance.range)
    }
  }

  func addSourceQuestion(_ question: QuestionID, about key: KeyRow) throws(StoreError) {
    try execute(
      "INSERT INTO source_question (question, method, instance, instance_rest, owner) VALUES (?, ?, ?, ?, ?)", question,
      key.method, key.firstHalf, key.secondHalf, key.owner)
    interned.hasSourceQuestions = true
  }

  /// The question about a key's source, if anything was ever built from it.
  func sourceQuestion(of key: KeyRow) throws(StoreError) -> QuestionID? {
    if interned.hasSourceQuestions == nil, isWriting {
      interned.hasSourceQuestions = try first("SELECT 1 FROM source_question LIMIT 1") { _ in true } ?? false
    }
    if isWriting, interned.hasSourceQuestions == false { return nil }
    for id in DigestIDs(key) {
      let found: KeyRow? = try first(
        """
        SELECT s.method, s.instance, s.instance_rest, s.owner
        FROM answer a LEFT JOIN source_question s ON s.question = a.id WHERE a.id = ?
        """, id
      ) { row in KeyRow(method: row.id(0), instance: Digest(halves: row.int(1), row.int(2)), owner: row.id(3)) }
      guard let found else { return nil }
      if found == key { return QuestionID(id) }
    }
    return nil
  }
}
