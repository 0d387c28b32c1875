extension Definition: CustomStringConvertible {
  /// What is defined, on one line and without bodies.
  public var description: String {
    switch self {
    case .abstractType(let name, let supertype): "abstract \(Name.spelled(name))\(supertype.asSupertype)"
    case .structType(let definition): definition.description
    case .constant(let name, _): "const \(Name.spelled(name))"
    case .table(let name): "table \(Name.spelled(name))"
    case .method(let definition): definition.description
    }
  }
}

extension StructDefinition: CustomStringConvertible {
  /// The name with its parameters and the supertype.
  public var description: String {
    let list = parameters.isEmpty ? "" : "{\(parameters.map(Name.spelled).joined(separator: ", "))}"
    return "struct \(Name.spelled(name))\(list)\(supertype.asSupertype)"
  }
}

extension MethodDefinition: CustomStringConvertible {
  /// The table if it is an overlay, the kind and the ``signature``.
  public var description: String {
    let prefix = table.map { "overlay \(Name.spelled($0)) " } ?? ""
    return switch kind {
    case .plain: prefix + signature
    case .generated: "\(prefix)generated \(signature)"
    case .cachedGenerated: "\(prefix)cached generated \(signature)"
    }
  }

  /// The callee and the parameters as they are declared, such as `sum(first::Int64, rest::Number...)`.
  public var signature: String {
    let names = calleeName == nil ? code.arguments[...] : code.arguments.dropFirst()
    let parameters = zip(names, parameterTypes).map { name, type in
      (name.hasPrefix("#") ? "" : Name.spelled(name)) + (type == .any && !name.hasPrefix("#") ? "" : "::\(type)")
    }
    return "\(calleeText)(\(parameters.joined(separator: ", "))\(code.isVararg ? "..." : ""))"
  }

  private var calleeText: String {
    if let calleeName { return "(\(calleeName.hasPrefix("#") ? "" : Name.spelled(calleeName))::\(callee))" }
    return callee.functionName.map(Name.spelledFunction) ?? "(::\(callee))"
  }
}

extension TypeExpression {
  /// The name of the generic function whose singleton type this is, if it is one: `sin` of `typeof(sin)`.
  public var functionName: String? {
    guard case .nominal(let name, let parameters) = self, parameters.isEmpty, name.hasPrefix("typeof("),
      name.hasSuffix(")")
    else { return nil }
    return String(name.dropFirst("typeof(".count).dropLast())
  }

  fileprivate var asSupertype: String { self == .any ? "" : " <: \(self)" }
}
