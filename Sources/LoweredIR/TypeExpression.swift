/// A type as it is written: a nominal type with parameters, a union, a tuple, or an integer parameter.
///
/// Types are compared as they are written; `StagedHost` resolves names against the types that a world knows.
public indirect enum TypeExpression: Hashable, Sendable {
  /// `Int64`, `Array{Float64}`, `typeof(sin)` (the type of the generic function `sin`, a nominal type of that name).
  case nominal(String, [TypeExpression])
  /// `Union{A, B}`; `Union{}` has no member.
  case union([TypeExpression])
  /// `Tuple{A, B}`; with a tail, `Tuple{A, B...}`: any number of further members of that type.
  case tuple([TypeExpression], tail: TypeExpression?)
  /// An integer in the place of a type parameter: the `3` of `Val{3}`.
  case integer(Int64)

  /// A nominal type without parameters.
  public static func named(_ name: String) -> TypeExpression { .nominal(name, []) }
  /// The type that every value has.
  public static let any = TypeExpression.named("Any")
  /// The singleton type of the generic function with this name.
  public static func function(_ name: String) -> TypeExpression { .named("typeof(\(name))") }
}
