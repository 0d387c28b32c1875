/// A piece of surface program as data: what the parser reads, what `quote` makes, and what a generator returns.
///
/// Heads of forms and their parts are listed in `docs/language.md`; ``Lowering`` turns syntax into ``LoweredCode``.
public indirect enum Syntax: Hashable, Sendable {
  /// A constant.
  case literal(Literal)
  /// A variable: an argument or local if the code has one of that name, else a global binding.
  case name(String)
  /// A compound form, such as `("call", [f, x])`.
  case form(String, [Syntax])
}

/// A constant that code can contain.
public enum Literal: Hashable, Sendable {
  /// `nothing`
  case nothing
  /// `true`, `false`
  case bool(Bool)
  /// `42`
  case int(Int64)
  /// `1.5`, kept by its bits, so that NaN equals itself and the zeros differ.
  case float(bits: UInt64)
  /// `"text"`
  case string(String)
  /// `:name`
  case symbol(String)
  /// A type.
  case type(TypeExpression)
  /// Quoted program.
  case syntax(Syntax)

  /// A floating-point constant.
  public static func float(_ value: Double) -> Literal { .float(bits: value.bitPattern) }
}
