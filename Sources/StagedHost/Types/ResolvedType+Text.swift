import LoweredIR

extension ResolvedType {
  /// The type as an expression; resolving it in a world with the same declarations gives the type again.
  public var expression: TypeExpression {
    switch shape {
    case .nominal(let declaration, let parameters): .nominal(declaration.name, parameters.map(\.expression))
    case .anyInstance(let declaration): .named(declaration.name)
    case .union(let members): .union(members.map(\.expression))
    case .tuple(let parts, let tail): .tuple(parts.map(\.expression), tail: tail?.expression)
    case .integer(let number): .integer(number)
    case .singleton(let type): .nominal("Type", [type.expression])
    case .function(let name): .function(name)
    case .table(let name): .nominal("Table", [.named(name)])
    }
  }

  /// Calls `visit` with each declaration that the type is written with.
  package func forEachDeclaration(_ visit: (TypeDeclaration) -> Void) {
    switch shape {
    case .nominal(let declaration, let parameters):
      visit(declaration)
      for parameter in parameters { parameter.forEachDeclaration(visit) }
    case .anyInstance(let declaration): visit(declaration)
    case .union(let parts): for part in parts { part.forEachDeclaration(visit) }
    case .tuple(let parts, let tail):
      for part in parts { part.forEachDeclaration(visit) }
      tail?.forEachDeclaration(visit)
    case .singleton(let type): type.forEachDeclaration(visit)
    case .integer, .function, .table: break
    }
  }
}

extension ResolvedType: CustomStringConvertible {
  /// The canonical text. Built once for each type.
  public var description: String { text.value { expression.description } }
}
