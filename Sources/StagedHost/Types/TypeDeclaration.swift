import CacheIdentity
import LoweredIR

/// The declaration of a nominal type. An object's identity is the type's: a changed declaration is another type.
public final class TypeDeclaration: Sendable {
  /// What a declaration declares.
  package enum Kind: UInt8, Sendable {
    /// A type with subtypes and without values.
    case abstract
    /// A type whose values have fields.
    case structure
    /// A concrete type that exists from the start.
    case primitive
  }

  /// The type's name.
  public let name: String
  package let kind: Kind
  /// Names of the type parameters.
  public let parameters: [String]
  /// The fields as they are written; their types are looked up when they are needed, so that types can be recursive.
  package let fields: [StructDefinition.Field]
  /// For each parameter the first field whose type it is; `nil` if there is none.
  package let fieldsOfParameters: [Int?]
  /// The supertype as it is written; `nil` for `Any` itself.
  let supertype: TypeExpression?
  /// The declarations that the supertype names.
  let scope: [String: TypeDeclaration]
  /// The identity of the declaration, its supertypes' included: what subtyping and fields depend on.
  let digest: Digest

  /// Whether it exists from the start and cannot change.
  package var isPredeclared: Bool { TypeDeclaration.predeclared[name] === self }

  init(
    name: String, kind: Kind, parameters: [String], supertype: TypeExpression?, scope: [String: TypeDeclaration],
    fields: [StructDefinition.Field]
  ) {
    self.name = name
    self.kind = kind
    self.parameters = parameters
    self.supertype = supertype
    self.scope = scope
    self.fields = fields
    fieldsOfParameters = parameters.map { name in fields.firstIndex { $0.type == .named(name) } }
    var builder = DigestBuilder(domain: "stagedhost.type-declaration.v1")
    builder.add("name", name)
    builder.add("kind", Int64(kind.rawValue))
    for parameter in parameters { builder.add("parameter", parameter) }
    if let supertype { builder.add("supertype", supertype.description) }
    for (name, declaration) in scope.sorted(by: { $0.key < $1.key }) {
      builder.add("name", name)
      builder.add("declaration", declaration.digest)
    }
    for field in fields {
      builder.add("field", field.name)
      builder.add("type", field.type.description)
    }
    digest = builder.finalize()
  }

  /// Whether it has this name, or was declared with a type that has.
  func isDeclared(with name: String) -> Bool {
    self.name == name || scope.values.contains { $0.isDeclared(with: name) }
  }

  /// The nominal supertypes, from the nearest to `Any`, of the type with these parameters; of the bare name if there
  /// are none.
  func ancestors(_ arguments: [ResolvedType]?) throws(TypeProblem) -> [ResolvedType] {
    guard let supertype else { return [] }
    let parent: ResolvedType
    if let arguments {
      let bound = Dictionary(zip(parameters, arguments)) { first, _ in first }
      parent = try TypeEnvironment.resolve(supertype, declarations: scope, parameters: bound)
    } else if case .nominal(let name, let expressions) = supertype, !expressions.isEmpty, let declaration = scope[name]
    {
      parent = try .named(declaration)
    } else {
      parent = try TypeEnvironment.resolve(supertype, declarations: scope, parameters: [:])
    }
    return [parent] + parent.ancestors
  }
}
