import CacheIdentity
import LoweredIR

extension WorldView {
  /// Answers a question in this world; `nil` if it names a type or table that does not exist, or is about a generated source.
  package func answer(_ question: Question) -> Answer? {
    switch question {
    case .binding(let module, let name): return module == Method.module ? answer(binding: name) : nil
    case .method(let table, let signature):
      guard let arguments = arguments(signature.arguments), definitions.tables.contains(table) else { return nil }
      let methods = definitions.methods(of: signature.function, in: table)
      guard let method = methods?.method(parameters: arguments, at: world) else { return Answer.none }
      return Answer(digest: method.digest, subject: method.subject)
    case .dispatch(let table, let signature):
      guard let arguments = arguments(signature.arguments), definitions.tables.contains(table) else { return nil }
      return dispatch(table: table, function: signature.function, arguments: arguments).selection.answer
    case .lookup(let table, let signature):
      guard let arguments = arguments(signature.arguments), definitions.tables.contains(table) else { return nil }
      return WorldView.answer(matches: matches(table: table, function: signature.function, arguments: arguments))
    case .source: return nil
    }
  }

  /// Whether the method with a method's signature is this one, or one that is defined equally.
  package func isInForce(_ method: Method) -> Bool {
    definitions.methods(of: method.function, in: method.table)?.method(parameters: method.parameters, at: world)?.digest
      == method.digest
  }

  /// All methods that a call can reach, as the answer to a lookup question.
  package static func answer(matches: [Method]) -> Answer { Matches.answer(matches) }

  /// The tuple type that the arguments of a signature name; `nil` if a type does not exist here.
  func arguments(_ text: String) -> ResolvedType? {
    guard text.hasPrefix("("), text.hasSuffix(")"),
      let expression = try? TypeExpression(parsing: "Tuple{\(text.dropFirst().dropLast())}")
    else { return nil }
    return try? types.resolve(expression)
  }
}
