import CacheIdentity
import LoweredIR

/// A method in a table: its definition with its types looked up in the world that it was defined in.
public final class Method: Sendable {
  /// The definition.
  public let definition: MethodDefinition
  /// The definition's identity.
  public let digest: Digest
  /// The table that holds it.
  public let table: String
  /// The function that it belongs to, see ``Callee``.
  public let function: String
  /// The declared types of all arguments as a tuple type; the first is the callee's if values of a struct are called.
  public let parameters: ResolvedType
  /// Whether the first argument type is that of the called value.
  package let startsWithCallee: Bool
  /// The declared signature in canonical text.
  public let signature: Signature
  /// The table and the signature: what a source that is made from the method names for the limits of inference (F1).
  package let nameForInferenceLimits: String
  /// The method and where it is: `sin(x::Float64) at trig.ir:12`.
  public let subject: String

  init(_ definition: MethodDefinition, digest: Digest, callee: Callee, parameters: ResolvedType) {
    self.definition = definition
    self.digest = digest
    table = definition.table ?? MethodTable.global
    function = callee.function
    self.parameters = parameters
    startsWithCallee = callee.argument != nil
    signature = Signature(function: function, arguments: parameters.argumentText)
    nameForInferenceLimits = "\(table) \(signature)"
    subject = "\(function)(\(definition.argumentList)) at \(definition.location.file):\(definition.location.line)"
  }

  /// What the method is, for people.
  public var description: MethodDescription {
    MethodDescription(
      module: Method.module, table: table, signature: signature, location: definition.location.description)
  }

  /// The one module of the language.
  package static let module = "Main"
}

extension MethodDefinition {
  /// The arguments as they are written.
  fileprivate var argumentList: String {
    let names = calleeName == nil ? code.arguments[...] : code.arguments.dropFirst()
    return zip(names, parameterTypes).enumerated().map { position, argument in
      let tail = code.isVararg && position == parameterTypes.count - 1 ? "..." : ""
      return argument.1 == .any ? argument.0 + tail : "\(argument.0)::\(argument.1)\(tail)"
    }.joined(separator: ", ")
  }
}

/// What is called, as far as it selects among functions.
///
/// A function is named by its name, a constructor by its type's. The methods for values of a struct type `S` form the
/// function `(::S)`, whose first argument is the value that is called.
public struct Callee: Sendable {
  /// The function's name.
  public let function: String
  /// The type of the called value where it is an argument.
  public let argument: ResolvedType?

  private init(function: String, argument: ResolvedType? = nil) {
    self.function = function
    self.argument = argument
  }

  /// The callee that a value of this type is; `nil` if it cannot have methods. A type with parameters has none: calling
  /// it constructs.
  public init?(_ type: ResolvedType) {
    switch type.shape {
    case .function(let name): self.init(function: name)
    case .singleton(let constructed):
      switch constructed.shape {
      case .nominal(let declaration, let parameters) where parameters.isEmpty: self.init(function: declaration.name)
      case .anyInstance(let declaration): self.init(function: declaration.name)
      default: return nil
      }
    case .nominal(let declaration, _) where declaration.kind == .structure,
      .anyInstance(let declaration) where declaration.kind == .structure:
      self.init(function: "(::\(declaration.name))", argument: type)
    default: return nil
    }
  }

  /// The argument types of a call as a tuple type.
  public func arguments(_ types: [ResolvedType]) throws(TypeProblem) -> ResolvedType { try arguments(types[...]) }

  /// The argument types of a call as a tuple type.
  package func arguments(_ types: ArraySlice<ResolvedType>) throws(TypeProblem) -> ResolvedType {
    try arguments(of: types.map { .passUnretained($0) }, tail: nil)
  }

  /// The argument types of a call as a tuple type, with the type of any number of further ones.
  package func arguments(
    of types: [Unmanaged<ResolvedType>], tail: ResolvedType?
  ) throws(TypeProblem) -> ResolvedType {
    try .tuple(of: argument.map { [.passUnretained($0)] + types } ?? types, tail: tail)
  }
}

extension ResolvedType {
  /// A tuple type as the arguments of a signature: `(Int64, Number...)`. Built once for each type.
  package var argumentText: String {
    arguments.value {
      guard case .tuple(let parts, let tail) = shape else { return "(\(description))" }
      let texts = parts.map(\.description) + (tail.map { [$0.description + "..."] } ?? [])
      return "(" + texts.joined(separator: ", ") + ")"
    }
  }
}
