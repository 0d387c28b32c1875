extension SyntaxPrinter {
  mutating func writeCall(_ callee: Syntax, _ arguments: [Syntax], _ minimum: Precedence) {
    let hasSplat = arguments.contains(where: \.isSplat)
    if case .name(let name) = callee, !hasSplat {
      if arguments.count == 2, let precedence = Name.infixPrecedence(name) {
        return writeInfix(name == "colon" ? ":" : name, arguments[0], arguments[1], precedence, minimum)
      }
      if arguments.count == 1, name == "-" || name == "!" {
        return parenthesize(.unary, minimum) { printer in
          printer.text += name + "("
          printer.write(arguments[0], .conditional)
          printer.text += ")"
        }
      }
      if arguments.count == 2, name == "getfield", case .literal(.symbol(let field)) = arguments[1] {
        write(arguments[0], .postfix)
        return text += "." + Name.spelled(field)
      }
      if arguments.count == 1, name == "tuple" { return writeBracketed(arguments, "(", ",)") }
      if name == "tuple" { return writeBracketed(arguments, "(", ")") }
    }
    if case .name(let name) = callee {
      if name == "vector" { return writeBracketed(arguments, "[", "]") }
      if let first = arguments.first, !first.isSplat, name == "getindex" || name == "apply_type" && !first.isType {
        write(first, .postfix)
        let rest = Array(arguments.dropFirst())
        return name == "getindex" ? writeBracketed(rest, "[", "]") : writeBracketed(rest, "{", "}")
      }
      text += Name.spelledFunction(name)
    } else {
      write(callee, .postfix)
    }
    writeBracketed(arguments, "(", ")")
  }

  private mutating func writeBracketed(_ parts: [Syntax], _ open: String, _ close: String) {
    text += open
    writeList(parts, .conditional, allowsSplats: true)
    text += close
  }

  mutating func writeInfix(
    _ mark: String, _ left: Syntax, _ right: Syntax, _ precedence: Precedence, _ minimum: Precedence
  ) {
    let isRightAssociative = precedence == .power
    parenthesize(precedence, minimum) { printer in
      let leftMinimum = precedence.isNonassociative || isRightAssociative ? precedence.tighter : precedence
      printer.write(left, leftMinimum)
      printer.text += " \(mark) "
      printer.write(right, isRightAssociative ? .unary : precedence.tighter)
    }
  }
}

extension Name {
  /// The precedence of calls of this function that are written between their two arguments.
  static func infixPrecedence(_ function: String) -> Precedence? {
    if function == "colon" { return .range }
    if function == "^" { return .power }
    guard let mark = Mark(rawValue: function), mark.function != nil else { return nil }
    return mark.infixPrecedence
  }
}
