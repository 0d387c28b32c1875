import CacheIdentity
import SourceCodec

/// What a connection that writes has looked up or added lately, so that what many rows share costs a hash and no SQL.
///
/// Invariant: it says nothing that the file does not. It is dropped when another connection has committed, when a transaction is rolled
/// back, and by whoever deletes rows that it may name.
struct Interned {
  private static let limit = 100_000

  /// SQLite's data version when the content was true.
  var dataVersion: Int64 = -1
  var processes: [ProcessIdentity: Int64] = [:]
  var owners: [Digest: OwnerID] = [:]
  var generators: [GeneratorFingerprint: Int64] = [:]
  var methods: [Digest: MethodID] = [:]
  var codecs: [String: Int64] = [:]
  var dictionaries: [Int64: NewestDictionary] = [:]
  var topics: [Topic: Int64] = [:]
  var places: [Place: Int64] = [:]
  var texts: [String: TextID] = [:]
  var edges: [Edge: InternedEdge] = [:]
  /// The ids of `given`.
  var given: [Digest: Int64] = [:]
  var nextTrace: TraceID?
  /// Whether anything was ever built from a generated source.
  var hasSourceQuestions: Bool?

  /// What new sources of a codec are compressed with; nothing, if none was trained.
  struct NewestDictionary {
    var dictionary: (id: Int64, CompressionDictionary)?
  }

  /// Keeps memory bounded, whatever number of rows is written.
  mutating func trim() {
    if edges.count > Interned.limit { edges.removeAll() }
    if texts.count > Interned.limit { texts.removeAll() }
    if given.count > Interned.limit { given.removeAll() }
    if methods.count > Interned.limit { methods.removeAll() }
  }
}

/// An edge by its ids.
struct InternedEdge: Hashable {
  var question: QuestionID
  var answer: AnswerID
}

/// Where methods are: a module, and the table that holds them: a row of `place`.
struct Place: Hashable {
  var module: String
  var table: String
}

extension MethodDescription {
  var place: Place { Place(module: module, table: table) }
}

/// A kind of question, and the table or module that it is about: a row of `topic`.
struct Topic: Hashable {
  var kind: String
  var scope: String
}
