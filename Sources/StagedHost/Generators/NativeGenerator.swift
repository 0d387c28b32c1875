import CacheIdentity
import CacheSession
import LoweredIR
import Synchronization

/// A generated function whose generator is part of the program that contains the host, such as an overlay pass.
///
/// A host that was made with it binds ``function`` to it; that name cannot be redefined. The code's arguments are the
/// call's.
public protocol NativeGenerator: CachedGenerator where Instance == NativeInstance, Source == LoweredCode {
  /// The function's name in programs.
  var function: String { get }

  /// On whose behalf source is generated for an instance; throws if there is no source for such arguments.
  func owner(of instance: NativeInstance) throws -> Owner

  /// Why the generator declined to give source for an instance, for the program's error.
  func problem(declining instance: NativeInstance) -> RuntimeProblem
}

/// A native generated function with the argument types for which its source is generated.
public final class NativeInstance: MethodInstance {
  /// The function's name.
  public let function: String
  /// The argument types.
  public let types: [ResolvedType]
  /// The world that the instance was made in.
  public let view: WorldView
  /// The identity of the function; the generator's version stands for its code.
  public let definition: Digest
  private let known: Specialization

  /// Makes an instance; throws if the types are too many.
  public convenience init(_ function: String, _ types: [ResolvedType], in view: WorldView) throws {
    let arguments: ResolvedType
    do { arguments = try .tuple(types) } catch { throw RuntimeProblem.type(error) }
    self.init(function, types, as: arguments, in: view)
  }

  /// Makes an instance of types whose tuple type is known; `nil` if that type has a tail, or is none of a tuple.
  package convenience init?(_ function: String, arguments: ResolvedType, in view: WorldView) {
    guard case .tuple(let types, nil) = arguments.shape else { return nil }
    self.init(function, types, as: arguments, in: view)
  }

  private init(_ function: String, _ types: [ResolvedType], as arguments: ResolvedType, in view: WorldView) {
    self.function = function
    self.types = types
    self.view = view
    definition = NativeInstance.definition(of: function)
    known = .of(function, arguments)
  }

  /// The function with the argument types.
  public var specialization: String { known.text }
  /// The specialization's identity.
  public var instance: Digest { known.digest }

  /// The identity of a function. Made once for each: there are as many as the program has generators.
  private static func definition(of function: String) -> Digest {
    if let known = definitions.withLock({ $0[function] }) { return known }
    var builder = DigestBuilder(domain: "stagedhost.native-function.v1")
    builder.add("name", function)
    let made = builder.finalize()
    definitions.withLock { $0[function] = made }
    return made
  }

  private static let definitions = Mutex<[String: Digest]>([:])

  /// What the function is.
  public var method: MethodDescription {
    MethodDescription(
      module: Method.module, table: MethodTable.global,
      signature: Signature(function: function, arguments: "(Any...)"), location: "native")
  }
}
