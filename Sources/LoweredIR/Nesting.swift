// Syntax, literals and types nest, and all that walks them recurses. The limit keeps every such walk far from the end of
// the stack: the parser, lowering, validation and the decoder refuse what is deeper.

/// How deep programs may nest.
public enum Nesting {
  /// The largest depth of syntax, literals and types together.
  public static let limit = 200
}

extension Syntax {
  /// Whether the syntax is at most `depth` deep. Visits each part once, and nothing below that depth.
  public func isNested(within depth: Int = Nesting.limit) -> Bool {
    guard depth > 0 else { return false }
    switch self {
    case .name: return true
    case .literal(let literal): return literal.isNested(within: depth - 1)
    case .form(_, let parts): return parts.allSatisfy { $0.isNested(within: depth - 1) }
    }
  }
}

extension Literal {
  /// Whether the types or the syntax in the literal are at most `depth` deep.
  public func isNested(within depth: Int = Nesting.limit) -> Bool {
    switch self {
    case .nothing, .bool, .int, .float, .string, .symbol: true
    case .type(let type): type.isNested(within: depth)
    case .syntax(let syntax): syntax.isNested(within: depth)
    }
  }
}

extension TypeExpression {
  /// Whether the type is at most `depth` deep.
  public func isNested(within depth: Int = Nesting.limit) -> Bool {
    guard depth > 0 else { return false }
    return switch self {
    case .integer: true
    case .nominal(_, let parts), .union(let parts): parts.allSatisfy { $0.isNested(within: depth - 1) }
    case .tuple(let parts, let tail):
      parts.allSatisfy { $0.isNested(within: depth - 1) } && tail?.isNested(within: depth - 1) ?? true
    }
  }
}
