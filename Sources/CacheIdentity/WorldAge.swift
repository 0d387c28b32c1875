/// A world age of a store's lineage: the number of a state of all answers. Worlds start at 1 and only grow (W1).
public struct WorldAge: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number, as it stands in the store.
  public let number: Int64

  /// Wraps the number of a world.
  public init(_ number: Int64) { self.number = number }

  /// The first world of every lineage.
  public static var first: WorldAge { WorldAge(1) }
  /// The upper bound of a range that nothing has closed yet; no world has this number.
  public static var open: WorldAge { WorldAge(.max) }

  /// The world after this one.
  public var next: WorldAge { WorldAge(number + 1) }
  /// The world before this one.
  public var previous: WorldAge { WorldAge(number - 1) }

  /// Order of ages.
  public static func < (left: WorldAge, right: WorldAge) -> Bool { left.number < right.number }

  /// The number, or `∞` for the open bound.
  public var description: String { self == .open ? "∞" : String(number) }
}

/// A world counter value of the host's own process. It means nothing in another process (Julia manual, "World age in
/// general"), so a session maps it to the store's ``WorldAge`` when it attaches.
public struct HostWorld: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The host's number; Julia's are unsigned 64-bit.
  public let number: UInt64

  /// Wraps a host's number.
  public init(_ number: UInt64) { self.number = number }

  /// The bound of a host's range that has no end.
  public static let open = HostWorld(.max)

  /// Order of ages.
  public static func < (left: HostWorld, right: HostWorld) -> Bool { left.number < right.number }

  /// The number, or `∞` for the open bound.
  public var description: String { self == .open ? "∞" : String(number) }
}
