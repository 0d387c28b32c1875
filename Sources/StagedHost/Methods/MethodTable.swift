import CacheIdentity

/// The methods of all functions in one table, with the host worlds in which each is there.
///
/// For each signature the newest definition that was not deleted is in force; the older ones are kept, for deleting it
/// exposes them again (A3, A4). In each world at most one definition of a signature is in force (W2).
public struct MethodTable: Sendable {
  /// The name of the table that plain methods go to.
  public static let global = "global"

  private(set) var functions: [String: [MethodSlot]] = [:]
  private var changes: [String: [HostWorld]] = [:]

  /// The methods of a function that are in force in a world.
  func methods(of function: String, at world: HostWorld) -> [Method] {
    functions[function]?.compactMap { $0.method(at: world) } ?? []
  }

  /// Whether a function has a method in a world.
  func contains(_ function: String, at world: HostWorld) -> Bool {
    functions[function]?.contains { $0.method(at: world) != nil } ?? false
  }

  /// The worlds in which a method of a function came or went, ascending.
  func changes(of function: String) -> [HostWorld] { changes[function] ?? [] }

  private mutating func noteChange(of function: String, at world: HostWorld) {
    if changes[function]?.last != world { changes[function, default: []].append(world) }
  }

  /// The method with exactly these declared types.
  func method(_ function: String, parameters: ResolvedType, at world: HostWorld) -> Method? {
    functions[function]?.first { $0.parameters === parameters }?.method(at: world)
  }

  /// Adds a definition, in force from a world on. Returns the one that it shadows; linear in the function's signatures.
  mutating func add(_ method: Method, at world: HostWorld) -> Method? {
    noteChange(of: method.function, at: world)
    var slots = functions.removeValue(forKey: method.function) ?? []
    defer { functions[method.function] = slots }
    guard let position = slots.firstIndex(where: { $0.parameters === method.parameters }) else {
      slots.append(MethodSlot(method, at: world))
      return nil
    }
    let shadowed = slots[position].method(at: world)
    slots[position].add(method, at: world)
    return shadowed
  }

  /// Deletes the newest definition that has this identity. Returns what was in force before and what is now; `nil` if
  /// there is no such definition.
  mutating func delete(_ method: Method, at world: HostWorld) -> (before: Method?, after: Method?)? {
    guard let position = functions[method.function]?.firstIndex(where: { $0.parameters === method.parameters }) else {
      return nil
    }
    let before = functions[method.function]?[position].method(at: world)
    guard functions[method.function]?[position].delete(method.digest, at: world) == true else { return nil }
    let after = functions[method.function]?[position].method(at: world)
    if before !== after { noteChange(of: method.function, at: world) }
    return (before, after)
  }

  /// Ends all methods of a table from a world on and returns those that were in force, and those that they shadowed,
  /// oldest first for each signature.
  mutating func removeAll(where isRemoved: (Method) -> Bool, at world: HostWorld) -> [[Method]] {
    var removed: [[Method]] = []
    for (function, slots) in functions {
      for (position, slot) in slots.enumerated() where slot.definitions.contains(where: isRemoved) {
        removed.append(slot.definitions)
        noteChange(of: function, at: world)
        functions[function]?[position].clear(at: world)
      }
    }
    return removed
  }
}

/// The definitions of one signature.
struct MethodSlot: Sendable {
  private struct Version {
    let method: Method
    let from: HostWorld
    /// The first world in which it is no longer in force.
    var end: HostWorld
  }

  let parameters: ResolvedType
  /// The definitions that were not deleted, the one in force last.
  private(set) var definitions: [Method]
  private var versions: [Version]

  init(_ method: Method, at world: HostWorld) {
    parameters = method.parameters
    definitions = [method]
    versions = [Version(method: method, from: world, end: .open)]
  }

  /// The definition in force in a world.
  func method(at world: HostWorld) -> Method? {
    guard let version = versions.last(where: { $0.from <= world }), world < version.end else { return nil }
    return version.method
  }

  mutating func add(_ method: Method, at world: HostWorld) {
    definitions.append(method)
    put(method, at: world)
  }

  mutating func delete(_ digest: Digest, at world: HostWorld) -> Bool {
    guard let position = definitions.lastIndex(where: { $0.digest == digest }) else { return false }
    let wasInForce = position == definitions.count - 1
    definitions.remove(at: position)
    if wasInForce { put(definitions.last, at: world) }
    return true
  }

  mutating func clear(at world: HostWorld) {
    definitions = []
    put(nil, at: world)
  }

  private mutating func put(_ method: Method?, at world: HostWorld) {
    if let last = versions.last, last.end > world { versions[versions.count - 1].end = world }
    if let last = versions.last, last.from == world { versions.removeLast() }
    if let method { versions.append(Version(method: method, from: world, end: .open)) }
  }
}
