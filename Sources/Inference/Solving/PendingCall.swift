import StagedHost

/// A call under way: what is called, and which of the things that it can reach it has come to.
///
/// An object that is used for one call after the other, so that a call allocates nothing. Belongs to one interpreter.
final class PendingCall {
  @exclusivity(unchecked) var callee = LatticeElement.bottom
  @exclusivity(unchecked) var arguments = CallArguments(elements: [])
  /// What it can reach, and how many of several targets are done.
  @exclusivity(unchecked) var resolved: ResolvedCall?
  @exclusivity(unchecked) var next = 0
  /// The join of what those gave.
  @exclusivity(unchecked) var value = LatticeElement.bottom
  /// The frame that the next one waits for.
  @exclusivity(unchecked) var awaited: Frame?
  /// What the next one gave without constants, if it is inferred again with them.
  @exclusivity(unchecked) var general: InferenceResult?
  /// Whether recursion is limited, and a wider instance is inferred in the place of the next one.
  @exclusivity(unchecked) var isLimited = false

  /// Sets all arguments, in the place of those of an earlier call.
  @inline(__always)
  func setArguments(_ count: Int, _ argument: (Int) -> LatticeElement) {
    while arguments.elements.count > count { arguments.elements.removeLast() }
    let known = arguments.elements.count
    for position in 0..<known { arguments.elements[position] = argument(position) }
    for position in known..<count { arguments.elements.append(argument(position)) }
  }

  /// Makes it the same as a new one, but for the arguments.
  func clear() {
    arguments.tail = nil
    resolved = nil
    next = 0
    value = .bottom
    awaited = nil
    general = nil
    isLimited = false
  }
}
