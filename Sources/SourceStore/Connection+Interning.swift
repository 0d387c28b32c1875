import CacheIdentity
import SourceCodec

// Every value that rows share is stored once and named by its id. All of these run inside a write transaction.
extension Connection {
  func intern(_ process: ProcessIdentity) throws(StoreError) -> Int64 {
    let known = try first(
      "SELECT id FROM process WHERE host = ? AND pid = ? AND started_at = ?", process.host, Int64(process.pid),
      process.startedAt
    ) { $0.int(0) }
    if let known { return known }
    return try insert(
      "INSERT INTO process (host, pid, program, started_at) VALUES (?, ?, ?, ?)", process.host, Int64(process.pid),
      process.program, process.startedAt)
  }

  func intern(_ owner: Owner) throws(StoreError) -> OwnerID {
    if let known: OwnerID = try first("SELECT id FROM owner WHERE digest = ?", owner.digest, read: { $0.id(0) }) {
      return known
    }
    return OwnerID(try insert("INSERT INTO owner (digest, name) VALUES (?, ?)", owner.digest, owner.name))
  }

  func intern(_ generator: GeneratorFingerprint) throws(StoreError) -> Int64 {
    let known = try first(
      "SELECT id FROM generator WHERE name = ? AND fingerprint = ?", generator.generator, generator.version
    ) { $0.int(0) }
    if let known { return known }
    return try insert(
      "INSERT INTO generator (name, fingerprint) VALUES (?, ?)", generator.generator, generator.version)
  }

  func intern(
    method hash: Digest, _ method: MethodDescription, by generator: GeneratorFingerprint
  ) throws(StoreError) -> MethodID {
    if let known: MethodID = try first("SELECT id FROM method WHERE hash = ?", hash, read: { $0.id(0) }) {
      return known
    }
    return MethodID(
      try insert(
        """
        INSERT INTO method (hash, generator, module, table_name, function, arguments, location)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """, hash, try intern(generator), method.module, method.table, method.signature.function,
        method.signature.arguments, method.location))
  }

  /// The source's row; gives bytes back to a row whose bytes were pruned or are damaged.
  func intern(_ source: EncodedSource) throws(StoreError) -> SourceID {
    let codec = try intern(codec: source.codec)
    let inserted: SourceID? = try insertIfNew(
      "INSERT INTO source (digest, codec, raw_size, bytes) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
      source.digest, codec, source.payload.count, source.payload)
    if let inserted { return inserted }
    let known: (SourceID, isWhole: Bool)? = try first(
      "SELECT id, codec, bytes FROM source WHERE digest = ?", source.digest
    ) { row in (row.id(0), row.int(1) == codec && !row.isNull(2) && row.bytes(2) == source.payload) }
    guard let known else { throw damaged("source \(source.digest.abbreviated) is there and is not found") }
    if !known.isWhole {
      try execute("UPDATE source SET codec = ?, bytes = ? WHERE id = ?", codec, source.payload, known.0)
    }
    return known.0
  }

  private func intern(codec name: String) throws(StoreError) -> Int64 {
    if let known = try first("SELECT id FROM codec WHERE name = ?", name, read: { $0.int(0) }) { return known }
    return try insert("INSERT INTO codec (name) VALUES (?)", name)
  }

  func intern(_ question: Question) throws(StoreError) -> QuestionID { try interning(question).id }

  /// The same, and whether it was new: then nothing is recorded of it, unless it is about a source.
  func interning(_ question: Question) throws(StoreError) -> (id: QuestionID, isNew: Bool) {
    let digest = question.digest
    let inserted: QuestionID? = try insertIfNew(
      "INSERT INTO question (digest, kind, subject, encoded) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
      digest, question.kind.rawValue, question.subject.description, question.encoded)
    var id = inserted
    if id == nil { id = try first("SELECT id FROM question WHERE digest = ?", digest) { $0.id(0) } }
    guard let id else { throw damaged("question \(digest.abbreviated) is there and is not found") }
    if case .source(let key, _) = question { try linkSource(of: key, to: id) }
    return (id, inserted != nil)
  }

  func intern(_ answer: Answer, to question: QuestionID) throws(StoreError) -> AnswerID {
    let known: AnswerID? = try first(
      "SELECT id FROM answer WHERE question = ? AND digest = ?", question, answer.digest
    ) { $0.id(0) }
    if let known { return known }
    return try add(answer, to: question)
  }

  /// Adds an answer that the question has not had yet.
  func add(_ answer: Answer, to question: QuestionID) throws(StoreError) -> AnswerID {
    AnswerID(
      try insert(
        "INSERT INTO answer (question, digest, subject) VALUES (?, ?, ?)", question, answer.digest, answer.subject))
  }

  /// Lets the code instances of a key find the question about its source, as soon as the key has rows. Each of them so far
  /// has answered it.
  private func linkSource(of key: SourceKey, to question: QuestionID) throws(StoreError) {
    guard let row = try keyRow(key), try sourceQuestion(of: row) == nil else { return }
    try execute(
      "INSERT INTO source_question (method, instance, owner, question) VALUES (?, ?, ?, ?)", row.method, row.instance,
      row.owner, question)
    for instance in try codeInstances(of: row) where instance.isSealWhole {
      let answer = try intern(instance.answer, to: question)
      try record(answer, to: question, in: instance.lineage, range: instance.range)
    }
  }
}
