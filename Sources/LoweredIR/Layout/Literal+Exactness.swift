extension Literal {
  /// Whether the two are equal to the byte: canonically equivalent strings are not. Quoted program is never compared.
  func isExactly(_ other: Literal) -> Bool {
    switch (self, other) {
    case (.int(let left), .int(let right)): left == right
    case (.float(let left), .float(let right)): left == right
    case (.bool(let left), .bool(let right)): left == right
    case (.nothing, .nothing): true
    case (.string(let left), .string(let right)), (.symbol(let left), .symbol(let right)):
      ExactText.areEqual(left, right)
    case (.type(let left), .type(let right)): left.isExactly(right)
    default: false
    }
  }
}

extension TypeExpression {
  fileprivate func isExactly(_ other: TypeExpression) -> Bool {
    switch (self, other) {
    case (.nominal(let left, let parameters), .nominal(let right, let others)):
      ExactText.areEqual(left, right) && TypeExpression.areExactly(parameters, others)
    case (.union(let members), .union(let others)): TypeExpression.areExactly(members, others)
    case (.tuple(let members, nil), .tuple(let others, nil)): TypeExpression.areExactly(members, others)
    case (.tuple(let members, let tail?), .tuple(let others, let last?)):
      TypeExpression.areExactly(members, others) && tail.isExactly(last)
    case (.integer(let left), .integer(let right)): left == right
    default: false
    }
  }

  private static func areExactly(_ left: [TypeExpression], _ right: [TypeExpression]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.isExactly($1) }
  }
}
