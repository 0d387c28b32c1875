import CacheIdentity
import LoweredIR
import StagedHost

/// What names mean in one world, as elements of the lattice; remembered by name. Of one interpreter's thread.
final class Meanings {
  let view: WorldView
  private let known = TraceTable<Meaning>()
  /// What the bindings of the last code were marked with.
  @exclusivity(unchecked) private var mark = 0

  init(in view: WorldView) { self.view = view }

  func callAsFunction(_ name: CodeLayout.Name) -> Meaning {
    if let known = known.find(name.trace.mixed, where: { $0.name.text == name.text }) { return known }
    let made = make(name)
    known.insert(made)
    return made
  }

  /// Gives the next code's bindings something to be marked with.
  func newMark() -> Int {
    mark += 1
    return mark
  }

  /// The names that were looked up.
  var all: [Meaning] { known.all }

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
final class Meaning: Traced {
  let name: CodeLayout.Name
  let trace: UInt
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
    trace = name.trace.mixed
    self.element = element
    self.changes = changes
    self.isFunction = isFunction
  }
}
