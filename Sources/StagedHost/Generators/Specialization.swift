import CacheIdentity
import Synchronization

/// A function with argument types, as the cache names it: the text and its digest. Both follow from types, which live as long as the
/// process, so they are kept with them: a session that is new, or an interpreter of another world, makes no SHA-256 for them again.
final class Specialization: Sendable {
  /// The function's name with the argument types.
  let text: String
  /// The identity of the specialization: its canonical text's.
  let digest: Digest
  private let function: String

  private init(_ function: String, _ arguments: ResolvedType) {
    self.function = function
    text = function + arguments.argumentText
    var builder = DigestBuilder(domain: "stagedhost.specialization.v1")
    builder.add("specialization", text)
    digest = builder.finalize()
  }

  /// That of a function with arguments of a tuple type. The first function that a type is asked for with is the one that it keeps: others
  /// with the very same types are few.
  static func of(_ function: String, _ arguments: ResolvedType) -> Specialization {
    let kept = arguments.specialization.value { Specialization(function, arguments) }
    return kept.function == function ? kept : Specialization(function, arguments)
  }
}
