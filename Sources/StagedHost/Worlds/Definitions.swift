import CacheIdentity
import LoweredIR

/// All definitions of a host, of every world until now. A value: a change is made to a copy and then published whole,
/// so no reader sees half of one (A5), and a reader that keeps its copy keeps its worlds (A2).
struct Definitions: Sendable {
  /// The newest world.
  var world = HostWorld(1)
  /// The digest over what is in force in the newest world.
  var state = StateDigest()
  /// The names of the method tables, the global one's among them.
  private(set) var tables: Set<String> = [MethodTable.global]
  private var names: [String: NameHistory] = [:]
  private var environments = [(from: HostWorld(0), types: TypeEnvironment())]

  /// The types of a world.
  func types(at world: HostWorld) -> TypeEnvironment {
    environments.last { $0.from <= world }?.types ?? environments[0].types
  }

  /// All that was ever said of a name; `nil` if nothing was.
  func history(of name: String) -> NameHistory? { names[name] }

  /// What a definition has bound to a name in a world.
  func binding(_ name: String, at world: HostWorld) -> Binding? { names[name]?.binding(at: world) }

  /// Whether a name is that of a function with a method in some table.
  func isFunction(_ name: String, at world: HostWorld) -> Bool { names[name]?.isFunction(at: world) ?? false }

  /// The methods of a function in a table.
  func methods(of function: String, in table: String) -> FunctionMethods? { names[function]?.methods(in: table) }

  /// What changed in some worlds, types that were declared again excepted.
  func subjects(changedIn worlds: ClosedRange<HostWorld>) -> Set<Subject> {
    var subjects: Set<Subject> = []
    for (name, history) in names {
      for methods in history.methods where methods.changes.contains(where: worlds.contains) {
        subjects.insert(.function(table: methods.table, name: name))
        subjects.insert(.binding(module: Method.module, name: name))
      }
      if history.isBound(in: worlds) { subjects.insert(.binding(module: Method.module, name: name)) }
    }
    return subjects
  }

  /// The worlds around one in which no type of it is another one, or missing.
  func rangeOfTypes(around world: HostWorld) -> ClosedRange<HostWorld> {
    let present = environments.lastIndex { $0.from <= world } ?? 0
    var (first, last) = (present, present)
    while first > 0, environments[first].types.extends(environments[first - 1].types) { first -= 1 }
    while last + 1 < environments.count, environments[last + 1].types.extends(environments[last].types) { last += 1 }
    let end = last + 1 < environments.count ? HostWorld(environments[last + 1].from.number - 1) : .open
    return max(HostWorld(1), environments[first].from)...end
  }

  /// Binds a name from a world on.
  mutating func bind(_ name: String, to binding: Binding, at world: HostWorld) {
    if let old = self.binding(name, at: world) { state.remove(old.digest(of: name)) }
    names[name, default: NameHistory(of: name)].bind(to: binding, at: world)
    state.insert(binding.digest(of: name))
  }

  /// Adds a table without methods.
  mutating func addTable(_ name: String) { tables.insert(name) }

  /// Changes the methods of a function in a table.
  mutating func withMethods<Result>(
    of function: String, in table: String, _ body: (inout FunctionMethods) -> Result
  ) -> Result {
    names[function, default: NameHistory(of: function)].withMethods(in: table, body)
  }

  /// Ends all methods from a world on that share their signature with one like this. Returns them and those that they shadowed, oldest
  /// first for each signature.
  mutating func removeMethods(where isRemoved: (Method) -> Bool, at world: HostWorld) -> [[Method]] {
    var removed: [[Method]] = []
    for name in names.keys.sorted() {
      for table in names[name]?.methods.map(\.table) ?? [] {
        removed += withMethods(of: name, in: table) { $0.removeAll(where: isRemoved, at: world) }
      }
    }
    return removed
  }

  /// Takes new types in from a world on.
  mutating func setTypes(_ types: TypeEnvironment, at world: HostWorld) {
    environments.removeAll { $0.from == world }
    environments.append((world, types))
  }
}

/// What a definition binds to a name.
enum Binding: Sendable {
  /// A constant's value, and its digest.
  case constant(Value, Digest)
  /// A type.
  case type(TypeDeclaration)
  /// An overlay table.
  case table

  /// What the binding says, with its name: an ingredient of the state digest.
  func digest(of name: String) -> Digest {
    var builder = DigestBuilder(domain: "stagedhost.binding.v1")
    builder.add("name", name)
    builder.add("answer", answer(of: name).digest)
    return builder.finalize()
  }

  /// The binding as an answer.
  func answer(of name: String) -> Answer {
    switch self {
    case .constant(let value, let digest): Answer(digest: digest, subject: "\(name) = \(value.summary)")
    case .type(let declaration): Answer(digest: declaration.digest, subject: "the type \(name)")
    case .table: Answer(digest: Binding.fixed("table", name), subject: "the table \(name)")
    }
  }

  /// The answer of a name that is bound to a generic function: it says no more than that.
  static func functionAnswer(_ name: String) -> Answer {
    Answer(digest: fixed("function", name), subject: "the function \(name)")
  }

  /// The answer of a name that exists from the start.
  static func predeclaredAnswer(_ name: String) -> Answer {
    Answer(digest: fixed("predeclared", name), subject: "\(name), which exists from the start")
  }

  private static func fixed(_ kind: String, _ name: String) -> Digest {
    var builder = DigestBuilder(domain: "stagedhost.fixed-binding.v1")
    builder.add("kind", kind)
    builder.add("name", name)
    return builder.finalize()
  }
}

extension Value {
  /// The beginning of the value's text, for a list of edges.
  fileprivate var summary: String {
    let text = description
    return text.count > 60 ? text.prefix(60) + "…" : text
  }
}
