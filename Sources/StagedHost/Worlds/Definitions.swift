import CacheIdentity
import LoweredIR

/// All definitions of a host, of every world until now. A value: a change is made to a copy and then published whole,
/// so no reader sees half of one (A5), and a reader that keeps its copy keeps its worlds (A2).
struct Definitions: Sendable {
  /// The newest world.
  var world = HostWorld(1)
  /// The digest over what is in force in the newest world.
  var state = StateDigest()
  /// The method tables by name, the global one among them.
  var tables: [String: MethodTable] = [MethodTable.global: MethodTable()]
  private var bindings: [String: [BindingVersion]] = [:]
  private var environments = [(from: HostWorld(0), types: TypeEnvironment())]

  private struct BindingVersion {
    let from: HostWorld
    let binding: Binding
  }

  /// The types of a world.
  func types(at world: HostWorld) -> TypeEnvironment {
    environments.last { $0.from <= world }?.types ?? environments[0].types
  }

  /// What a definition has bound to a name in a world.
  func binding(_ name: String, at world: HostWorld) -> Binding? {
    bindings[name]?.last { $0.from <= world }?.binding
  }

  /// The names that have been bound.
  var boundNames: some Collection<String> { bindings.keys }

  /// The worlds in which a name was bound, ascending.
  func bindingChanges(of name: String) -> [HostWorld] { bindings[name]?.map(\.from) ?? [] }

  /// The worlds around one in which no type of it is another one, or missing.
  func rangeOfTypes(around world: HostWorld) -> ClosedRange<HostWorld> {
    let present = environments.lastIndex { $0.from <= world } ?? 0
    var (first, last) = (present, present)
    while first > 0, environments[first].types.extends(environments[first - 1].types) { first -= 1 }
    while last + 1 < environments.count, environments[last + 1].types.extends(environments[last].types) { last += 1 }
    let end = last + 1 < environments.count ? HostWorld(environments[last + 1].from.number - 1) : .open
    return max(HostWorld(1), environments[first].from)...end
  }

  /// Whether a name is that of a function with a method in some table.
  func isFunction(_ name: String, at world: HostWorld) -> Bool {
    tables.values.contains { $0.contains(name, at: world) }
  }

  /// Binds a name from a world on. Returns what it was bound to.
  mutating func bind(_ name: String, to binding: Binding, at world: HostWorld) {
    if let old = self.binding(name, at: world) { state.remove(old.digest(of: name)) }
    bindings[name, default: []].removeAll { $0.from == world }
    bindings[name, default: []].append(BindingVersion(from: world, binding: binding))
    state.insert(binding.digest(of: name))
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
