import CacheIdentity
import LoweredIR
import StagedHost

/// What names mean in one world, as elements of the lattice; remembered by name. Of one interpreter's thread.
final class Meanings {
  let view: WorldView
  /// A hash table by the names' traces: a power of two of places, at most half of them taken.
  @exclusivity(unchecked) private var places = [Meaning?](repeating: nil, count: 1 << 9)
  @exclusivity(unchecked) private var count = 0
  /// What the bindings of the last code were marked with.
  @exclusivity(unchecked) private var mark = 0

  init(in view: WorldView) { self.view = view }

  func callAsFunction(_ name: CodeLayout.Name) -> Meaning {
    let place = place(of: name)
    if let known = places[place] { return known }
    let made = make(name)
    places[place] = made
    count += 1
    if count * 2 > places.count { grow() }
    return made
  }

  /// Gives the next code's bindings something to be marked with.
  func newMark() -> Int {
    mark += 1
    return mark
  }

  /// Where a name is, or is to be.
  private func place(of name: CodeLayout.Name) -> Int {
    var place = Int(truncatingIfNeeded: name.trace) & (places.count - 1)
    while let other = places[place], other.name.trace != name.trace || other.name.text != name.text {
      place = (place + 1) & (places.count - 1)
    }
    return place
  }

  private func grow() {
    let known = places
    places = [Meaning?](repeating: nil, count: 2 * known.count)
    for meaning in known {
      if let meaning { places[place(of: meaning.name)] = meaning }
    }
  }

  /// The names that were looked up.
  var all: some Sequence<Meaning> { places.lazy.compactMap { $0 } }

  private func make(_ name: CodeLayout.Name) -> Meaning {
    let (meaning, changes) = view.meaningAsked(of: name.text)
    return switch meaning {
    case .predeclared(let value): Meaning(name, LatticeElement(value: value), changes: nil)
    case .bound(let value): Meaning(name, LatticeElement(value: value), changes: changes)
    case .genericFunction(let type): Meaning(name, LatticeElement(type), changes: changes, isFunction: true)
    case .nothing: Meaning(name, .bottom, changes: changes)
    }
  }
}

/// What a name means in one world.
final class Meaning {
  let name: CodeLayout.Name
  let element: LatticeElement
  /// The worlds in which it may have changed; `nil` if the name means the same in every world.
  let changes: [HostWorld]?
  /// Whether it is a generic function: that cannot change while it is called.
  let isFunction: Bool
  /// What a result rests on that uses it, once one does.
  @exclusivity(unchecked) var dependency: Dependency?
  @exclusivity(unchecked) var mark = 0

  var canChange: Bool { changes != nil }

  init(_ name: CodeLayout.Name, _ element: LatticeElement, changes: [HostWorld]?, isFunction: Bool = false) {
    self.name = name
    self.element = element
    self.changes = changes
    self.isFunction = isFunction
  }
}
