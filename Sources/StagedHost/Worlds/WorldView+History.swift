import CacheIdentity

// How long answers hold, and what changed between two worlds: what inference needs to say in which worlds a result holds.

extension WorldView {
  /// The widest range of worlds around this one in which calls of a function in a table are answered the same (W3). `isSame` says
  /// whether another world's answer is. Asked once for each neighbouring world in which a method of the function came or
  /// went, until one differs.
  package func range(
    ofFunction function: String, in table: String, where isSame: (HostWorld) -> Bool
  ) -> ClosedRange<HostWorld> {
    range(among: definitions.methods(of: function, in: table)?.changes ?? [], where: isSame)
  }

  /// The same for a call that was asked for.
  package func range(of dispatch: Dispatch, where isSame: (HostWorld) -> Bool) -> ClosedRange<HostWorld> {
    range(among: dispatch.changes, where: isSame)
  }

  /// The widest range of worlds around this one in which a name is bound to the same.
  package func range(ofBinding name: String) -> ClosedRange<HostWorld> {
    let (meaning, changes) = meaningAsked(of: name)
    if case .nothing = meaning { return range(ofBinding: name, changedIn: changes, isNothing: true) }
    return range(ofBinding: name, changedIn: changes, isNothing: false)
  }

  /// The same for a name that was looked up: when it may have changed, and whether it means nothing in this world.
  package func range(
    ofBinding name: String, changedIn changes: [HostWorld], isNothing: Bool
  ) -> ClosedRange<HostWorld> {
    range(among: changes) { world in
      // Before the first definition nothing is bound but what exists from the start.
      world > HostWorld(1) ? knownView(at: world).answer(binding: name) == answer(binding: name) : isNothing
    }
  }

  /// The worlds from this one on that are known to be no different from it in anything.
  package var worldsWithoutChange: ClosedRange<HostWorld> {
    world...(definitions.world > world ? world : HostWorld.open)
  }

  /// The worlds around this one in which every type that it knows is the same. What fields a struct type has is no question of
  /// its own: their types are looked up by name.
  package var rangeOfTypes: ClosedRange<HostWorld> { definitions.rangeOfTypes(around: world) }

  /// What changed after an earlier world of the same host until this one; `nil` for anything, for a type was declared again.
  package func subjects(changedAfter earlier: HostWorld) -> Set<Subject>? {
    rangeOfTypes.contains(earlier) ? definitions.subjects(changedIn: HostWorld(earlier.number + 1)...world) : nil
  }

  /// The view of any world that its definitions know, be it later.
  package func knownView(at world: HostWorld) -> WorldView {
    WorldView(definitions, at: world, natives: natives, output: output)
  }

  private func range(
    among changes: [HostWorld], where isSame: (HostWorld) -> Bool
  ) -> ClosedRange<HostWorld> {
    var reached = 0
    while reached < changes.count, changes[reached] <= world { reached += 1 }
    var low = HostWorld(1)
    for position in stride(from: reached - 1, through: 0, by: -1) {
      let before = position > 0 ? changes[position - 1] : HostWorld(1)
      if changes[position] == HostWorld(1) || isSame(before) { continue }
      low = changes[position]
      break
    }
    for position in reached..<changes.count where !isSame(changes[position]) {
      return low...HostWorld(changes[position].number - 1)
    }
    return low...HostWorld.open
  }
}
