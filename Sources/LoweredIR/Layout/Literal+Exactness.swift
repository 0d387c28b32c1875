extension Literal {
  /// A word that is the same for literals that are exactly equal.
  var trace: UInt64 {
    switch self {
    case .nothing: 1
    case .bool(let value): value ? 2 : 3
    case .int(let number): UInt64(bitPattern: number) &* 0x9e37_79b9_7f4a_7c15 ^ 4
    case .float(let bits): bits ^ 5
    case .string(let text): UInt64(text.utf8.count) << 8 | 6
    case .symbol(let text): UInt64(text.utf8.count) << 8 | 7
    case .type: 8
    case .syntax: 9
    }
  }

  /// Whether the two are equal to the byte: canonically equivalent strings are not. Quoted program is never compared.
  func isExactly(_ other: Literal) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)), (.symbol(let left), .symbol(let right)):
      left.utf8.elementsEqual(right.utf8)
    case (.type(let left), .type(let right)): left.isExactly(right)
    case (.syntax, _): false
    default: self == other
    }
  }
}

extension TypeExpression {
  fileprivate func isExactly(_ other: TypeExpression) -> Bool {
    switch (self, other) {
    case (.nominal(let left, let parameters), .nominal(let right, let others)):
      left.utf8.elementsEqual(right.utf8) && TypeExpression.areExactly(parameters, others)
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
