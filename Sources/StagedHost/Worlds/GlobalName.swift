import CacheIdentity

/// A global name in one world. The world's view has one object for each name that was asked for.
package final class GlobalName: Sendable {
  /// The name.
  package let name: String
  /// What it means.
  package let meaning: Meaning
  /// Whether a definition has bound it.
  let isBound: Bool
  private let knownEdge = Lazy<Edge>()

  init(_ name: String, meaning: Meaning, isBound: Bool) {
    self.name = name
    self.meaning = meaning
    self.isBound = isBound
  }

  /// What reading the name asks; `view` is the one that it is from. `nil` if it exists from the start, which is the same
  /// in every world and no question.
  func edge(in view: WorldView) -> Edge? {
    if case .predeclared = meaning { return nil }
    return knownEdge.value { Edge(.binding(module: Method.module, name: name), view.answer(binding: name)) }
  }
}

/// What a global name means in a world.
public enum Meaning: Sendable {
  /// What a definition has bound to it: a constant, a type or a table.
  case bound(Value)
  /// Something that exists from the start, and so in every world.
  case predeclared(Value)
  /// A generic function, by its type. Its methods can change, but not that it is a function.
  case genericFunction(ResolvedType)
  /// Nothing.
  case nothing
}

extension Value {
  /// What a name means from the start, in every world: a type or a builtin.
  static func predeclared(_ name: String) -> Value? { predeclared[name] }

  private static let predeclared: [String: Value] = {
    var values = Dictionary(uniqueKeysWithValues: Builtin.allCases.map { ($0.rawValue, Value.builtin($0)) })
    let types = TypeEnvironment()
    for name in ["Tuple", "Union"] + TypeDeclaration.predeclared.keys {
      values[name] = (try? types.resolve(.named(name))).map { .type($0) }
    }
    return values
  }()
}
