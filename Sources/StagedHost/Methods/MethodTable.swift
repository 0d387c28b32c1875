import CacheIdentity

/// Where methods are: one table for all plain ones, and any number of overlay tables.
public enum MethodTable {
  /// The name of the table that plain methods go to.
  public static let global = "global"
}

/// The methods of one function in one table, with the host worlds in which each is there.
///
/// For each signature the newest definition that was not deleted is in force; the older ones are kept, for deleting it
/// exposes them again (A3, A4). In each world at most one definition of a signature is in force (W2).
struct FunctionMethods: Sendable {
  let table: String
  /// One for each signature.
  private(set) var slots: [MethodSlot] = []
  /// The worlds in which a method came or went, ascending.
  private(set) var changes: [HostWorld] = []

  init(in table: String) { self.table = table }

  /// The methods that are in force in a world.
  func methods(at world: HostWorld) -> some Sequence<Method> { slots.lazy.compactMap { $0.method(at: world) } }

  /// Whether there is a method in a world.
  func isDefined(at world: HostWorld) -> Bool { slots.contains { $0.method(at: world) != nil } }

  /// The method with exactly these declared types.
  func method(parameters: ResolvedType, at world: HostWorld) -> Method? {
    slots.first { $0.parameters === parameters }?.method(at: world)
  }

  private mutating func noteChange(at world: HostWorld) {
    if changes.last != world { changes.append(world) }
  }

  /// Adds a definition, in force from a world on. Returns the one that it shadows; linear in the function's signatures.
  mutating func add(_ method: Method, at world: HostWorld) -> Method? {
    noteChange(at: world)
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
    guard let position = slots.firstIndex(where: { $0.parameters === method.parameters }) else { return nil }
    let before = slots[position].method(at: world)
    guard slots[position].delete(method.digest, at: world) else { return nil }
    let after = slots[position].method(at: world)
    if before !== after { noteChange(at: world) }
    return (before, after)
  }

  /// Ends all methods of the signatures for which there is one like this, from a world on. Returns those that were in force and
  /// those that they shadowed, oldest first for each signature.
  mutating func removeAll(where isRemoved: (Method) -> Bool, at world: HostWorld) -> [[Method]] {
    var removed: [[Method]] = []
    for (position, slot) in slots.enumerated() where slot.definitions.contains(where: isRemoved) {
      removed.append(slot.definitions)
      noteChange(at: world)
      slots[position].clear(at: world)
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
