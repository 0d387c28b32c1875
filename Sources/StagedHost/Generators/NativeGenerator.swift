import CacheIdentity
import CacheSession
import LoweredIR

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

  /// The request for the source of an instance, to be made again and again. Not to be implemented: it is required so that it is compiled
  /// for each generator.
  func request(for instance: NativeInstance) throws -> PreparedRequest<LoweredCode>
}

extension NativeGenerator {
  /// The request under the instance's owner.
  @inlinable
  public func request(for instance: NativeInstance) throws -> PreparedRequest<LoweredCode> {
    PreparedRequest(for: instance, owner: try owner(of: instance), generator: self)
  }
}

/// A native generated function of a host: its generator, and what is known of it once and for all.
package final class NativeFunction: Sendable {
  package let generator: any NativeGenerator
  package let name: String
  /// The function's type.
  package let type: ResolvedType
  let definition: Digest

  init(_ generator: any NativeGenerator) {
    self.generator = generator
    name = generator.function
    type = .function(name)
    definition = NativeInstance.definition(of: name)
  }
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
    self.init(function, NativeInstance.definition(of: function), types, as: arguments, in: view)
  }

  /// Makes an instance of types whose tuple type is known.
  package convenience init(
    _ native: NativeFunction, _ types: [ResolvedType], as arguments: ResolvedType, in view: WorldView
  ) {
    self.init(native.name, native.definition, types, as: arguments, in: view)
  }

  private init(
    _ function: String, _ definition: Digest, _ types: [ResolvedType], as arguments: ResolvedType, in view: WorldView
  ) {
    self.function = function
    self.definition = definition
    self.types = types
    self.view = view
    known = .of(function, arguments)
  }

  /// The function with the argument types.
  public var specialization: String { known.text }
  /// The specialization's identity.
  public var instance: Digest { known.digest }

  /// The identity of a function. One SHA-256.
  fileprivate static func definition(of function: String) -> Digest {
    var builder = DigestBuilder(domain: "stagedhost.native-function.v1")
    builder.add("name", function)
    return builder.finalize()
  }

  /// What the function is.
  public var method: MethodDescription {
    MethodDescription(
      module: Method.module, table: MethodTable.global,
      signature: Signature(function: function, arguments: "(Any...)"), location: "native")
  }
}
