/// Something that a generator can ask about the host's definitions or about another generated source.
///
/// The question and the answer it got are an ``Edge``. These are all shapes that a generator can depend on;
/// `SourceCodec` has the one decoder for all of them, and an unknown shape is an error there (C10).
/// Tables are method tables: the host's global one and its overlay tables, which invalidate alike (C9).
public enum Question: Hashable, Sendable {
  /// What is the method with exactly this signature in this table? The edge of an `invoke`: only replacing that very
  /// method changes the answer (C4).
  case method(table: String, signature: Signature)
  /// Which one method does this call select in this table? Answered by the method, by no method, or by an ambiguity.
  case dispatch(table: String, signature: Signature)
  /// Which methods of this table can calls of this, possibly abstract, signature reach? Answered by all matches in order, or none.
  case lookup(table: String, signature: Signature)
  /// What does this binding hold? Types are bindings too: their definition is what the binding holds.
  case binding(module: String, name: String)
  /// What source does the generator give for this method instance under this owner? Answered by the source's digest.
  case source(SourceKey, specialization: String)
}

/// A call or method signature in the host's canonical text: what is called, and the types of its arguments.
public struct Signature: Hashable, Sendable {
  /// The function, qualified so that equal names mean equal functions.
  public let function: String
  /// The argument types, such as `(Int64, Array{Float64})`.
  public let arguments: String

  /// Makes a signature.
  public init(function: String, arguments: String) {
    self.function = function
    self.arguments = arguments
  }
}

/// What a question is about, as coarse as a definition changes it: the unit in which a host says what it redefined.
public enum Subject: Hashable, Sendable {
  /// A function's methods in one table.
  case function(table: String, name: String)
  /// A binding.
  case binding(module: String, name: String)
  /// A generated source; only the store changes it, never a definition.
  case source(specialization: String)
}

extension Question {
  /// The question's kind, as the store names it.
  public enum Kind: String, Sendable, CaseIterable {
    /// ``Question/method(table:signature:)``
    case method
    /// ``Question/dispatch(table:signature:)``
    case dispatch
    /// ``Question/lookup(table:signature:)``
    case lookup
    /// ``Question/binding(module:name:)``
    case binding
    /// ``Question/source(_:specialization:)``
    case source
  }

  /// The kind.
  public var kind: Kind {
    switch self {
    case .method: .method
    case .dispatch: .dispatch
    case .lookup: .lookup
    case .binding: .binding
    case .source: .source
    }
  }

  /// What the question is about.
  public var subject: Subject {
    switch self {
    case .method(let table, let signature), .dispatch(let table, let signature), .lookup(let table, let signature):
      .function(table: table, name: signature.function)
    case .binding(let module, let name): .binding(module: module, name: name)
    case .source(_, let specialization): .source(specialization: specialization)
    }
  }

  /// The question's identity. The specialization of a source question is a label and no ingredient.
  public var digest: Digest {
    var builder = DigestBuilder(domain: "worldcache.question.v1")
    builder.add("kind", kind.rawValue)
    switch self {
    case .method(let table, let signature), .dispatch(let table, let signature), .lookup(let table, let signature):
      builder.add("table", table)
      builder.add("function", signature.function)
      builder.add("arguments", signature.arguments)
    case .binding(let module, let name):
      builder.add("module", module)
      builder.add("name", name)
    case .source(let key, _):
      builder.add("method", key.methodHash)
      builder.add("instance", key.instance)
      builder.add("owner", key.owner)
    }
    return builder.finalize()
  }
}

extension Signature: CustomStringConvertible {
  /// The function followed by its arguments.
  public var description: String { function + arguments }
}

extension Subject: CustomStringConvertible {
  /// `sin in global`, `Main.tau`, or the specialization: the text of the store's `question.subject`.
  public var description: String {
    switch self {
    case .function(let table, let name): "\(name) in \(table)"
    case .binding(let module, let name): "\(module).\(name)"
    case .source(let specialization): specialization
    }
  }
}

extension Question: CustomStringConvertible {
  /// The question as people read it.
  public var description: String {
    switch self {
    case .method(let table, let signature): "the method \(signature) in \(table)"
    case .dispatch(let table, let signature): "the callee of \(signature) in \(table)"
    case .lookup(let table, let signature): "the matches of \(signature) in \(table)"
    case .binding(let module, let name): "the binding \(module).\(name)"
    case .source(_, let specialization): "the generated source of \(specialization)"
    }
  }
}
