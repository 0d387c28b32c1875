import CacheIdentity
import SourceCodec
import SourceStore

/// A line of a corpus: what Julia's generator gave for one method instance.
public struct CorpusEntry: Hashable, Sendable {
  /// The number of the entry, to which the lines of a timing file refer.
  public let id: Int64
  /// The method instance: `Tuple{typeof(sin),Int64}`.
  public let specialization: String
  /// The types of the callee and of the arguments.
  public let argumentTypes: [String]
  /// What was generated; `nil` if no method matched, and the generator declined.
  public let generation: Generation?

  /// A method as the corpus describes it.
  public struct Method: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// The module that holds it.
    public let module: String
    /// Its signature: `Tuple{typeof(sin),Real}`.
    public let signature: String
    /// File and line.
    public let location: String
    /// Julia's hash of its lowered code.
    public let sourceHash: String

    /// The method as the answer of a dispatch: a digest over signature and source, the place for people.
    var answer: Answer {
      var builder = DigestBuilder(domain: "worldcache.julia-method.v1")
      builder.add("module", module)
      builder.add("signature", signature)
      builder.add("source", sourceHash)
      return Answer(digest: builder.finalize(), subject: "\(Signature(julia: signature)) at \(location)")
    }
  }

  /// What belongs to generated code.
  public struct Generation: Hashable, Sendable {
    /// The method of the instance.
    public let method: Method
    /// The code.
    public let code: JuliaCode
    /// The bytes of Julia's own compressed form. The values to which that refers by number, such as types, are not in them.
    public let juliaBytes: Int
    /// The dispatches on which it rests.
    public let edges: [Edge]
  }

  /// Reads a line.
  public init(line: some StringProtocol) throws(CorpusProblem) {
    let value: JSONValue
    do throws(JSONFailure) {
      value = try JSONValue(parsing: line)
    } catch {
      throw .notJSON(offset: error.offset)
    }
    id = try value.member("id").as(\.integer, "id")
    var types: [String] = []
    for type in try value.array("argtypes") { types.append(try type.as(\.text, "argtypes")) }
    argumentTypes = types
    switch try value.string("kind") {
    case "negative":
      specialization = "Tuple{\(types.joined(separator: ","))}"
      generation = nil
    case "generated":
      specialization = try value.string("spec")
      let method = try value.member("method")
      let info = try value.member("ci")
      var edges: [Edge] = []
      for edge in try info.array("edges") {
        let callee = try Method(try edge.member("method"))
        edges.append(Edge(.dispatch(specialization: try edge.string("spec")), callee.answer))
      }
      generation = Generation(
        method: try Method(method), code: try JuliaCode(info, method: method),
        juliaBytes: Int(try value.member("ir_bytes").unsigned("ir_bytes")), edges: edges)
    case let kind: throw .unknownValue(kind)
    }
  }
}

extension CorpusEntry.Method {
  fileprivate init(_ value: JSONValue) throws(CorpusProblem) {
    name = try value.string("name")
    module = try value.string("module")
    signature = try value.string("sig")
    location = "\(try value.string("file")):\(try value.member("line").as(\.integer, "line"))"
    sourceHash = try value.string("source_hash")
  }
}

extension CorpusEntry {
  /// The generation as a record for a store. What the corpus does not say is made from what it says: the method hash from the
  /// method's own, the instance from its types.
  ///
  /// - Parameters:
  ///   - generator: Which generator made the corpus; each has an owner of its own.
  ///   - nanoseconds: How long it ran for this entry.
  public func trace(
    generator: GeneratorFingerprint, owner: Owner, world: WorldAge, process: ProcessIdentity, nanoseconds: Int64
  ) -> NewTrace {
    let question = Question.dispatch(specialization: specialization)
    let answer = generation?.method.answer ?? .none
    var instance = DigestBuilder(domain: "worldcache.julia-instance.v1")
    instance.add("specialization", specialization)
    let key = SourceKey(
      methodHash: SourceKey.methodHash(
        definition: answer.digest, fingerprint: generator, codec: JuliaCode.codec.description),
      instance: instance.finalize(), owner: owner.digest)
    return NewTrace(
      key: key,
      method: MethodDescription(
        module: generation?.method.module ?? "", table: "global",
        signature: Signature(julia: generation?.method.signature ?? specialization),
        location: generation?.method.location ?? ""),
      generator: generator, owner: owner, specialization: Signature(julia: specialization).description, world: world,
      edges: generation?.edges ?? [Edge(question, answer)], source: generation.map { EncodedSource($0.code) },
      provenance: Provenance(
        process: process, generatedAt: process.startedAt, generationNanoseconds: nanoseconds))
  }
}

extension Question {
  /// The dispatch of a call, as Julia writes its types: `Tuple{typeof(sin),Int64}`. Julia has one table for all functions.
  fileprivate static func dispatch(specialization: String) -> Question {
    .dispatch(table: "global", signature: Signature(julia: specialization))
  }
}

extension Signature {
  /// A signature from a tuple type: `sin` and `(Int64)` from `Tuple{typeof(sin),Int64}`, `abs` and `(T) where T` from
  /// `Tuple{typeof(abs),T} where T`. Of another form, all of it is the function.
  init(julia type: String) {
    var (depth, comma, end) = (0, String.Index?.none, String.Index?.none)
    for (index, character) in zip(type.indices, type) where end == nil {
      switch character {
      case "{", "(": depth += 1
      case "}" where depth == 1: end = index
      case "}", ")": depth -= 1
      case "," where depth == 1: comma = comma ?? index
      default: break
      }
    }
    guard type.hasPrefix("Tuple{"), let end else {
      self.init(function: type, arguments: "()")
      return
    }
    let functionEnd = comma ?? end
    var function = type[..<functionEnd].dropFirst(6)
    if function.hasPrefix("typeof("), function.hasSuffix(")") { function = function.dropFirst(7).dropLast() }
    let arguments = type[functionEnd..<end].dropFirst()
    self.init(function: String(function), arguments: "(\(arguments))\(type[end...].dropFirst())")
  }
}
