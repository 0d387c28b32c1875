extension Literal {
  /// A word that is the same for literals that are exactly equal.
  var trace: UInt64 {
    switch self {
    case .nothing: 1
    case .bool(let value): value ? 2 : 3
    case .int(let number): Literal.trace(of: number)
    case .float(let bits): bits ^ 5
    case .string(let text): Literal.trace(ofString: UInt64(CodeLayout.Name(text).trace))
    case .symbol(let text): Literal.trace(ofSymbol: UInt64(CodeLayout.Name(text).trace))
    case .type: 8
    case .syntax: 9
    }
  }

  static func trace(of number: Int64) -> UInt64 { UInt64(bitPattern: number) &* 0x9e37_79b9_7f4a_7c15 ^ 4 }

  /// The same for a string, or a symbol, whose bytes have a hash.
  static func trace(ofString hash: UInt64) -> UInt64 { hash << 1 ^ 6 }
  static func trace(ofSymbol hash: UInt64) -> UInt64 { hash << 1 ^ 7 }

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
