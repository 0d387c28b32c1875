extension Lowerer {
  /// Lowers quoted syntax: makes calls of `_syntax` for forms that contain interpolations; `nil` if there are none.
  ///
  /// `quotes` counts the quotes around: an interpolation belongs to the innermost one, and is evaluated when that is the
  /// outermost one, whose value is wanted.
  mutating func lowerQuoted(_ syntax: Syntax, quotes: Int) throws(LoweringError) -> Operand? {
    guard case .form(let head, let parts) = syntax else { return nil }
    if head == "$", quotes == 1 { return try lowerValue(try interpolated(parts)) }
    let inner = head == "quote" ? quotes + 1 : head == "$" ? quotes - 1 : quotes
    var arguments: [(operand: Operand?, isSplat: Bool)] = []
    arguments.reserveCapacity(parts.count)
    for part in parts {
      if inner == 1, case .form("$", let content) = part {
        let (value, isSplat) = try interpolated(content).splatted()
        arguments.append((hold(try lowerValue(value), if: variables.assignsWithinOperands), isSplat))
      } else {
        arguments.append((try lowerQuoted(part, quotes: inner), false))
      }
    }
    guard arguments.contains(where: { $0.operand != nil }) else { return nil }
    let operands = zip(parts, arguments).map { part, argument in argument.operand ?? .literal(.syntax(part)) }
    guard arguments.contains(where: \.isSplat) else {
      return emit(.value(.call(.global("_syntax"), [.literal(.symbol(head))] + operands)))
    }
    var splatted = SplattedArguments()
    splatted.add(.literal(.symbol(head)), isSplat: false)
    for (operand, argument) in zip(operands, arguments) { splatted.add(operand, isSplat: argument.isSplat) }
    return emit(.value(emitApply(.global("_syntax"), splatted)))
  }

  private func interpolated(_ parts: [Syntax]) throws(LoweringError) -> Syntax {
    guard parts.count == 1 else { throw .wrongPartCount(head: "$", found: parts.count) }
    return parts[0]
  }
}
